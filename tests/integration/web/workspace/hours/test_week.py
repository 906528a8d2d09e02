"""The week on one grid, and the same as a plain form: what is read, refused, copied, and what stays."""

from __future__ import annotations

import re
from datetime import date

import pytest

from scheduling.models import Location, Resource, WorkingHours
from scheduling.selectors.catalog.calendars import get_location_week, get_resource_week
from scheduling.services.catalog.hours import change_location_week, change_resource_week
from scheduling.types import CUSTOMER, PeriodSetup, WeekSetup
from tests.factories.scheduling import NOW, make_place, make_resource
from tests.integration.web.workspace.browser_form import read_form, read_page
from tests.integration.web.workspace.conftest import book

GRID, SAVE, DRAW = "/workspace/hours/", "/workspace/hours/save/", "/workspace/hours/draw/"
NORMAL = WeekSetup(
    hours=tuple(PeriodSetup(weekday=day, opens_minute=480, closes_minute=1080) for day in range(5)),
    breaks=tuple(PeriodSetup(weekday=day, opens_minute=780, closes_minute=840) for day in range(5)),
)


@pytest.fixture
def place(tenant) -> int:
    made = make_place("America/Mexico_City")
    change_location_week(location_id=made, week=NORMAL, version=None, by=CUSTOMER, now=NOW)
    return made


def add_follower(place: int, name: str) -> int:
    """Add a resource without hours of its own."""
    made = make_resource(place, name)
    WorkingHours.objects.filter(resource_id=made).delete()
    return made


@pytest.fixture
def eva(place) -> int:
    return add_follower(place, "Eva")


def week_of(resource_id: int) -> WeekSetup:
    return get_resource_week(resource_id=resource_id).setup


def own(resource_id: int, week: WeekSetup) -> None:
    change_resource_week(resource_id=resource_id, week=week, version=None, by=CUSTOMER, now=NOW)


def row_url(key: str) -> str:
    return f"{GRID}of/{key}/"


def change(client, key: str, *, drop: tuple[str, ...] = (), **typed: object):
    """Post a row's plain form as a browser would; names without the row's key."""
    sent = read_form(client, row_url(key)) | {f"{name[:-2]}-{key}-{name[-1]}": text for name, text in typed.items()}
    return client.post(row_url(key), {name: text for name, text in sent.items() if name not in drop})


def periods(weekday: int, *pairs: tuple[int, int]) -> list[tuple[int, int, int]]:
    return [(weekday, opens, closes) for opens, closes in pairs]


def find_hours(week: WeekSetup, weekday: int) -> list[tuple[int, int]]:
    return [(each.opens_minute, each.closes_minute) for each in week.hours if each.weekday == weekday]


@pytest.mark.parametrize("count", [1, 50])
def test_the_grid_asks_as_often_for_fifty_as_for_one(owner_client, django_assert_num_queries, place, count):
    for number in range(count):
        own(add_follower(place, f"Persona {number}"), NORMAL)
    owner_client.get(f"{GRID}?location={place}")

    with django_assert_num_queries(7):  # schema, session, person; locations, the location, its resources, all weeks
        page = owner_client.get(f"{GRID}?location={place}").content.decode()

    assert page.count("data-row=") == count + 1


def test_the_plain_form_saved_unchanged_changes_nothing(owner_client, place, eva):
    own(eva, NORMAL)
    before = week_of(eva)

    answer = change(owner_client, f"r{eva}")

    assert (answer.status_code, week_of(eva)) == (302, before)
    assert get_resource_week(resource_id=eva).version == 2


