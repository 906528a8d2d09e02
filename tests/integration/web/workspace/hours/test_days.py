"""Special days: a year, a month, the form, series that stay together, public holidays on and off."""

from __future__ import annotations

import re
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from kernel.clock import utc_now
from scheduling.engine import expand_hours, to_minute
from scheduling.models import DateOverride, HolidayAdjustment, Location, Resource, TimeOff
from scheduling.selectors.catalog.timetables import load_timetables
from scheduling.services.catalog.hours import change_location_week, change_resource_week
from scheduling.types import CUSTOMER, PeriodSetup, WeekSetup
from tests.factories.scheduling import NOW, make_place, make_resource
from tests.integration.web.workspace.browser_form import read_page
from tests.integration.web.workspace.conftest import book

DAYS, NEW = "/workspace/days/", "/workspace/days/new/"
ZONE = ZoneInfo("America/Mexico_City")
TUESDAY = date(2030, 1, 8)
BASE = {
    "what": "close", "part": "whole", "repeats": "once", "first": str(TUESDAY),
    "last": "", "until": "", "hours": "", "reason": "",
}  # fmt: skip


@pytest.fixture
def place(tenant) -> int:
    made = make_place("America/Mexico_City")
    hours = tuple(PeriodSetup(weekday=day, opens_minute=480, closes_minute=1080) for day in range(5))
    lunch = tuple(PeriodSetup(weekday=day, opens_minute=780, closes_minute=840) for day in range(5))
    week = WeekSetup(hours=hours, breaks=lunch)
    change_location_week(location_id=made, week=week, version=None, by=CUSTOMER, now=NOW)
    return made


@pytest.fixture
def eva(place) -> int:
    return make_resource(place, "Eva")


def add(client, place: int, **typed: str):
    return client.post(f"{NEW}?location={place}", {**BASE, "whom": f"l{place}", **typed})


def read_days() -> list[tuple[date, list]]:
    return list(DateOverride.objects.filter(is_active=True).order_by("on").values_list("on", "periods"))


def read_absences() -> list[tuple[datetime, datetime]]:
    rows = TimeOff.objects.filter(is_active=True).order_by("starts_at").values_list("starts_at", "ends_at")
    return [
        (start.astimezone(ZONE).replace(tzinfo=None), end.astimezone(ZONE).replace(tzinfo=None)) for start, end in rows
    ]


@pytest.mark.parametrize("view", ["", "&month=2030-01"])
@pytest.mark.parametrize("count", [1, 50])
def test_the_pages_ask_as_often_for_fifty_as_for_one(owner_client, django_assert_num_queries, place, view, count):
    start = datetime(2030, 1, 8, 12, tzinfo=ZONE)
    for number in range(count):
        person = make_resource(place, f"Persona {number}")
        TimeOff.objects.create(resource_id=person, starts_at=start, ends_at=start + timedelta(hours=2))
    owner_client.get(f"{DAYS}?location={place}{view}")

    with django_assert_num_queries(13):
        owner_client.get(f"{DAYS}?location={place}{view}")


@pytest.mark.parametrize(
    ("typed", "days"),
    [
        ({}, [(TUESDAY, [])]),
        ({"last": "2030-01-10"}, [(TUESDAY + timedelta(days=each), []) for each in range(3)]),
        ({"part": "morning"}, [(TUESDAY, [[0, 780]])]),
        ({"part": "afternoon"}, [(TUESDAY, [[780, 780]])]),
        ({"part": "some", "hours": "10-11, 16-17"}, [(TUESDAY, [[600, 660], [960, 1020]])]),
        ({"what": "hours", "hours": "8-13"}, [(TUESDAY, [[480, 780]])]),
        ({"what": "hours", "hours": "18-2"}, [(TUESDAY, [[1080, 120]])]),
        ({"repeats": "weekly", "until": "2030-01-22"}, [(TUESDAY + timedelta(days=each), []) for each in (0, 7, 14)]),
        ({"repeats": "yearly", "until": "2032-01-08"}, [(date(year, 1, 8), []) for year in (2030, 2031, 2032)]),
        (
            {"first": "2032-02-29", "repeats": "yearly", "until": "2037-02-01"},
            [(date(2032, 2, 29), []), (date(2036, 2, 29), [])],
        ),
    ],
)
def test_closed_days_and_other_hours(owner_client, place, typed, days):
    answer = add(owner_client, place, **typed)

    assert (answer.status_code, read_days()) == (302, days)
    assert len(set(DateOverride.objects.values_list("series_id", flat=True))) == 1


