"""The page of reports: what it shows, what its address asks for, and where its figures lead."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from html import unescape

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from scheduling.models import Booking, Customer, Location, Resource, Service
from tests.factories.reports import make_bookings, make_row
from tests.factories.scheduling import make_shop

REPORTS = "/workspace/reports/"
JANUARY = f"{REPORTS}?period=month&on=2026-01-15"
NEW_YEAR = datetime(2026, 1, 1, 6, tzinfo=UTC)


@pytest.fixture
def shop(tenant) -> Service:
    service_id, _ = make_shop()
    return Service.objects.get(pk=service_id)


def read(response) -> str:
    return " ".join(unescape(response.content.decode()).split())


def add(service: Service, day: int, count: int = 1, **values) -> None:
    place = Location.objects.order_by("pk").first()
    starts_at = NEW_YEAR + timedelta(days=day - 1, hours=12)
    Booking.objects.bulk_create(make_row(service, place, starts_at, **values) for _ in range(count))


def test_business_without_bookings_is_told_so(owner_client, shop):
    answer = owner_client.get(JANUARY)

    text = read(answer)
    assert ("No hubo citas en estos días" in text, answer.context["is_empty"], '<svg class="report-chart' in text) == (
        True, True, False,
    )  # fmt: skip


def test_figures_say_how_many_and_how_that_changed(owner_client, shop):
    add(shop, 10, 6)
    add(shop, 11, 2, status="no_show", source="workspace")
    add(shop, 12, 2, status="cancelled", source="api")
    add(shop, -10, 5)

    answer = owner_client.get(JANUARY)

    shown = {each.key: (each.text, each.detail, each.change and each.change.text) for each in answer.context["figures"]}
    assert shown == {
        "booked": ("10", "", "+100.0\u202f%"),
        "no_show": ("25.0\u202f%", "2 de 8", "+25.0 puntos"),
        "cancelled": ("20.0\u202f%", "2 de 10", "+20.0 puntos"),
        "online": ("60.0\u202f%", "6 de 10", "−40.0 puntos"),
        "new": ("0", "0 de 0", "sin cambio,"),
        "lead": ("2.0 días", "al menos la mitad", None),
    }
    assert [each.change.tone for each in answer.context["figures"][:4]] == ["good", "bad", "bad", "bad"]
    assert "Lo más: sábado 10 de enero, 6" in read(answer)


def test_every_figure_leads_to_as_many_rows(owner_client, shop):
    add(shop, 10, 3)
    add(shop, 10, 1, status="no_show")
    add(shop, 11, 2, status="cancelled")
    add(shop, 12, 1, status="held")
    add(shop, 13, 1, is_sample=True)

    answer = owner_client.get(JANUARY)

    urls = {each.key: each.url for each in answer.context["figures"]}
    rows = {key: count_rows(owner_client, urls[key]) for key in ("booked", "no_show", "cancelled")}
    assert rows == {"booked": 6, "no_show": 1, "cancelled": 2}
    (door,) = answer.context["doors_table"].rows
    assert [cell.value for cell in door[1:]] == [6, 2, 1]
    assert [count_rows(owner_client, cell.url) for cell in door[1:]] == [6, 2, 1]
    days = answer.context["days_table"].rows
    assert [(row[0].value, count_rows(owner_client, row[1].url)) for row in days if row[1].value] == [
        ("2026-01-10", 4), ("2026-01-11", 2),
    ]  # fmt: skip
    assert "Citas del reporte: 1–31 ene 2026" in read(owner_client.get(urls["booked"]))


def test_figures_about_a_part_lead_to_that_part(owner_client, shop):
    known = Customer.objects.create(name="Luz", created_at=NEW_YEAR)
    new = Customer.objects.create(name="Sol", created_at=NEW_YEAR)
    add(shop, -5, 1, customer=known)
    add(shop, 10, 2, customer=known)
    add(shop, 11, 3, customer=new, source="workspace")
    add(shop, 12, 1, source="import")
    add(shop, 13, 2, status="cancelled", customer=known, created_at=NEW_YEAR)
    add(shop, 13, 1, status="no_show")

    answer = owner_client.get(JANUARY)

    urls = {each.key: each.url for each in answer.context["figures"]}
    assert {key: count_rows(owner_client, urls[key]) for key in ("online", "new", "lead", "no_show")} == {
        "online": 5, "new": 1, "lead": 8, "no_show": 1,
    }  # fmt: skip
    for table in ("lead_table", "visitors_table"):
        rows = [row[1] for row in answer.context[table].rows]
        assert [count_rows(owner_client, cell.url) for cell in rows if cell.value] == [c.value for c in rows if c.value]
        assert [cell.url for cell in rows if not cell.value] == [""] * sum(not cell.value for cell in rows)
    assert [row[1].value for row in answer.context["visitors_table"].rows] == [1, 1, 2]
    assert "Una línea por cada cliente nuevo" in read(owner_client.get(urls["new"]))


@pytest.mark.parametrize(
    ("asked", "count"),
    [
        ("part=moon", 4),
        ("part=lead", 4),
        ("part=lead&number=²", 4),
        ("part=lead&number=9999", 4),
        ("part=taking&number=5&door=page", 0),
    ],
)
def test_part_of_a_report_that_is_none_narrows_nothing(owner_client, shop, asked, count):
    add(shop, 10, 4)

    assert count_rows(owner_client, f"/workspace/bookings/?from=2026-01-01&to=2026-01-31&{asked}") == count


def count_rows(client, url: str) -> int:
    return sum(len(day.lines) for day in client.get(url).context["days"])


def test_rows_of_a_report_go_on_with_the_same(owner_client, shop):
    add(shop, 10, 60)
    add(shop, 40, 3)
    url = owner_client.get(JANUARY).context["figures"][0].url

    first = owner_client.get(url)

    more = f"/workspace/bookings/{first.context['more_url']}"
    assert (count_rows(owner_client, url), count_rows(owner_client, more)) == (50, 10)


def test_list_says_when_no_row_stands_behind_a_figure(owner_client, shop):
    url = "/workspace/bookings/?from=2026-01-01&to=2026-01-31&status=counted&door=api"

    assert "No hubo citas en estos días" in read(owner_client.get(url))


@pytest.mark.parametrize("asked", ["from=2026-01-31&to=2026-01-01", "from=1066-01-01&to=1066-01-02", "from=x&to=y"])
def test_list_takes_no_days_that_are_none(owner_client, shop, asked):
    assert owner_client.get(f"/workspace/bookings/?{asked}").context["report"] is None


def test_unknown_door_narrows_nothing(owner_client, shop):
    add(shop, 10)

    assert count_rows(owner_client, "/workspace/bookings/?from=2026-01-01&to=2026-01-31&door=moon") == 1
    assert owner_client.get(f"{JANUARY}&door=moon").context["asked"].filters.door == ""


def test_report_is_narrowed_and_keeps_that(owner_client, shop):
    other_id, _ = make_shop()
    other = Service.objects.get(pk=other_id)
    add(shop, 10, 3)
    add(other, 10, 2)
    place, person = Location.objects.order_by("pk").first(), Resource.objects.order_by("pk").first()

    answer = owner_client.get(f"{JANUARY}&service={other_id}&location={place.pk}&versus=nothing")

    assert answer.context["figures"][0].text == "2"
    assert count_rows(owner_client, answer.context["figures"][0].url) == 2
    assert [link.url for link in answer.context["kinds"] if f"service={other_id}" not in link.url] == []
    assert f'name="location" value="{place.pk}"' in answer.content.decode()
    assert [each.change for each in answer.context["figures"]] == [None] * 6
    assert "Ver todas" in read(owner_client.get(f"{JANUARY}&resource={person.pk}&door=page"))


@pytest.mark.parametrize(
    ("asked", "first", "last", "said"),
    [
        ("period=day&on=2026-01-15", "2026-01-15", "2026-01-15", ""),
        ("period=week&on=2026-01-15", "2026-01-11", "2026-01-17", ""),
        ("period=quarter&on=2026-02-15", "2026-01-01", "2026-03-31", ""),
        ("period=year&on=2026-02-15", "2026-01-01", "2026-12-31", ""),
        ("period=own&from=2026-01-20&to=2026-01-05", "2026-01-05", "2026-01-20", ""),
        ("period=own&from=2026-01-20", "2026-01-20", "2026-01-20", ""),
        ("period=own&from=2024-01-01&to=2026-01-05", None, None, "Pide un año a lo más"),
        ("period=own&from=1066-01-01&to=1066-01-05", "today", "today", ""),
        ("period=month&on=9999-12-31", None, None, ""),
        ("period=moon&versus=moon&on=x", None, None, ""),
        ("period=own", "today", "today", ""),
    ],
)
def test_address_says_which_days(owner_client, shop, asked, first, last, said):
    answer = owner_client.get(f"{REPORTS}?{asked}")

    period, today = answer.context["asked"].period, answer.context["asked"].today
    month = (today.replace(day=1).isoformat(), None)
    expected = {"today": (today.isoformat(), today.isoformat()), None: month}.get(first, (first, last))
    assert (period.first.isoformat(), period.last.isoformat() if expected[1] else None) == expected
    assert said in read(answer)


def test_steps_lead_to_the_days_before_and_after(owner_client, shop):
    own = owner_client.get(f"{REPORTS}?period=own&from=2026-01-05&to=2026-01-06")

    assert "from=2026-01-03&to=2026-01-04" in own.context["earlier_url"]
    assert "from=2026-01-07&to=2026-01-08" in own.context["later_url"]
    assert "on=2025-12-01" in owner_client.get(JANUARY).context["earlier_url"]


def test_year_before_is_compared_by_its_own_days(owner_client, shop):
    add(shop, 10, 3)
    add(shop, 10 - 365, 2)

    answer = owner_client.get(f"{JANUARY}&versus=year")

    assert (answer.context["versus_name"], answer.context["figures"][0].change.before) == ("enero de 2025", "2")
    chart = answer.context["chart"]
    assert (chart.has_other, "antes, 2" in chart.bars[9].said) == (True, True)


def test_chart_can_be_heard_and_read_as_a_table(owner_client, shop):
    add(shop, 10, 3)

    html = owner_client.get(f"{REPORTS}?period=year&on=2026-01-01").content.decode()

    assert len(re.findall(r'<a href="[^"]*" aria-label="[^"]*de 2026: \d+ cita', html)) == 12
    assert ("<title>Citas en el tiempo</title>" in html, "Ver como tabla" in html) == (True, True)
    assert 'style="' not in html.split("<main")[1]


def test_page_asks_as_often_for_many_bookings_as_for_one(owner_client, shop):
    add(shop, 10)
    owner_client.get(JANUARY)

    with CaptureQueriesContext(connection) as one:
        owner_client.get(JANUARY)
    make_shop(people=3)
    make_bookings(NEW_YEAR, days=31, count=500)
    with CaptureQueriesContext(connection) as many:
        owner_client.get(JANUARY)

    assert (len(many), len(one) <= 24) == (len(one), True)


@pytest.mark.parametrize(
    ("role", "status"), [("manager", 200), ("read_only", 200), ("receptionist", 403), ("provider", 403)]
)
def test_reports_are_for_who_keeps_the_books(staff_client, shop, role, status):
    client = staff_client(role)

    assert client.get(REPORTS).status_code == status
    assert ("/workspace/reports/" in client.get("/workspace/bookings/").content.decode()) == (status == 200)