@pytest.mark.parametrize(
    ("typed", "saved"),
    [
        ("8-13, 14-18", [(480, 780), (840, 1080)]),
        ("830 a 1300; 2 pm – 6:30 p.m.", [(510, 780), (840, 1110)]),
        ("14-18, 8-13", [(480, 780), (840, 1080)]),
        ("8-13, 13-18", [(480, 1080)]),
        ("18-2", [(1080, 120)]),
        ("8-8", [(480, 480)]),
        ("0-24", [(0, 1440)]),
        ("", []),
    ],
)
def test_hours_are_read_as_people_type_them(owner_client, place, eva, typed, saved):
    own(eva, NORMAL)

    answer = change(owner_client, f"r{eva}", hours_4=typed, breaks_4="", breaks_5="")

    assert answer.status_code == 302
    assert find_hours(week_of(eva), 4) == saved
    assert find_hours(week_of(eva), 0) == [(480, 1080)]


@pytest.mark.parametrize(
    ("typed", "text"),
    [
        ({"hours_4": "8"}, "Escribe el horario como 8:00–13:00"),
        ({"hours_4": "25-26"}, "Escribe el horario como 8:00–13:00"),
        ({"hours_4": "8:60-9"}, "Escribe el horario como 8:00–13:00"),
        ({"hours_4": "x" * 500}, "Escribe el horario como 8:00–13:00"),
        ({"hours_4": ",".join(["8-9"] * 13)}, "Máximo 12 periodos por día."),
        ({"hours_4": "8-13, 12-18"}, "Este periodo se encima con otro"),
        ({"hours_4": "18-9", "breaks_4": "", "hours_5": "8-14"}, "Este horario termina en medio"),
        ({"breaks_4": "19-20"}, "Este descanso queda fuera del horario"),
        ({"breaks_4": "17-19"}, "Este descanso queda fuera del horario"),
        ({"breaks_4": "12-14, 13-15"}, "Este descanso se encima con otro"),
        ({"hours_6": "", "breaks_6": "12-13"}, "Este descanso queda fuera del horario"),
    ],
)
def test_what_cannot_be_is_said_at_the_day_and_nothing_is_lost(owner_client, place, eva, typed, text):
    own(eva, NORMAL)

    answer = change(owner_client, f"r{eva}", hours_0="9-10", breaks_0="", **typed)

    page = answer.content.decode()
    assert (answer.status_code, week_of(eva)) == (422, NORMAL)
    assert re.search(rf'<a href="#f-(hours|breaks)-r{eva}-\d">Eva, [^<]*{re.escape(text)}', page)
    sent = read_page(page)
    assert sent[f"hours-r{eva}-0"] == "9:00\xa0a.m.–10:00\xa0a.m."
    for name, wrong in typed.items():
        shown = sent[f"{name[:-2]}-r{eva}-{name[-1]}"]
        assert shown == wrong or "–" in shown or not wrong


def test_a_break_after_midnight_lies_in_the_night(owner_client, place, eva):
    own(eva, NORMAL)

    answer = change(owner_client, f"r{eva}", hours_4="18-2", breaks_4="0:30-1")

    assert answer.status_code == 302
    assert [each for each in week_of(eva).breaks if each.weekday == 5] == [
        PeriodSetup(weekday=5, opens_minute=30, closes_minute=60)
    ]
    page = owner_client.get(row_url(f"r{eva}")).content.decode()
    assert "Termina el sábado a las 2:00\xa0a.m.<" in page
    assert read_page(page)[f"breaks-r{eva}-4"] == "12:30\xa0a.m.–1:00\xa0a.m."


def test_who_follows_the_location_changes_with_it(owner_client, place, eva):
    change(owner_client, f"l{place}", hours_5="9-12")

    page = owner_client.get(f"{GRID}?location={place}").content.decode()
    assert week_of(eva) == WeekSetup()
    assert f'name="hours-r{eva}-5" value="9:00\xa0a.m.–12:00\xa0p.m."' in page
    assert "Como la sucursal" in page


def test_a_follower_has_breaks_of_its_own(owner_client, place, eva):
    answer = change(owner_client, f"r{eva}", breaks_0="10-10:15")

    assert answer.status_code == 302
    assert week_of(eva) == WeekSetup(breaks=(PeriodSetup(weekday=0, opens_minute=600, closes_minute=615),))