@pytest.mark.parametrize(
    ("typed", "absences"),
    [
        ({}, [("2030-01-08T00:00", "2030-01-09T00:00")]),
        ({"last": "2030-01-10"}, [("2030-01-08T00:00", "2030-01-11T00:00")]),
        ({"part": "morning"}, [("2030-01-08T00:00", "2030-01-08T13:00")]),
        (
            {"part": "some", "hours": "14-16", "repeats": "weekly", "until": "2030-01-22"},
            [(f"2030-01-{day:02}T14:00", f"2030-01-{day:02}T16:00") for day in (8, 15, 22)],
        ),
        ({"part": "some", "hours": "22-2"}, [("2030-01-08T22:00", "2030-01-09T02:00")]),
    ],
)
def test_somebody_is_away(owner_client, place, eva, typed, absences):
    answer = add(owner_client, place, what="away", whom=f"r{eva}", reason="Curso", **typed)

    assert answer.status_code == 302
    assert read_absences() == [tuple(map(datetime.fromisoformat, each)) for each in absences]


def test_an_absence_is_by_the_clock_of_whoever_is_away(owner_client, place, eva):
    Resource.objects.filter(pk=eva).update(timezone="America/Tijuana")

    add(owner_client, place, what="away", whom=f"r{eva}")

    start = TimeOff.objects.get().starts_at.astimezone(ZoneInfo("America/Tijuana"))
    assert (start.hour, start.date()) == (0, TUESDAY)


@pytest.mark.parametrize(
    ("typed", "field", "text"),
    [
        ({"first": ""}, "first", "Completa este campo."),
        ({"first": "2030-02-30"}, "first", "Escribe la fecha así"),
        ({"first": "1999-01-01"}, "first", "Elige una fecha"),
        ({"last": "2030-01-07"}, "last", "El último día es anterior al primero."),
        ({"what": "away"}, "whom", "Elige quién falta."),
        ({"whom": "r999999"}, "whom", "Elige una de las opciones."),
        ({"what": "hours"}, "hours", "Escribe el horario como 8:00–13:00"),
        ({"part": "some", "hours": "x"}, "hours", "Escribe el horario como 8:00–13:00"),
        ({"what": "hours", "hours": "8-12, 11-14"}, "hours", "Estas horas se enciman."),
        ({"what": "hours", "hours": "8-20, 20-10"}, "hours", "El horario de un día termina a más tardar 24 horas"),
        ({"what": "hours", "hours": "22-6, 8-10, 5-7"}, "hours", "El horario de un día termina a más tardar 24 horas"),
        ({"repeats": "weekly"}, "until", "Di hasta cuándo se repite."),
        ({"repeats": "weekly", "until": "2030-01-01"}, "until", "Es antes del primer día."),
        ({"repeats": "weekly", "until": "2045-01-01"}, "until", "Como máximo cinco años"),
        ({"repeats": "weekly", "last": "2030-01-20", "until": "2030-05-01"}, "last", "Dura más de una semana"),
        ({"last": "2035-01-01"}, "last", "Serían más de 400 días"),
        ({"reason": "x" * 201}, "reason", "Máximo 200 caracteres."),
    ],
)
def test_what_cannot_be_is_said_at_its_field_and_stays(owner_client, place, typed, field, text):
    answer = add(owner_client, place, **{"reason": "Inventario", **typed})

    page = answer.content.decode()
    assert (answer.status_code, read_days(), read_absences()) == (422, [], [])
    assert re.search(rf'<a href="#f-{field}[^"]*">[^<]*{re.escape(text)}', page)
    assert "reason" in typed or 'value="Inventario"' in page


