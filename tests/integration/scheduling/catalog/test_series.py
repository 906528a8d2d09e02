"""Special days that stay together, several weeks at once, and holidays switched one by one."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest

from audit.errors import ChangedMeanwhile
from scheduling.errors import BookingsInTheWay, ExceptionNotFound, SetupInvalid
from scheduling.models import DateOverride, HolidayAdjustment, TimeOff
from scheduling.selectors.catalog.calendars import get_resource_week
from scheduling.selectors.catalog.special_days import get_series, list_holidays, list_special_days
from scheduling.services.catalog.exceptions.series import MOST_ROWS, replace_days, set_holiday
from scheduling.services.catalog.hours import change_weeks, count_touched
from scheduling.types import DateOverrideSetup, PeriodSetup, TimeOffSetup, WeekSetup
from scheduling.types.special_days import DayPlanned, SeenRow
from scheduling.types.weeks import OwnedWeek
from tests.factories.scheduling import NOW, book, hours_later, make_place, make_resource, make_service

DAY = date(2030, 1, 8)
SHORT = WeekSetup(hours=tuple(PeriodSetup(weekday=day, opens_minute=0, closes_minute=60) for day in range(7)))


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
    found = get_series(row_id=row_id, is_absence=is_absence)
    return [SeenRow(each.id, each.version, each.is_absence) for each in found]


def test_rows_of_one_series_are_changed_and_removed_together(olga, eva, read_log, told):
    with told() as seen:
        put(away(eva, 3), olga)
    first = TimeOff.objects.order_by("pk").first()
    old = see(first.pk, is_absence=True)

    put(away(eva, 2), olga, old)

    assert seen.kinds == [("time_off.created", first.pk)]
    assert list(TimeOff.objects.order_by("pk").values_list("is_active", flat=True)) == [False] * 3 + [True] * 2
    assert [action for action, *_ in read_log("time_off", first.pk)] == ["archived", "created"]
    with pytest.raises(ExceptionNotFound):
        get_series(row_id=first.pk, is_absence=True)


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
        put(close(place, MOST_ROWS + 1), olga)

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