def test_who_stops_following_keeps_the_breaks_and_all_other_times(owner_client, place, eva):
    winter = (date(2030, 12, 14), date(2031, 1, 6))
    sent = read_form(owner_client, f"{row_url(f'r{eva}')}?from={winter[0]}&to={winter[1]}")
    sent |= {f"hours-r{eva}-0": "10-12", f"breaks-r{eva}-0": ""}
    del sent[f"follows-r{eva}"]

    answer = owner_client.post(f"{row_url(f'r{eva}')}?from={winter[0]}&to={winter[1]}", sent)

    assert answer.status_code == 422  # the lunch of the location would lie outside of the hours
    sent |= {f"hours-r{eva}-0": "10-14", f"owning-r{eva}": "1"}
    assert owner_client.post(f"{row_url(f'r{eva}')}?from={winter[0]}&to={winter[1]}", sent).status_code == 302
    mondays = {(each.opens_minute, each.valid_from, each.valid_to) for each in week_of(eva).hours if not each.weekday}
    assert mondays == {
        (480, None, date(2030, 12, 13)),
        (600, *winter),
        (480, date(2031, 1, 7), None),
    }


def test_following_again_leaves_own_breaks_alone(owner_client, place, eva):
    more = PeriodSetup(weekday=0, opens_minute=600, closes_minute=615)
    own(eva, WeekSetup(hours=NORMAL.hours, breaks=(*NORMAL.breaks, more)))
    sent = read_form(owner_client, row_url(f"r{eva}")) | {f"follows-r{eva}": "1"}

    answer = owner_client.post(row_url(f"r{eva}"), sent)

    assert (answer.status_code, week_of(eva)) == (302, WeekSetup(breaks=(more,)))


def test_nobody_is_left_without_any_day_by_mistake(owner_client, place, eva):
    own(eva, NORMAL)
    empty = {f"{name}_{day}": "" for name in ("hours", "breaks") for day in range(7)}

    answer = change(owner_client, f"r{eva}", **empty)

    assert (answer.status_code, week_of(eva)) == (422, NORMAL)
    assert "Así no queda ningún día" in answer.content.decode()
    assert change(owner_client, f"l{place}", **empty).status_code == 302  # a location may be closed for good


def test_a_week_is_copied_to_others(owner_client, place, eva):
    max_, ida = add_follower(place, "Max"), add_follower(place, "Ida")
    own(eva, NORMAL)
    sent = read_form(owner_client, row_url(f"r{eva}")) | {f"hours-r{eva}-4": "8-17", "also": [f"r{max_}"]}

    answer = owner_client.post(row_url(f"r{eva}"), sent)

    assert answer.status_code == 302
    assert week_of(max_) == week_of(eva) != NORMAL
    assert week_of(ida) == WeekSetup()


def test_a_copy_never_overwrites_what_others_saved(owner_client, place, eva):
    max_ = add_follower(place, "Max")
    sent = read_form(owner_client, row_url(f"r{eva}")) | {"also": [f"r{max_}"]}
    own(max_, NORMAL)

    answer = owner_client.post(row_url(f"r{eva}"), sent)

    assert (answer.status_code, week_of(max_)) == (409, NORMAL)


def test_several_rows_are_saved_at_once_or_not_at_all(owner_client, place, eva):
    max_ = add_follower(place, "Max")
    both = {}
    for key in (eva, max_):
        both |= {f"version-r{key}": "1", f"owning-r{key}": "1"}
        both |= {f"hours-r{key}-{day}": "9-12" for day in range(7)}
    both["span"] = ".."

    wrong = owner_client.post(f"{SAVE}?location={place}", {**both, f"hours-r{max_}-3": "9-"})
    assert (wrong.status_code, week_of(eva), week_of(max_)) == (422, WeekSetup(), WeekSetup())
    assert f'href="#cell-r{max_}-3"' in wrong.content.decode()
    right = owner_client.post(f"{SAVE}?location={place}", both)

    assert (right.status_code, find_hours(week_of(eva), 6), find_hours(week_of(max_), 6)) == (
        302, [(540, 720)], [(540, 720)],
    )  # fmt: skip