@pytest.mark.parametrize(
    ("typed", "works"),
    [
        ({"part": "afternoon"}, []),
        ({"part": "morning"}, [(1080, 1560)]),
        ({"part": "some", "hours": "20-2"}, [(1080, 1200)]),
        ({"part": "some", "hours": "18-1"}, [(1500, 1560)]),
        ({"part": "some", "hours": "20-0"}, [(1080, 1200), (1440, 1560)]),
    ],
)
def test_part_of_a_night_is_closed(owner_client, place, eva, typed, works):
    night = WeekSetup(hours=tuple(PeriodSetup(weekday=day, opens_minute=1080, closes_minute=120) for day in range(7)))
    change_location_week(location_id=place, week=night, version=None, by=CUSTOMER, now=NOW)

    change_resource_week(resource_id=eva, week=WeekSetup(), version=None, by=CUSTOMER, now=NOW)

    add(owner_client, place, **typed)

    assert list_working(place, eva) == works


def list_working(place: int, resource_id: int, on: date = TUESDAY) -> list[tuple[int, int]]:
    """List what somebody works of the hours that begin on a date, in minutes since its midnight."""
    tables = load_timetables(location_id=place, from_on=on, to_on=on + timedelta(days=1))
    resource = tables.resources[resource_id]
    midnight = to_minute(resource.timezone, on, 0)
    hours = expand_hours(resource, tables.holidays, midnight, midnight + 2880)
    return [(start - midnight, end - midnight) for start, end in hours.working if 300 <= start - midnight < 1740][:9]


class TestClosingPartOfADay:
    """It takes time away, and opens nothing that was closed."""

    def test_people_keep_their_own_hours_and_breaks(self, owner_client, place, eva):
        own = WeekSetup(
            hours=(PeriodSetup(weekday=1, opens_minute=540, closes_minute=900),),
            breaks=(PeriodSetup(weekday=1, opens_minute=600, closes_minute=630),),
        )
        change_resource_week(resource_id=eva, week=own, version=None, by=CUSTOMER, now=NOW)

        add(owner_client, place, part="afternoon")

        assert list_working(place, eva) == [(540, 600), (630, 780)]

    def test_followers_keep_the_breaks_of_the_location(self, owner_client, place):
        leo = make_resource(place, "Leo", hours=())

        add(owner_client, place, part="some", hours="9-10")

        assert list_working(place, leo)[:3] == [(480, 540), (600, 780), (840, 1080)]

    def test_who_does_not_work_is_not_opened(self, owner_client, place, eva):
        week = WeekSetup(hours=(PeriodSetup(weekday=4, opens_minute=540, closes_minute=900),))
        change_resource_week(resource_id=eva, week=week, version=None, by=CUSTOMER, now=NOW)

        add(owner_client, place, part="morning")

        assert list_working(place, eva) == []

    @pytest.mark.parametrize("whom", ["place", "eva"])
    def test_a_holiday_stays_closed(self, owner_client, place, eva, whom):
        Location.objects.filter(pk=place).update(observes_public_holidays=True)
        holiday = date(2030, 1, 1)

        add(owner_client, place, first=str(holiday), part="morning", whom=f"l{place}" if whom == "place" else f"r{eva}")

        assert list_working(place, eva, holiday) == []

    def test_a_closed_location_is_not_opened_by_one_of_its_people(self, owner_client, place, eva):
        add(owner_client, place)

        add(owner_client, place, whom=f"r{eva}", part="morning")

        assert list_working(place, eva) == []

    def test_location_and_person_close_different_parts(self, owner_client, place, eva):
        add(owner_client, place, part="some", hours="8-10")

        add(owner_client, place, whom=f"r{eva}", part="some", hours="15-20")

        assert list_working(place, eva) == [(600, 900)]

    def test_other_hours_of_a_person_win_over_the_location(self, owner_client, place, eva):
        add(owner_client, place, part="afternoon")

        add(owner_client, place, whom=f"r{eva}", what="hours", hours="12-20")

        assert list_working(place, eva) == [(720, 1200)]

    def test_it_is_said_as_it_was_asked(self, owner_client, place, eva):
        add(owner_client, place, part="afternoon")
        add(owner_client, place, whom=f"r{eva}", part="some", hours="10-11")

        page = owner_client.get(f"{DAYS}?location={place}&month=2030-01").content.decode()

        assert ["Cerrado por la tarde" in page, "Eva: no trabaja 10:00\xa0a.m.–11:00\xa0a.m." in page] == [True, True]
        row = DateOverride.objects.get(location_id=place)
        form = read_page(owner_client.get(f"{DAYS}hours/{row.pk}/").content.decode())
        assert [form[name] for name in ("what", "part", "hours")] == ["close", "afternoon", ""]


