"""The page about room: occupancy of each, by weekday and hour, and who found no place."""

from __future__ import annotations

from datetime import datetime, timedelta
from html import unescape
from zoneinfo import ZoneInfo

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from scheduling.models import Allocation, Booking, Location, RefusedDemand, Resource, Service
from tests.factories.reports import make_bookings, make_row
from tests.factories.scheduling import make_shop
from web.parts.clock import name_week_hour

USE = "/workspace/reports/use/?period=month&on=2026-01-15"


@pytest.fixture
def shop(tenant) -> Service:
    """A service of one person who works from 9 to 5 UTC, that is from 3 to 11 in Mexico."""
    Resource.objects.update(is_active=False)
    service_id, _ = make_shop()
    return Service.objects.get(pk=service_id)


def read(response) -> str:
    return " ".join(unescape(response.content.decode()).split())


def take(service: Service, starts_at: datetime) -> None:
    row = make_row(service, Location.objects.latest("pk"), starts_at, minutes=120)
    Booking.objects.bulk_create([row])
    Allocation.objects.create(
        booking=row, resource=Resource.objects.get(is_active=True), starts_at=row.starts_at, ends_at=row.ends_at,
        is_override=True,
    )  # fmt: skip


def test_business_where_nobody_works_is_told_so(owner_client, shop):
    Resource.objects.update(is_active=False)

    text = read(owner_client.get(USE))

    assert ("Nadie trabaja en estos días" in text, "encontraron lugar" in text) == (True, True)


def test_page_shows_how_much_was_taken_and_when(owner_client, shop):
    zone = ZoneInfo("America/Mexico_City")
    take(shop, datetime(2026, 1, 5, 9, tzinfo=zone))
    take(shop, datetime(2025, 12, 1, 9, tzinfo=zone))
    take(shop, datetime(2025, 12, 2, 9, tzinfo=zone))

    answer = owner_client.get(USE)

    figures = {each.key: (each.text, each.change and each.change.text) for each in answer.context["figures"]}
    assert figures == {
        "use": ("0.8\u202f%", "−0.8 puntos"), "taken": ("2", None), "open": ("248", None),
        "refused": ("0", "sin cambio,"),
    }  # fmt: skip
    heat = answer.context["use_heat"]
    days = {
        day: {hour: (cell.text, cell.level) for hour, cell in zip(heat.hours, cells, strict=True)}
        for day, cells in heat.rows
    }
    assert (heat.hours[0], heat.hours[-1], next(iter(days))) == ("3", "10", "Dom")
    assert (days["Lun"]["9"], days["Lun"]["8"], days["Mar"]["9"]) == (("25", 2), ("0", 0), ("0", 0))
    (row,) = answer.context["resources_table"].rows
    assert [cell.value for cell in row[2:]] == [0.0081, 2.0, 248.0]
    assert sum(len(day.lines) for day in owner_client.get(row[2].url).context["days"]) == 1


def test_page_shows_what_was_looked_for_in_vain(owner_client, shop):
    monday = datetime(2026, 1, 5).date()  # noqa: DTZ001 - a date
    RefusedDemand.objects.bulk_create(
        RefusedDemand(service=shop, on=on, hour=hour, count=count)
        for on, hour, count in ((monday, 9, 6), (monday, None, 4), (monday + timedelta(days=1), 11, 3))
    )

    answer = owner_client.get(f"{USE}&versus=nothing")

    heat = answer.context["refused_heat"]
    cells = {day: [(cell.text, cell.level) for cell in cells] for day, cells in heat.rows}
    assert (heat.hours, cells["Lun"], cells["Mar"]) == (
        ("9", "10", "11"), [("6", 5), ("", 0), ("0", 0)], [("0", 0), ("", 0), ("3", 3)],
    )  # fmt: skip
    rows = [[cell.value for cell in row] for row in answer.context["refused_table"].rows]
    assert rows == [["2026-01-05", 10], ["2026-01-06", 3]]
    assert answer.context["refused_table"].rows[0][1].url.endswith("&day=2026-01-05")
    assert (answer.context["figures"][3].text, answer.context["figures"][3].change) == ("13", None)
    assert [[cell.value for cell in row] for row in answer.context["wished_table"].rows] == [[shop.name, 13]]