def test_the_second_editor_is_told_and_may_save_again(owner_client, staff_client, place, eva):
    own(eva, NORMAL)
    mine = read_form(owner_client, row_url(f"r{eva}"))
    change(staff_client("manager"), f"r{eva}", hours_0="9-17", breaks_0="")

    clash = owner_client.post(row_url(f"r{eva}"), {**mine, f"hours-r{eva}-1": "10-17"})
    page = clash.content.decode()

    assert (clash.status_code, find_hours(week_of(eva), 1)) == (409, [(480, 1080)])
    assert "Persona manager lo cambió" in page
    again = read_page(page)
    assert again[f"hours-r{eva}-1"] == "10:00\xa0a.m.–5:00\xa0p.m."
    assert owner_client.post(row_url(f"r{eva}"), again).status_code == 302
    assert find_hours(week_of(eva), 1) == [(600, 1020)]


def test_drawing_says_what_would_be_and_saves_nothing(owner_client, place, eva):
    sent = {"span": "..", f"version-r{eva}": "1", f"owning-r{eva}": "1", f"hours-r{eva}-4": "18-2, 9-12"}

    page = owner_client.post(f"{DRAW}?location={place}", sent).content.decode()

    assert f'name="hours-r{eva}-4" value="9:00\xa0a.m.–12:00\xa0p.m., 6:00\xa0p.m.–2:00\xa0a.m."' in page
    assert ["Termina el sábado" in page, "Cierra 6:00" in page] == [True, True]
    assert week_of(eva) == WeekSetup()


def test_a_period_is_added_and_taken_back(owner_client, place, eva):
    own(eva, NORMAL)
    address = f"{row_url(f'r{eva}')}?from=2030-12-14&to=2031-01-06"
    sent = read_form(owner_client, address) | {f"hours-r{eva}-{day}": "10-14" for day in range(5)}
    sent |= {f"breaks-r{eva}-{day}": "" for day in range(5)}

    saved = owner_client.post(address, sent)

    assert saved.status_code == 302
    grid = owner_client.get(f"{GRID}?location={place}&span=2030-12-14").content.decode()
    assert ["14 dic 2030 – 6 ene 2031" in grid, "Hasta el 13 dic 2030; Desde el 7 ene 2031" in grid] == [True, True]
    assert f'name="hours-r{eva}-0" value="10:00\xa0a.m.–2:00\xa0p.m."' in grid
    seen = re.search(r'name="seen" value="([^"]+)"', grid)[1]
    remove = {"span": "2030-12-14..2031-01-06", "do": "remove"}
    stale = owner_client.post(f"{SAVE}?location={place}", {**remove, "seen": "1:1"})
    assert (stale.status_code, week_of(eva) == NORMAL) == (409, False)

    removed = owner_client.post(f"{SAVE}?location={place}", {**remove, "seen": seen})

    assert (removed.status_code, week_of(eva)) == (302, NORMAL)


@pytest.mark.parametrize(
    ("query", "text"),
    [
        ("from=2030-01-06&to=2030-01-05", "El último día es anterior al primero."),
        ("from=mañana", "Escribe la fecha así"),
        ("to=2030-01-05", "Escribe la fecha así"),
        ("from=9999-01-01", "Elige una fecha de este siglo"),
    ],
)
def test_dates_that_cannot_be_are_said_at_their_field(owner_client, place, query, text):
    page = owner_client.get(f"{GRID}?location={place}&{query}").content.decode()

    assert text in re.search(r'id="span-wrong">.*?</p>', page, re.DOTALL)[0]