def test_a_date_is_changed_and_removed_with_its_series(owner_client, place):
    add(owner_client, place, repeats="weekly", until="2030-01-22", reason="Inventario")
    second = DateOverride.objects.get(on=date(2030, 1, 15))
    address = f"{DAYS}hours/{second.pk}/"
    form = read_page(owner_client.get(address).content.decode())
    assert [form[name] for name in ("first", "until", "reason", "repeats")] == [
        "2030-01-08", "2030-01-22", "Inventario", "weekly",
    ]  # fmt: skip

    changed = owner_client.post(address, {**form, "until": "2030-01-15", "part": "morning"})

    assert changed.status_code == 302
    assert read_days() == [(TUESDAY, [[0, 780]]), (date(2030, 1, 15), [[0, 780]])]
    last = DateOverride.objects.filter(is_active=True).order_by("on").last()
    page = owner_client.get(f"{DAYS}hours/{last.pk}/").content.decode()
    seen = {"seen": read_page(page)["seen"]}
    assert owner_client.post(f"{DAYS}hours/{last.pk}/", {**seen, "do": "remove-one"}).status_code == 302
    assert [on for on, _ in read_days()] == [TUESDAY]


class TestEditingASeries:
    """Only what was edited changes."""

    def open_form(self, client, row, kind: str = "hours") -> tuple[str, dict[str, str]]:
        address = f"{DAYS}{kind}/{row.pk}/"
        return address, read_page(client.get(address).content.decode())

    def edit(self, client, row, kind: str = "hours", **typed: str) -> None:
        address, form = self.open_form(client, row, kind)
        assert client.post(address, {**form, **typed}).status_code == 302

    def remove(self, client, row, kind: str = "hours") -> None:
        address, form = self.open_form(client, row, kind)
        assert client.post(address, {"seen": form["seen"], "do": "remove-one"}).status_code == 302

    @pytest.mark.parametrize(
        ("made", "gone", "left"),
        [
            ({"repeats": "weekly", "until": "2030-02-05"}, "2030-01-15", [8, 22, 29, 5]),
            ({"repeats": "weekly", "until": "2030-02-05"}, "2030-01-08", [15, 22, 29, 5]),
            ({"last": "2030-01-12"}, "2030-01-10", [8, 9, 11, 12]),
            ({"repeats": "weekly", "last": "2030-01-09", "until": "2030-01-15"}, "2030-01-09", [8, 15, 16]),
            ({"repeats": "yearly", "until": "2033-01-08"}, "2031-01-08", [8, 8, 8]),
        ],
    )
    def test_a_removed_date_stays_removed(self, owner_client, place, made, gone, left):
        add(owner_client, place, **made)
        self.remove(owner_client, DateOverride.objects.get(on=gone))
        rows = DateOverride.objects.filter(is_active=True).order_by("on")
        kept = list(rows.values_list("pk", flat=True))

        self.edit(owner_client, rows[1], reason="Inventario")

        assert [on.day for on in rows.values_list("on", flat=True)] == left
        assert list(rows.values_list("pk", flat=True)) == kept
        assert set(rows.values_list("note", flat=True)) == {"Inventario"}
        _, form = self.open_form(owner_client, rows[0])
        assert [form[name] for name in ("first", "repeats", "until")] == [
            "2030-01-08", made.get("repeats", "once"), made.get("until", ""),
        ]  # fmt: skip

    def test_a_removed_date_stays_removed_when_all_move(self, owner_client, place):
        add(owner_client, place, repeats="weekly", until="2030-02-05")
        self.remove(owner_client, DateOverride.objects.get(on="2030-01-15"))
        row = DateOverride.objects.filter(is_active=True).first()

        self.edit(owner_client, row, first="2030-01-09", until="2030-02-06")

        assert [on.day for on, _ in read_days()] == [9, 23, 30, 6]

    def test_a_longer_series_gets_only_new_dates(self, owner_client, place):
        add(owner_client, place, repeats="weekly", until="2030-01-22")
        self.remove(owner_client, DateOverride.objects.get(on="2030-01-15"))
        row = DateOverride.objects.filter(is_active=True).first()

        self.edit(owner_client, row, until="2030-02-01")

        assert [on.day for on, _ in read_days()] == [8, 22, 29]

    def test_a_date_with_hours_of_its_own_keeps_them(self, owner_client, place):
        add(owner_client, place, what="hours", hours="8-12", repeats="weekly", until="2030-01-22")
        DateOverride.objects.filter(on="2030-01-15").update(periods=[[600, 660]], note="Solo una hora")
        row = DateOverride.objects.get(on=TUESDAY)

        self.edit(owner_client, row, reason="Verano")

        assert read_days() == [
            (TUESDAY, [[480, 720]]), (date(2030, 1, 15), [[600, 660]]), (date(2030, 1, 22), [[480, 720]]),
        ]  # fmt: skip

    def test_an_absence_keeps_all_of_its_periods(self, owner_client, place, eva):
        away = {"what": "away", "whom": f"r{eva}", "part": "some", "hours": "9-10, 15-16"}
        add(owner_client, place, **away, repeats="weekly", until="2030-01-15")
        before = read_absences()
        row = TimeOff.objects.order_by("starts_at").first()
        assert (
            self.open_form(owner_client, row, "away")[1]["hours"]
            == "9:00\xa0a.m.–10:00\xa0a.m., 3:00\xa0p.m.–4:00\xa0p.m."
        )

        self.edit(owner_client, row, "away", reason="Terapia")

        assert (len(before), read_absences()) == (4, before)
        assert set(TimeOff.objects.values_list("reason", "is_active")) == {("Terapia", True)}

    def test_several_whole_days_stay_several(self, owner_client, place, eva):
        add(owner_client, place, what="away", whom=f"r{eva}", last="2030-01-10", repeats="weekly", until="2030-01-22")
        second = TimeOff.objects.order_by("starts_at")[1]
        self.remove(owner_client, second, "away")
        row = TimeOff.objects.filter(is_active=True).first()

        self.edit(owner_client, row, "away", last="2030-01-09")

        assert [(start.day, end.day) for start, end in read_absences()] == [(8, 10), (22, 24)]

    def test_a_part_of_the_day_becomes_whole(self, owner_client, place, eva):
        add(owner_client, place, what="away", whom=f"r{eva}", part="morning", repeats="weekly", until="2030-01-15")

        self.edit(owner_client, TimeOff.objects.first(), "away", part="whole")

        assert [(start.hour, end.hour) for start, end in read_absences()] == [(0, 0), (0, 0)]

    def test_it_is_given_to_somebody_else(self, owner_client, place, eva):
        leo = make_resource(place, "Leo")
        add(owner_client, place, what="away", whom=f"r{eva}", repeats="weekly", until="2030-01-15")
        before = read_absences()

        self.edit(owner_client, TimeOff.objects.first(), "away", whom=f"r{leo}")

        assert read_absences() == before
        assert set(TimeOff.objects.filter(is_active=True).values_list("resource_id", flat=True)) == {leo}

    def test_saving_twice_is_saving_once(self, owner_client, place):
        add(owner_client, place, repeats="weekly", until="2030-01-22")
        address, form = self.open_form(owner_client, DateOverride.objects.get(on=TUESDAY))
        sent = {**form, "part": "morning"}

        answers = [owner_client.post(address, sent) for _ in range(2)]

        assert [each.status_code for each in answers] == [302, 302]
        assert answers[0].headers["Location"] == answers[1].headers["Location"]
        assert set(DateOverride.objects.values_list("version", flat=True)) == {2}