def test_page_asks_as_often_for_many_as_for_one(owner_client, shop):
    take(shop, datetime(2026, 1, 5, 15, tzinfo=ZoneInfo("UTC")))
    owner_client.get(USE)

    with CaptureQueriesContext(connection) as one:
        owner_client.get(USE)
    make_shop(people=3)
    make_bookings(datetime(2026, 1, 1, tzinfo=ZoneInfo("UTC")), days=31, count=300)
    with CaptureQueriesContext(connection) as many:
        owner_client.get(USE)

    assert (len(many), len(one) <= 20) == (len(one), True)


def name(hour: int) -> str:
    return " ".join(name_week_hour(hour).split())


def count_rows(client, url: str) -> int:
    return sum(len(day.lines) for day in client.get(url).context["days"])


def test_hours_of_the_heat_map_lead_to_the_visits_that_take_them(owner_client, shop):
    zone = ZoneInfo("America/Mexico_City")
    take(shop, datetime(2026, 1, 5, 9, tzinfo=zone))
    take(shop, datetime(2026, 1, 12, 10, tzinfo=zone))
    take(shop, datetime(2026, 1, 31, 23, tzinfo=zone))
    take(shop, datetime(2025, 12, 31, 23, tzinfo=zone))  # an hour of it lies in January

    answer = owner_client.get(USE)

    heat = answer.context["use_heat"]
    monday = dict(zip(heat.hours, next(cells for day, cells in heat.rows if day == "Lun"), strict=True))
    assert {hour: count_rows(owner_client, cell.url) for hour, cell in monday.items() if cell.url} == {
        "9": 1, "10": 2,
    }  # fmt: skip
    assert f"ocupan tiempo de esta hora: {name(10)}" in read(owner_client.get(monday["10"].url))
    urls = {each.key: each.url for each in answer.context["figures"]}
    (row,) = answer.context["resources_table"].rows
    assert [count_rows(owner_client, url) for url in (urls["use"], urls["taken"], row[2].url, row[3].url)] == [4] * 4
    assert f'href="{monday["9"].url}"' in unescape(answer.content.decode())
    file = owner_client.get(monday["10"].url.replace("/bookings/?", "/reports/bookings.csv?"))
    assert b"".join(file.streaming_content).count(b"\n") == 3


def test_searches_behind_every_figure_add_up_to_it(owner_client, shop):
    monday = datetime(2026, 1, 5).date()  # noqa: DTZ001 - a date
    other = Service.objects.get(pk=make_shop()[0])
    RefusedDemand.objects.bulk_create(
        RefusedDemand(service=service, on=monday + timedelta(days=days), hour=hour, count=count)
        for service, days, hour, count in (
            (shop, 0, 9, 6), (shop, 0, None, 4), (other, 0, 9, 2), (shop, 7, 9, 5), (shop, 40, 9, 50)
        )
    )  # fmt: skip

    answer = owner_client.get(f"{USE}&versus=nothing")

    def add_up(url: str) -> int:
        page = owner_client.get(url)
        assert page.context["total"] == sum(row[3].value for row in page.context["table"].rows)
        return page.context["total"]

    cell = next(
        cell for day, cells in answer.context["refused_heat"].rows if day == "Lun" for cell in cells if cell.text
    )
    assert (cell.text, add_up(cell.url), add_up(answer.context["figures"][3].url)) == ("13", 13, 17)
    for table in ("refused_table", "wished_table"):
        rows = answer.context[table].rows
        assert [add_up(row[1].url) for row in rows] == [row[1].value for row in rows]
    page = owner_client.get(cell.url)
    assert f"· <b>{name(9)}</b>" in read(page)
    assert page.context["table"].rows[0][3].url == "/workspace/?date=2026-01-05"
    file = owner_client.get(f"/workspace/reports/searches.csv{page.context['file_query']}")
    assert b"".join(file.streaming_content).count(b"\n") == 4
    assert add_up("/workspace/reports/searches/?period=month&on=2026-01-15&hour=168&day=x") == 17


def test_many_searches_come_in_parts_and_none_is_told_so(owner_client, shop):
    on = datetime(2026, 1, 5).date()  # noqa: DTZ001 - a date
    RefusedDemand.objects.bulk_create(
        RefusedDemand(service=shop, on=on + timedelta(days=number // 24), hour=number % 24, count=1)
        for number in range(130)
    )
    url = "/workspace/reports/searches/?period=month&on=2026-01-15"

    first = owner_client.get(url)
    second = owner_client.get(first.context["more_url"])

    assert [len(each.context["table"].rows) for each in (first, second)] == [100, 30]
    assert (first.context["total"], second.context["total"], second.context["more_url"]) == (130, 130, "")
    assert "encontr" in read(owner_client.get("/workspace/reports/searches/?period=month&on=2020-01-15"))