@pytest.mark.parametrize("query", ["location=999999", "kind=zz", "span=zz", "who=<script>", "location=%00", "span=x.."])
def test_strange_questions_are_no_defects(owner_client, place, query):
    page = owner_client.get(f"{GRID}?{query}")

    assert (page.status_code, "<script>alert" in page.content.decode(), "week-rows" in page.content.decode()) == (
        200, False, True,
    )  # fmt: skip


@pytest.mark.parametrize("span", ["", "x", "..,", "2030-02-30..", "2030-02-02..2030-01-01", ",".join([".."] * 41)])
def test_a_forged_period_changes_the_present_week_at_most(owner_client, place, eva, span):
    answer = owner_client.post(f"{SAVE}?location={place}", {"span": span})

    assert (answer.status_code, week_of(eva)) == (302, WeekSetup())


def test_bookings_outside_of_the_new_hours_are_reviewed(owner_client, tenant):
    made = book()
    place = Location.objects.get()
    sent = read_form(owner_client, row_url(f"l{place.pk}"))
    sent |= {f"hours-l{place.pk}-{day}": "" for day in range(7)} | {f"breaks-l{place.pk}-{day}": "" for day in range(7)}
    before = get_location_week(location_id=place.pk).setup

    drawn = owner_client.post(DRAW, sent).content.decode()
    review = owner_client.post(row_url(f"l{place.pk}"), sent)

    assert "Revisar 1 cita" in drawn
    assert (review.status_code, get_location_week(location_id=place.pk).setup) == (409, before)
    page = review.content.decode()
    assert [f'name="review-{made.booking_id}"' in page, "Ana Torres" in page] == [True, True]
    kept = sent | {"review-do": "save", f"review-{made.booking_id}": "keep"}
    saved = owner_client.post(row_url(f"l{place.pk}"), kept)
    assert (saved.status_code, get_location_week(location_id=place.pk).setup.hours) == (302, ())


def test_going_back_from_the_review_keeps_what_was_typed(owner_client, tenant):
    book()
    place = Location.objects.get()
    sent = read_form(owner_client, row_url(f"l{place.pk}")) | {f"hours-l{place.pk}-0": "20-21", "review-do": "back"}

    page = owner_client.post(row_url(f"l{place.pk}"), sent)

    assert (page.status_code, read_page(page.content.decode())[f"hours-l{place.pk}-0"]) == (
        200, "8:00\xa0p.m.–9:00\xa0p.m.",
    )  # fmt: skip


@pytest.mark.parametrize(("role", "sees", "edits"), [("receptionist", 200, 403), ("provider", 403, 403)])
def test_who_may_not_change_hours_finds_nothing_to_press(staff_client, place, eva, role, sees, edits):
    client = staff_client(role)

    page = client.get(f"{GRID}?location={place}")

    assert (page.status_code, client.get(row_url(f"r{eva}")).status_code) == (sees, edits)
    assert [each in page.content.decode() for each in ("week-save", "hours.js", "/hours/of/")] == [False] * 3
    assert (f'href="{GRID}"' in client.get("/workspace/").content.decode()) is (sees == 200)


def test_rows_of_nowhere_do_not_exist(owner_client, place):
    statuses = [owner_client.get(row_url(key)).status_code for key in ("r999999", "l999999", "x1", "r", "rabc")]

    assert statuses == [404] * 5


def test_another_business_sees_nothing_of_it(owner_client, place, other_tenant):
    from tests.conftest import HostClient

    client = HostClient(other_tenant.primary_host)

    assert "/accounts/login/" in client.get(GRID)["Location"]
    assert WorkingHours.objects.filter(location_id=place).count() == len(NORMAL.hours) + len(NORMAL.breaks)
    assert Resource.objects.filter(location_id=place).count() == 0