@pytest.mark.parametrize("typed", [{}, {"what": "away"}, {"what": "away", "part": "some", "hours": "9-10, 12-13"}])
def test_saving_a_new_one_twice_makes_one(owner_client, place, eva, typed):
    sent = {"whom": f"r{eva}", "repeats": "weekly", "until": "2030-01-15", "reason": " Curso ", **typed}

    answers = [add(owner_client, place, **sent) for _ in range(3)]

    assert [each.status_code for each in answers] == [302] * 3
    assert len({each.headers["Location"] for each in answers}) == 1
    assert len(read_days()) + len(read_absences()) == (4 if "hours" in typed else 2)


def test_the_same_time_for_another_reason_is_refused(owner_client, place, eva):
    add(owner_client, place, what="away", whom=f"r{eva}", reason="Curso")

    answer = add(owner_client, place, what="away", whom=f"r{eva}", reason="Vacaciones")

    assert (answer.status_code, len(read_absences())) == (422, 1)
    assert re.search(r'<a href="#f-first">[^<]*Ya hay', answer.content.decode())


def test_removing_twice_is_removing_once(owner_client, place):
    add(owner_client, place)
    row = DateOverride.objects.get()
    address = f"{DAYS}hours/{row.pk}/"
    sent = {"seen": read_page(owner_client.get(address).content.decode())["seen"], "do": "remove"}

    answers = [owner_client.post(address, sent) for _ in range(2)]

    assert ([each.status_code for each in answers], read_days()) == ([302, 302], [])
    assert owner_client.post(address, sent | {"do": ""}).status_code == 404


