"""Special days that stay together, several weeks at once, and holidays switched one by one."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime, timedelta
from threading import Barrier

import pytest
from django.db import connection

from audit.errors import ChangedMeanwhile
from scheduling.enums import Repeats
from scheduling.errors import BookingsInTheWay, SetupInvalid, SpecialDayNotFound
from scheduling.models import DateOverride, HolidayAdjustment, TimeOff
from scheduling.selectors.catalog.calendars import get_resource_week
from scheduling.selectors.catalog.special_days import get_series, list_holidays, list_special_days
from scheduling.services.catalog.hours import change_weeks, count_touched
from scheduling.services.catalog.special_days.series import replace_days, set_holiday
from scheduling.types import CUSTOMER, DateOverrideSetup, PeriodSetup, TimeOffSetup, WeekSetup
from scheduling.types.day_plans import MOST_DAYS
from scheduling.types.special_days import DayPlanned, Repetition, SeenRow
from scheduling.types.weeks import OwnedWeek
from tenants.context import tenant_scope
from tests.factories.scheduling import NOW, book, hours_later, make_place, make_resource, make_service

DAY = date(2030, 1, 8)
SHORT = WeekSetup(hours=tuple(PeriodSetup(weekday=day, opens_minute=0, closes_minute=60) for day in range(7)))


THREADS = 8


@pytest.fixture
def place(tenant) -> int:
    return make_place()


@pytest.fixture
def eva(place) -> int:
    return make_resource(place, "Eva")


def close(place: int, days: int) -> DayPlanned:
    return DayPlanned(
        overrides=tuple(DateOverrideSetup(on=DAY + timedelta(days=each), location_id=place) for each in range(days))
    )


def away(eva: int, days: int) -> DayPlanned:
    start = datetime(2030, 1, 8, 14, tzinfo=UTC)
    return DayPlanned(
        absences=tuple(
            TimeOffSetup(
                resource_id=eva,
                starts_at=start + timedelta(days=7 * each),
                ends_at=start + timedelta(days=7 * each, hours=2),
            )
            for each in range(days)
        )
    )


def put(new: DayPlanned, by, old=()) -> None:
    replace_days(old=old, new=new, by=by, now=NOW)


def see(row_id: int, *, is_absence: bool) -> list[SeenRow]:
    found = get_series(row_id=row_id, is_absence=is_absence).days
    return [SeenRow(each.id, each.version, each.is_absence) for each in found]


def test_rows_of_one_series_are_changed_and_removed_together(olga, eva, read_log, told):
    with told() as seen:
        put(away(eva, 3), olga)
    first = TimeOff.objects.order_by("pk").first()
    old = see(first.pk, is_absence=True)

    put(away(eva, 2), olga, old)

    assert seen.kinds == [("time_off.created", first.pk)]
    assert list(TimeOff.objects.order_by("pk").values_list("is_active", flat=True)) == [True, True, False]
    last = TimeOff.objects.order_by("pk").last()
    assert [action for action, *_ in read_log("time_off", first.pk)] == ["created"]
    assert [action for action, *_ in read_log("time_off", last.pk)] == ["archived", "created"]
    with pytest.raises(SpecialDayNotFound):
        get_series(row_id=last.pk, is_absence=True)


def test_one_row_is_no_series(olga, place):
    put(close(place, 1), olga)

    row = DateOverride.objects.get()
    assert (row.series_id, len(see(row.pk, is_absence=False))) == (None, 1)


def test_what_changed_meanwhile_is_not_replaced(olga, place):
    put(close(place, 2), olga)
    old = see(DateOverride.objects.first().pk, is_absence=False)
    DateOverride.objects.update(version=2)

    with pytest.raises(ChangedMeanwhile):
        put(DayPlanned(), olga, old)

    assert DateOverride.objects.filter(is_active=True).count() == 2


def test_more_than_anybody_means_is_refused(olga, place):
    with pytest.raises(SetupInvalid) as refusal:
        put(close(place, MOST_DAYS + 1), olga)

    assert (list(refusal.value.errors), DateOverride.objects.count()) == (["until"], 0)


def test_days_under_bookings_are_refused_as_one(olga, place, eva):
    book(make_service((eva,)), hours_later(24))
    on = hours_later(24).date()
    days = tuple(DateOverrideSetup(on=on + timedelta(days=each), location_id=place) for each in range(3))

    with pytest.raises(BookingsInTheWay):
        put(DayPlanned(overrides=days), olga)

    assert DateOverride.objects.count() == 0


def test_special_days_are_listed_in_order_with_their_owners(olga, place, eva):
    other = make_place()
    put(away(eva, 1), olga)
    put(close(place, 1), olga)
    put(close(other, 1), olga)

    found = list_special_days(location_id=place, from_on=DAY, to_on=DAY)

    assert [(each.name, each.resource_id, each.is_absence, each.first, each.last) for each in found] == [
        (found[0].name, None, False, DAY, DAY),
        ("Eva", eva, True, DAY, DAY),
    ]
    assert list_special_days(location_id=place, from_on=DAY + timedelta(days=1), to_on=DAY + timedelta(days=9)) == ()


@pytest.mark.parametrize(("language", "name"), [("es", "Año Nuevo"), ("en", "New Year's Day")])
def test_holidays_have_names_in_the_language_of_whoever_reads(olga, place, language, name):
    days = {"from_on": date(2030, 1, 1), "to_on": date(2030, 1, 31), "language": language}
    set_holiday(location_id=place, on=date(2030, 1, 2), is_closed=True, name="Patrón", by=olga, now=NOW)
    set_holiday(location_id=place, on=date(2030, 1, 2), is_closed=True, name="Patrón", by=olga, now=NOW)

    found = list_holidays(location_id=place, **days)

    assert [(each.on.day, each.name, each.is_public) for each in found] == [(1, name, True), (2, "Patrón", False)]
    assert HolidayAdjustment.objects.count() == 1


def test_weeks_of_several_are_saved_or_none(olga, place, eva):
    max_ = make_resource(place, "Max")
    before = get_resource_week(resource_id=eva).setup
    weeks = [OwnedWeek(week=SHORT, version=1, resource_id=eva), OwnedWeek(week=SHORT, version=7, resource_id=max_)]

    with pytest.raises(ChangedMeanwhile):
        change_weeks(weeks, by=olga, now=NOW)

    assert get_resource_week(resource_id=eva).setup == before
    assert count_touched(weeks, by=olga, now=NOW) == 0


def test_counting_what_weeks_touch_changes_nothing(olga, place, eva):
    book(make_service((eva,)), hours_later(24))
    before = get_resource_week(resource_id=eva)

    counted = count_touched([OwnedWeek(week=SHORT, version=before.version, resource_id=eva)], by=olga, now=NOW)

    assert (counted, get_resource_week(resource_id=eva)) == (1, before)


@pytest.mark.parametrize("is_absence", [True, False])
def test_saving_over_many_connections_at_once_makes_one(scratch_tenant, is_absence):
    with tenant_scope(scratch_tenant):
        person = make_resource(make_place(), "Eva")
    new = away(person, 2) if is_absence else DayPlanned(overrides=(DateOverrideSetup(on=DAY, resource_id=person),))
    barrier = Barrier(THREADS)

    def save(_number: int) -> None:
        with tenant_scope(scratch_tenant):
            connection.ensure_connection()
            barrier.wait(60)
            put(new, CUSTOMER)
        connection.close()

    with ThreadPoolExecutor(THREADS) as pool:
        list(pool.map(save, range(THREADS)))

    with tenant_scope(scratch_tenant):
        assert [TimeOff.objects.count(), DateOverride.objects.count()] == ([2, 0] if is_absence else [0, 1])


def test_repetition_of_rows_that_never_noted_it_is_read_from_their_dates(olga, place):
    put(close(place, 3), olga)
    dates = [date(2030, 1, 8), date(2030, 1, 22), date(2030, 2, 5)]
    for row, on in zip(DateOverride.objects.order_by("pk"), dates, strict=True):
        DateOverride.objects.filter(pk=row.pk).update(on=on)
    row = DateOverride.objects.first()

    def guess() -> Repetition:
        return get_series(row_id=row.pk, is_absence=False).repetition

    assert guess() == Repetition(first=dates[0], last=dates[0], repeats=Repeats.WEEKLY, until=dates[2])
    DateOverride.objects.filter(on=dates[1]).update(on=date(2031, 1, 8))
    DateOverride.objects.filter(on=dates[2]).update(on=date(2033, 1, 8))
    assert guess() == Repetition(first=dates[0], last=dates[0], repeats=Repeats.YEARLY, until=date(2033, 1, 8))
    DateOverride.objects.filter(on=date(2033, 1, 8)).update(on=date(2030, 1, 9))
    assert guess() == Repetition(first=dates[0], last=date(2031, 1, 8))
