"""What departs from the week, through the door: date overrides, time off and holidays."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from audit.errors import ChangedMeanwhile
from scheduling.errors import Archived, BookingsInTheWay, SetupInvalid, SpecialDayNotFound
from scheduling.models import DateOverride, HolidayAdjustment, TimeOff
from scheduling.selectors.catalog.calendars import (
    get_date_override_entry,
    get_holiday_entry,
    get_time_off_entry,
    list_date_override_entries,
    list_holiday_entries,
    list_time_off_entries,
)
from scheduling.services.catalog.door import archive, restore
from scheduling.services.catalog.special_days.date_overrides import NOUN as OVERRIDE
from scheduling.services.catalog.special_days.date_overrides import (
    change_date_override,
    create_date_override,
)
from scheduling.services.catalog.special_days.holidays import NOUN as HOLIDAY
from scheduling.services.catalog.special_days.holidays import (
    change_holiday,
    create_holiday,
)
from scheduling.services.catalog.special_days.time_off import NOUN as TIME_OFF
from scheduling.services.catalog.special_days.time_off import (
    change_time_off,
    create_time_off,
)
from scheduling.types import DateOverrideSetup, HolidaySetup, TimeOffSetup
from tests.factories.feature_pairs import list_offered
from tests.factories.scheduling import MONDAY, NOW, book, hours_later, make_place, make_resource, make_service

GHOST = 99_999
DAY = MONDAY.date()
TUESDAY = DAY + timedelta(days=1)
ALL = [9, 10, 11, 12, 13, 14, 15, 16]


@pytest.fixture
def place(tenant) -> int:
    return make_place()


@pytest.fixture
def eva(place) -> int:
    return make_resource(place, "Eva")


@pytest.fixture
def cut(eva) -> int:
    return make_service((eva,))


class TestDateOverrides:
    def make(self, by, **values) -> int:
        return create_date_override(setup=DateOverrideSetup(**{"on": DAY} | values), by=by, now=NOW)

    def change(self, row_id, by, *, version=None, **values) -> int:
        setup = replace(get_date_override_entry(date_override_id=row_id).setup, **values)
        return change_date_override(date_override_id=row_id, setup=setup, version=version, by=by, now=NOW)

    def test_date_is_replaced_and_comes_back(self, olga, eva, cut, told, read_log):
        periods = ((600, 720), (780, 840))

        with told() as seen:
            made = self.make(olga, resource_id=eva, periods=periods, note=" Curso ")
            assert list_offered(cut) == [10, 11, 13]
            assert archive(OVERRIDE, made, version=1, by=olga, now=NOW) == 2
            assert list_offered(cut) == ALL
            assert restore(OVERRIDE, made, version=2, by=olga, now=NOW) == 3
            assert list_offered(cut) == [10, 11, 13]

        entry = get_date_override_entry(date_override_id=made)
        assert entry.setup == DateOverrideSetup(on=DAY, resource_id=eva, periods=periods, note="Curso")
        assert [entry[:3] for entry in read_log("date_override", made)] == [
            ("restored", "Olga Owner", 3),
            ("archived", "Olga Owner", 2),
            ("created", "Olga Owner", 1),
        ]
        assert [kind for kind, _ in seen.kinds] == [
            "date_override.created",
            "date_override.archived",
            "date_override.restored",
        ]

    def test_location_closes_for_all(self, olga, place, cut):
        self.make(olga, location_id=place)

        assert list_offered(cut) == []

    @pytest.mark.parametrize(
        ("values", "field"),
        [
            ({"resource_id": GHOST}, "resource_id"),
            ({"resource_id": None, "location_id": GHOST}, "location_id"),
            ({"resource_id": None}, "resource_id"),
            ({"location_id": 1}, "resource_id"),
            ({"on": date(1999, 1, 1)}, "on"),
            ({"on": DAY}, "on"),
            ({"periods": ((1440, 10),)}, "periods.0"),
            ({"periods": ((0, 10), (0, 1441))}, "periods.1"),
            ({"periods": ((0, 10),) * 21}, "periods"),
            ({"periods": ((540, 720), (660, 780))}, "periods.1"),
            ({"periods": ((480, 1200), (1200, 600))}, "periods.1"),
            ({"is_closing": True}, "periods"),
            ({"note": "x" * 201}, "note"),
        ],
    )
    def test_override_that_cannot_be(self, olga, eva, values, field):
        made = self.make(olga, resource_id=eva)
        bad = DateOverrideSetup(**{"on": TUESDAY, "resource_id": eva} | values)
        with pytest.raises(SetupInvalid) as refusal:
            create_date_override(setup=bad, by=olga, now=NOW)
        assert list(refusal.value.errors) == [field]
        assert [each.id for each in list_date_override_entries(from_on=DAY, to_on=TUESDAY)] == [made]

    def test_change_moves_the_date_and_keeps_the_owner(self, olga, max_, place, eva, cut, read_log):
        made = self.make(olga, resource_id=eva)

        assert self.change(made, max_, version=1, on=TUESDAY, periods=((600, 660),)) == 2
        assert self.change(made, max_, version=2) == 2

        assert list_offered(cut) == ALL
        assert list_offered(cut, day=TUESDAY) == [10]
        assert read_log("date_override", made)[0][3] == {
            "on": (DAY.isoformat(), TUESDAY.isoformat()),
            "periods": ([], [[600, 660]]),
        }
        with pytest.raises(ChangedMeanwhile):
            self.change(made, olga, version=1, note="otra")
        with pytest.raises(SetupInvalid) as refusal:
            self.change(made, olga, resource_id=None, location_id=place)
        assert list(refusal.value.errors) == ["resource_id"]

    def test_booking_is_not_left_in_a_closed_day(self, olga, place, eva, cut):
        book(cut)
        away = self.make(olga, resource_id=eva, on=TUESDAY)

        for work in (
            lambda: self.make(olga, resource_id=eva, periods=((600, 720),)),
            lambda: self.make(olga, location_id=place),
            lambda: self.change(away, olga, on=DAY),
        ):
            with pytest.raises(BookingsInTheWay) as refusal:
                work()
            assert (refusal.value.count, refusal.value.field) == (1, "periods")
        assert self.make(olga, resource_id=eva, periods=((540, 600),))

    def test_booking_in_longer_hours_keeps_them(self, olga, eva, cut):
        longer = self.make(olga, resource_id=eva, periods=((540, 1200),))
        book(cut, hours_later(9))

        with pytest.raises(BookingsInTheWay):
            archive(OVERRIDE, longer, version=None, by=olga, now=NOW)

        assert get_date_override_entry(date_override_id=longer).is_active

    def test_archived_override_is_listed_apart_and_not_changed(self, olga, eva):
        made = self.make(olga, resource_id=eva)
        archive(OVERRIDE, made, version=None, by=olga, now=NOW)
        again = self.make(olga, resource_id=eva)

        def ids(is_active):
            return [each.id for each in list_date_override_entries(from_on=DAY, to_on=DAY, is_active=is_active)]

        assert (ids(True), ids(False), ids(None)) == ([again], [made], [made, again])
        with pytest.raises(Archived):
            self.change(made, olga, note="otra")
        with pytest.raises(SetupInvalid) as refusal:
            restore(OVERRIDE, made, version=None, by=olga, now=NOW)
        assert list(refusal.value.errors) == ["on"]


class TestTimeOff:
    def make(self, by, resource_id, start=MONDAY, end=MONDAY + timedelta(hours=3), **values) -> int:
        setup = TimeOffSetup(resource_id=resource_id, starts_at=start, ends_at=end, **values)
        return create_time_off(setup=setup, by=by, now=NOW)

    def change(self, row_id, by, *, version=None, **values) -> int:
        setup = replace(get_time_off_entry(time_off_id=row_id).setup, **values)
        return change_time_off(time_off_id=row_id, setup=setup, version=version, by=by, now=NOW)

    def test_resource_is_away_and_comes_back(self, olga, eva, cut, told, read_log):
        with told() as seen:
            made = self.make(olga, eva, reason=" Médico ")
            assert list_offered(cut) == ALL[3:]
            assert archive(TIME_OFF, made, version=1, by=olga, now=NOW) == 2
            assert list_offered(cut) == ALL
            assert restore(TIME_OFF, made, version=2, by=olga, now=NOW) == 3

        entry = get_time_off_entry(time_off_id=made)
        assert entry.setup == TimeOffSetup(resource_id=eva, starts_at=MONDAY, ends_at=hours_later(3), reason="Médico")
        assert list_offered(cut) == ALL[3:]
        assert [kind for kind, _ in seen.kinds] == ["time_off.created", "time_off.archived", "time_off.restored"]
        assert read_log("time_off", made)[-1] == ("created", "Olga Owner", 1, {})

    @pytest.mark.parametrize(
        ("values", "field"),
        [
            ({"resource_id": GHOST}, "resource_id"),
            ({"starts_at": hours_later(3)}, "ends_at"),
            ({"starts_at": MONDAY.replace(tzinfo=None)}, "starts_at"),
            ({"ends_at": datetime(2300, 1, 1, tzinfo=UTC)}, "ends_at"),
            ({"reason": "x" * 201}, "reason"),
        ],
    )
    def test_time_off_that_cannot_be(self, olga, eva, values, field):
        count = TimeOff.objects.count()
        bad = TimeOffSetup(**{"resource_id": eva, "starts_at": MONDAY, "ends_at": hours_later(3)} | values)
        with pytest.raises(SetupInvalid) as refusal:
            create_time_off(setup=bad, by=olga, now=NOW)
        assert (list(refusal.value.errors), TimeOff.objects.count()) == ([field], count)

    def test_change_says_what_differs(self, olga, max_, place, eva, read_log):
        made = self.make(olga, eva)

        assert self.change(made, max_, version=1, ends_at=hours_later(1)) == 2

        assert read_log("time_off", made)[0] == (
            "changed",
            "Max Manager",
            2,
            {"ends_at": (hours_later(3).isoformat(), hours_later(1).isoformat())},
        )
        with pytest.raises(ChangedMeanwhile):
            self.change(made, olga, version=1, reason="otra")
        with pytest.raises(SetupInvalid) as refusal:
            self.change(made, olga, resource_id=make_resource(place, "Leo"))
        assert list(refusal.value.errors) == ["resource_id"]

    def test_booking_is_not_left_with_someone_away(self, olga, eva, cut):
        later = self.make(olga, eva, hours_later(2), hours_later(3))
        gone = self.make(olga, eva)
        archive(TIME_OFF, gone, version=None, by=olga, now=NOW)
        book(cut)

        for work in (
            lambda: self.make(olga, eva),
            lambda: self.change(later, olga, starts_at=MONDAY),
            lambda: restore(TIME_OFF, gone, version=None, by=olga, now=NOW),
        ):
            with pytest.raises(BookingsInTheWay) as refusal:
                work()
            assert refusal.value.count == 1
        assert self.make(olga, eva, hours_later(1), hours_later(2))

    def test_list_shows_what_overlaps(self, olga, eva):
        made = self.make(olga, eva)

        def ids(after, before, **question):
            found = list_time_off_entries(ends_after=hours_later(after), starts_before=hours_later(before), **question)
            return [each.id for each in found]

        assert (ids(2, 4), ids(3, 4), ids(-1, 0)) == ([made], [], [])
        archive(TIME_OFF, made, version=None, by=olga, now=NOW)
        assert (ids(2, 4), ids(2, 4, is_active=None)) == ([], [made])
        with pytest.raises(Archived):
            self.change(made, olga, reason="otra")


class TestHolidays:
    def make(self, by, **values) -> int:
        return create_holiday(setup=HolidaySetup(**{"on": DAY} | values), by=by, now=NOW)

    def change(self, row_id, by, *, version=None, **values) -> int:
        setup = replace(get_holiday_entry(holiday_id=row_id).setup, **values)
        return change_holiday(holiday_id=row_id, setup=setup, version=version, by=by, now=NOW)

    def test_day_is_closed_and_comes_back(self, olga, place, cut, told, read_log):
        with told() as seen:
            made = self.make(olga, location_id=place, name=" Aniversario ")
            assert list_offered(cut) == []
            assert archive(HOLIDAY, made, version=1, by=olga, now=NOW) == 2
            assert list_offered(cut) == ALL
            assert restore(HOLIDAY, made, version=2, by=olga, now=NOW) == 3

        assert get_holiday_entry(holiday_id=made).setup == HolidaySetup(on=DAY, location_id=place, name="Aniversario")
        assert [kind for kind, _ in seen.kinds] == ["holiday.created", "holiday.archived", "holiday.restored"]
        assert read_log("holiday", made)[-1] == ("created", "Olga Owner", 1, {})

    def test_day_is_closed_everywhere(self, olga, cut):
        self.make(olga)

        assert list_offered(cut) == []

    @pytest.mark.parametrize(
        ("values", "field"),
        [
            ({"location_id": GHOST}, "location_id"),
            ({"on": date(2300, 1, 1)}, "on"),
            ({"on": DAY}, "on"),
            ({"name": "x" * 121}, "name"),
        ],
    )
    def test_holiday_that_cannot_be(self, olga, values, field):
        made = self.make(olga)
        with pytest.raises(SetupInvalid) as refusal:
            self.make(olga, **{"on": TUESDAY} | values)
        assert list(refusal.value.errors) == [field]
        assert [each.id for each in list_holiday_entries(from_on=DAY, to_on=TUESDAY)] == [made]

    def test_change_says_what_differs(self, olga, max_, place, read_log):
        made = self.make(olga)

        assert self.change(made, max_, version=1, is_closed=False, on=TUESDAY) == 2

        assert read_log("holiday", made)[0][3] == {
            "on": (DAY.isoformat(), TUESDAY.isoformat()),
            "is_closed": (True, False),
        }
        with pytest.raises(ChangedMeanwhile):
            self.change(made, olga, version=1, name="otra")
        with pytest.raises(SetupInvalid) as refusal:
            self.change(made, olga, location_id=place)
        assert list(refusal.value.errors) == ["location_id"]

    def test_booking_is_not_left_on_a_holiday(self, olga, place, cut):
        tuesday = self.make(olga, on=TUESDAY)
        gone = self.make(olga)
        archive(HOLIDAY, gone, version=None, by=olga, now=NOW)
        book(cut)

        for work in (
            lambda: self.make(olga),
            lambda: self.make(olga, location_id=place),
            lambda: self.change(tuesday, olga, on=DAY),
            lambda: restore(HOLIDAY, gone, version=None, by=olga, now=NOW),
        ):
            with pytest.raises(BookingsInTheWay) as refusal:
                work()
            assert refusal.value.count == 1
        assert self.make(olga, is_closed=False, location_id=place)

    def test_archived_holiday_is_listed_apart_and_not_changed(self, olga):
        made = self.make(olga)
        archive(HOLIDAY, made, version=None, by=olga, now=NOW)

        assert list_holiday_entries(from_on=DAY, to_on=DAY) == ()
        assert [each.id for each in list_holiday_entries(from_on=DAY, to_on=DAY, is_active=None)] == [made]
        with pytest.raises(Archived):
            self.change(made, olga, name="otra")


def test_unknown_special_day(olga, eva):
    override = DateOverrideSetup(on=DAY, resource_id=eva)
    absence = TimeOffSetup(resource_id=eva, starts_at=MONDAY, ends_at=hours_later(1))
    by = {"version": None, "by": olga, "now": NOW}
    for work in (
        lambda: get_date_override_entry(date_override_id=GHOST),
        lambda: change_date_override(date_override_id=GHOST, setup=override, **by),
        lambda: archive(OVERRIDE, GHOST, **by),
        lambda: restore(OVERRIDE, GHOST, **by),
        lambda: get_time_off_entry(time_off_id=GHOST),
        lambda: change_time_off(time_off_id=GHOST, setup=absence, **by),
        lambda: archive(TIME_OFF, GHOST, **by),
        lambda: restore(TIME_OFF, GHOST, **by),
        lambda: get_holiday_entry(holiday_id=GHOST),
        lambda: change_holiday(holiday_id=GHOST, setup=HolidaySetup(on=DAY), **by),
        lambda: archive(HOLIDAY, GHOST, **by),
        lambda: restore(HOLIDAY, GHOST, **by),
    ):
        with pytest.raises(SpecialDayNotFound):
            work()


def test_special_days_next_door_are_out_of_reach(olga, eva, next_door):
    override = TestDateOverrides().make(olga, resource_id=eva)
    absence = TestTimeOff().make(olga, eva)
    holiday = TestHolidays().make(olga)

    def reach_over():
        assert [model.objects.count() for model in (DateOverride, TimeOff, HolidayAdjustment)] == [0, 0, 0]
        by = {"version": None, "by": olga, "now": NOW}
        for work in (
            lambda: archive(OVERRIDE, override, **by),
            lambda: archive(TIME_OFF, absence, **by),
            lambda: archive(HOLIDAY, holiday, **by),
        ):
            with pytest.raises(SpecialDayNotFound):
                work()

    next_door(reach_over)

    assert get_date_override_entry(date_override_id=override).is_active
    assert get_time_off_entry(time_off_id=absence).is_active
    assert get_holiday_entry(holiday_id=holiday).is_active