def test_all_of_a_series_is_removed_at_once(owner_client, place, eva):
    add(
        owner_client,
        place,
        what="away",
        whom=f"r{eva}",
        repeats="weekly",
        until="2030-03-01",
        part="some",
        hours="14-16",
    )
    row = TimeOff.objects.order_by("pk").first()
    address = f"{DAYS}away/{row.pk}/"
    seen = read_page(owner_client.get(address).content.decode())["seen"]

    answer = owner_client.post(address, {"seen": seen, "do": "remove"})

    assert (answer.status_code, read_absences()) == (302, [])
    assert owner_client.get(address).status_code == 404


def test_two_editors_never_overwrite_each_other(owner_client, staff_client, place):
    add(owner_client, place)
    row = DateOverride.objects.get()
    address = f"{DAYS}hours/{row.pk}/"
    mine = read_page(owner_client.get(address).content.decode())
    DateOverride.objects.filter(pk=row.pk).update(note="Otra cosa", version=2)

    answer = owner_client.post(address, {**mine, "part": "morning"})

    assert (answer.status_code, read_days()) == (409, [(TUESDAY, [])])
    assert "cambió mientras lo editabas" in answer.content.decode()
    assert owner_client.post(address, {"do": "remove"}).status_code == 409
    assert owner_client.post(address, read_page(answer.content.decode())).status_code == 302


