"""Why a date has no free times: each cause has its own word, and only what others took is full."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest

from devtools.scratch.shop import add_extra
from scheduling.engine import DateOverride, RulePeriod, WeeklyPeriod
from scheduling.enums import DayState, RuleScope
from scheduling.selectors.availability import days
from scheduling.selectors.availability.free_times import get_availability
from scheduling.types import AvailabilityQuery
from tests.factories.scheduling import book, make_place, make_resource, make_rule, make_service, make_wish

TODAY = date(2026, 1, 12)
WEEKDAYS = tuple(WeeklyPeriod(weekday, 540, 1020) for weekday in range(5))
NOON = datetime(2026, 1, 12, 12, 0, tzinfo=UTC)


def ask(service_id: int, now: datetime = NOON, days: int = 7, **wish: object) -> list[str]:
    query = AvailabilityQuery(make_wish(service_id, **wish), TODAY, TODAY + timedelta(days=days - 1))
    answer = get_availability(query=query, now=now)
    assert [day.is_open for day in answer.days] == [day.state is not DayState.CLOSED for day in answer.days]
    return [day.state for day in answer.days]


def make_weekday_service(**values: object) -> tuple[int, int]:
    person = make_resource(make_place(), hours=WEEKDAYS)
    return make_service((person,), **values), person


def test_a_week_of_an_open_business_is_free_but_for_its_closed_days(tenant):
    service_id, _ = make_weekday_service()

    assert ask(service_id) == ["free"] * 5 + ["closed"] * 2


def test_what_others_took_is_full(tenant):
    service_id, _ = make_weekday_service()
    for hour in range(9, 17):
        book(service_id, datetime(2026, 1, 13, hour, tzinfo=UTC))

    assert ask(service_id)[:3] == ["free", "full", "free"]


def test_a_limit_that_is_reached_is_full(tenant):
    service_id, _ = make_weekday_service()
    make_rule(RuleScope.SERVICE, RulePeriod.DAY, 0, service_id=service_id)

    assert ask(service_id) == ["full"] * 5 + ["closed"] * 2


@pytest.mark.parametrize("weeks", [1, 4])
def test_the_engine_is_asked_once_why_days_are_empty_however_many_there_are(tenant, monkeypatch, weeks):
    service_id, _ = make_weekday_service()
    make_rule(RuleScope.SERVICE, RulePeriod.DAY, 0, service_id=service_id)
    asked, find = [], days.find_offered
    monkeypatch.setattr(days, "find_offered", lambda *args: asked.append(args) or find(*args))

    states = ask(service_id, days=7 * weeks)

    assert states == (["full"] * 5 + ["closed"] * 2) * weeks
    assert len(asked) == 1


def test_full_days_far_apart_are_asked_for_by_themselves(tenant, monkeypatch):
    service_id, _ = make_weekday_service()
    for on in (12, 16):
        for hour in range(9, 17):
            book(service_id, datetime(2026, 1, on, hour, tzinfo=UTC))
    asked, find = [], days.find_offered
    monkeypatch.setattr(days, "find_offered", lambda *args: asked.append(args[2:4]) or find(*args))

    states = ask(service_id, datetime(2026, 1, 12, 6, 0, tzinfo=UTC))

    assert states == ["full", "free", "free", "free", "full", "closed", "closed"]
    assert [last - first for first, last in asked] == [1440, 1440]


def test_today_after_closing_has_passed(tenant):
    service_id, _ = make_weekday_service()

    assert ask(service_id, datetime(2026, 1, 12, 18, 0, tzinfo=UTC))[:2] == ["past", "free"]


def test_dates_before_today_have_passed(tenant):
    service_id, _ = make_weekday_service()

    assert ask(service_id, datetime(2026, 1, 14, 10, 0, tzinfo=UTC))[:3] == ["past", "past", "free"]


def test_days_within_the_notice_are_too_soon_and_not_full(tenant):
    service_id, _ = make_weekday_service(minimum_notice_minutes=48 * 60)

    assert ask(service_id)[:4] == ["too_soon", "too_soon", "free", "free"]


def test_today_is_too_soon_while_its_open_hours_are_within_the_notice(tenant):
    service_id, _ = make_weekday_service(minimum_notice_minutes=6 * 60)

    assert ask(service_id)[0] == "too_soon"
    assert ask(service_id, datetime(2026, 1, 12, 17, 0, tzinfo=UTC))[0] == "past"


def test_a_day_whose_bookable_hours_are_taken_is_full_although_others_are_too_soon(tenant):
    service_id, _ = make_weekday_service(minimum_notice_minutes=120)
    for hour in (14, 15, 16):
        book(service_id, datetime(2026, 1, 12, hour, tzinfo=UTC))

    assert ask(service_id)[0] == "full"


def test_days_outside_the_window_are_too_far(tenant):
    service_id, _ = make_weekday_service(booking_window_days=2)

    assert ask(service_id) == ["free"] * 3 + ["too_far"] * 2 + ["closed"] * 2


def test_a_day_too_short_for_the_visit_is_neither_full_nor_closed(tenant):
    short = (*WEEKDAYS, WeeklyPeriod(5, 540, 600))
    person = make_resource(make_place(), hours=short)
    service_id = make_service((person,), duration_minutes=120)

    assert ask(service_id)[5] == "unfit"


def test_a_party_that_fits_on_no_day_is_not_told_that_it_is_full(tenant):
    room = make_resource(make_place(), capacity=2, hours=WEEKDAYS)
    service_id = make_service((room,), max_party_size=4)

    assert ask(service_id, party_size=4)[:5] == ["unfit"] * 5


def test_the_chosen_person_alone_counts(tenant):
    place = make_place()
    away = DateOverride(date(2026, 1, 13), ())
    ana = make_resource(place, "Ana", hours=WEEKDAYS, overrides=(away,))
    eva = make_resource(place, "Eva", hours=WEEKDAYS)
    service_id = make_service((ana, eva))
    for hour in range(9, 17):
        book(service_id, datetime(2026, 1, 14, hour, tzinfo=UTC), resource_ids=(ana,))

    assert ask(service_id, resource_ids=(ana,))[:3] == ["free", "closed", "full"]
    assert ask(service_id, resource_ids=(eva,))[:3] == ["free"] * 3


def test_time_off_of_everybody_is_closed(tenant):
    off = (datetime(2026, 1, 13, tzinfo=UTC), datetime(2026, 1, 14, tzinfo=UTC))
    service_id = make_service((make_resource(make_place(), hours=WEEKDAYS, time_off=(off,)),))

    assert ask(service_id)[:3] == ["free", "closed", "free"]


def test_who_is_missing_for_a_second_part_makes_no_day_full(tenant):
    place = make_place()
    person = make_resource(place, "Ana")
    room = make_resource(place, "Sala", hours=WEEKDAYS)
    service_id = make_service((person,), (room,))

    assert ask(service_id) == ["free"] * 5 + ["unfit"] * 2


def test_a_full_group_is_full(tenant):
    person = make_resource(make_place(), hours=(WeeklyPeriod(1, 540, 600),))
    service_id = make_service((person,), seats=1)
    book(service_id, datetime(2026, 1, 13, 9, tzinfo=UTC))

    assert ask(service_id)[:3] == ["closed", "full", "closed"]


@pytest.mark.parametrize("notice", [0, 600])
def test_extras_that_make_it_longer_than_the_day_are_no_reason_to_say_full(tenant, notice):
    service_id, _ = make_weekday_service(duration_minutes=7 * 60, minimum_notice_minutes=notice)
    extra = add_extra(service_id, "Pintura", minutes=120)

    assert (ask(service_id)[1], ask(service_id, add_on_ids=(extra,))[1]) == ("free", "unfit")


def test_the_api_says_the_state_of_each_day(tenant, customer_client):
    service_id, _ = make_weekday_service(booking_window_days=0)

    answer = customer_client.get(
        "/api/v1/availability", {"service": service_id, "from": "2020-01-01", "to": "2020-01-04"}
    ).json()

    assert [(day["state"], day["open"], day["slots"]) for day in answer["days"]] == [
        ("past", True, []),
        ("past", True, []),
        ("past", True, []),
        ("closed", False, []),
    ]