def test_a_date_that_has_one_already_is_refused(owner_client, place):
    add(owner_client, place)

    answer = add(owner_client, place, what="hours", hours="9-10")

    assert (answer.status_code, read_days()) == (422, [(TUESDAY, [])])
    assert re.search(r'<a href="#f-first">[^<]*Ya hay', answer.content.decode())


def test_a_holiday_is_switched_off_and_on_again(owner_client, place, eva):
    Location.objects.filter(pk=place).update(observes_public_holidays=True)
    page = owner_client.get(f"{DAYS}?location={place}&month=2030-01").content.decode()
    assert ["Año Nuevo" in page, 'aria-checked="true"' in page] == [True, True]

    def switch(closed: str) -> frozenset[date]:
        answer = owner_client.post(
            f"{DAYS}holiday/?location={place}&month=2030-01", {"on": "2030-01-01", "closed": closed}
        )
        assert answer.status_code == 302
        return (
            load_timetables(location_id=place, from_on=date(2030, 1, 1), to_on=date(2030, 1, 2)).places[place].holidays
        )

    assert date(2030, 1, 1) not in switch("no")
    assert 'aria-checked="false"' in owner_client.get(f"{DAYS}?location={place}&month=2030-01").content.decode()
    assert date(2030, 1, 1) in switch("yes")
    assert HolidayAdjustment.objects.filter(is_active=True).count() == 1


def test_closing_a_day_with_bookings_reviews_them_first(owner_client, tenant):
    made = book()
    place = Location.objects.get()
    from scheduling.models import Booking

    on = Booking.objects.get(pk=made.booking_id).starts_at.astimezone(ZoneInfo(place.timezone)).date()

    review = add(owner_client, place.pk, first=str(on))

    assert (review.status_code, read_days()) == (409, [])
    assert f'name="review-{made.booking_id}"' in review.content.decode()
    sent = {**BASE, "whom": f"l{place.pk}", "first": str(on)}
    kept = owner_client.post(
        f"{NEW}?location={place.pk}", {**sent, "review-do": "save", f"review-{made.booking_id}": "keep"}
    )
    assert (kept.status_code, read_days()) == (302, [(on, [])])


def test_the_year_marks_days_and_says_why(owner_client, place, eva):
    today = utc_now().astimezone(ZONE).date()
    on = today + timedelta(days=(7 - today.weekday()) % 7 + 7)
    add(owner_client, place, first=str(on), reason="Inventario")
    add(owner_client, place, first=str(on), what="away", whom=f"r{eva}", reason="Cirugía")

    page = owner_client.get(f"{DAYS}?location={place}").content.decode()

    assert re.search(
        rf'<span class="closed away[^"]*">\s*<span>{on.day}</span><span class="spoken">: [^<]*Eva: falta', page
    )
    assert ["Inventario" in page, "Cirugía" in page] == [True, True]


def test_reasons_are_for_whoever_may_change_them(owner_client, staff_client, place, eva):
    today = utc_now().astimezone(ZONE).date()
    add(owner_client, place, first=str(today), what="away", whom=f"r{eva}", reason="Cirugía")

    page = staff_client("receptionist").get(f"{DAYS}?location={place}").content.decode()

    assert ["Eva: falta" in page, "Cirugía" in page, "days.js" in page, NEW in page] == [True, False, False, False]


@pytest.mark.parametrize(("role", "sees", "edits"), [("receptionist", 200, 403), ("provider", 403, 403)])
def test_who_may_not_change_them_finds_no_door(staff_client, place, role, sees, edits):
    client = staff_client(role)

    assert [client.get(each).status_code for each in (DAYS, NEW)] == [sees, edits]


@pytest.mark.parametrize("query", ["month=zz", "month=9999-99", "from=%00", "location=999999", "month=1000-01"])
def test_strange_questions_are_no_defects(owner_client, place, query):
    page = owner_client.get(f"{DAYS}?{query}").content.decode()

    assert ["<h1>Días especiales</h1>" in page, "Lo que viene" in page] == [True, True]


def test_what_is_not_there_is_not_found(owner_client, place):
    addresses = [f"{DAYS}away/999999/", f"{DAYS}hours/999999/", f"{DAYS}zz/1/"]

    assert [owner_client.get(each).status_code for each in addresses] == [404] * 3
    assert owner_client.post(f"{DAYS}holiday/", {"on": "zz"}).status_code == 404


def test_a_holiday_that_is_over_comes_last_without_a_switch(owner_client, place):
    today = utc_now().astimezone(ZONE).date()
    own = [today - timedelta(days=1), today, today + timedelta(days=1)]
    for on in own:
        HolidayAdjustment.objects.update_or_create(
            location_id=place, on=on, is_active=True, defaults={"name": "Fiesta", "is_closed": True}
        )
    address = f"{DAYS}?location={place}&from={own[0]:%Y-%m}"

    listed = re.search(
        r'<section class="apart holidays".*?</section>', owner_client.get(address).content.decode(), re.DOTALL
    )[0]

    rows = listed.split("<li>")[1:]
    switched = [bool(re.search('role="switch"', row)) for row in rows]
    assert switched == sorted(switched, reverse=True)
    switches = re.findall(r'name="on" value="([^"]+)"', listed)
    assert [f"{on}" in switches for on in own] == [False, True, True]
    assert switches == sorted(switches)


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ({}, "Del Valle cierra el 8 ene 2030"),
        ({"last": "2030-01-10"}, "Del Valle cierra del 8 ene 2030 al 10 ene 2030"),
        ({"part": "afternoon"}, "Del Valle cierra el 8 ene 2030, por la tarde"),
        ({"what": "hours", "hours": "9-11"}, "Del Valle tiene otro horario el 8 ene 2030, 9:00 a.m.–11:00 a.m."),
        ({"whom": "eva"}, "Eva no trabaja el 8 ene 2030"),
        ({"whom": "eva", "what": "away", "part": "morning"}, "Eva falta el 8 ene 2030, por la mañana"),
        (
            {"whom": "eva", "what": "away", "repeats": "weekly", "until": "2030-01-22"},
            "Eva falta el 8 ene 2030, cada semana hasta el 22 ene 2030",
        ),
        ({"repeats": "yearly", "until": "2031-01-08"}, "Del Valle cierra el 8 ene 2030, cada año hasta el 8 ene 2031"),
    ],
)
def test_what_was_saved_is_a_sentence(owner_client, place, eva, typed, said):
    Location.objects.filter(pk=place).update(name="Del Valle")
    whom = {"whom": f"r{eva}"} if "whom" in typed else {}

    add(owner_client, place, **{**typed, **whom})

    page = owner_client.get(DAYS).content.decode().replace("\N{NO-BREAK SPACE}", " ")
    assert f"Guardado: {said}" in re.sub(r"\s+", " ", page)


def test_what_is_removed_says_what_holds_then(owner_client, place, eva):
    add(owner_client, place, what="away", whom=f"r{eva}", last="2030-01-10")
    row = TimeOff.objects.get()
    stamp = read_page(owner_client.get(f"{DAYS}away/{row.pk}/").content.decode())["seen"]

    owner_client.post(f"{DAYS}away/{row.pk}/", {"do": "remove", "seen": stamp})

    assert "Eva vuelve a su horario de siempre del 8 ene 2030 al 10 ene 2030" in owner_client.get(DAYS).content.decode()


def test_an_absence_over_night_says_both_days(owner_client, place, eva):
    """As calls of the API make it: from a time of one day to a time of another."""
    start = datetime(2030, 1, 8, 7, 46, tzinfo=ZONE)
    TimeOff.objects.create(resource_id=eva, starts_at=start, ends_at=start + timedelta(days=1))

    page = (
        owner_client.get(f"{DAYS}?month=2030-01&location={place}").content.decode().replace("\N{NO-BREAK SPACE}", " ")
    )

    assert "falta del mar 8 de ene, 7:46 a.m. al mié 9 de ene, 7:46 a.m." in page
