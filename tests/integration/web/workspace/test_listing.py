"""The list of bookings: under their dates, of one date, and what is cancelled stands back."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, time, timedelta
from types import SimpleNamespace
from zoneinfo import ZoneInfo

import pytest
from django.utils import translation

from scheduling.enums import BookingStatus
from scheduling.models import Booking
from tests.integration.web.workspace.conftest import book, local_day
from web.workspace.bookings.listing import group_days


def move(booking_id: int, on: date, at: time, timezone: str, **changes: object) -> None:
    starts_at = datetime.combine(on, at, tzinfo=ZoneInfo(timezone))
    Booking.objects.filter(pk=booking_id).update(
        starts_at=starts_at, ends_at=starts_at + timedelta(minutes=45), **changes
    )


@pytest.fixture
def today(tenant) -> date:
    return local_day(datetime.now(tz=UTC), tenant.timezone)


def list_headings(html: str) -> list[str]:
    return re.findall(r'<h3 class="day-name">(.*?)</h3>', html)


@pytest.mark.parametrize("count", [1, 3])
def test_rows_stand_under_their_dates(owner_client, tenant, today, django_assert_num_queries, count):
    for number in range(count):
        on = today + timedelta(days=1 + number // 2)
        move(book(f"Cliente {number}", slot=number).booking_id, on, time(9 + number), tenant.timezone)
    owner_client.get("/workspace/bookings/?lang=es")

    with django_assert_num_queries(4):
        page = owner_client.get("/workspace/bookings/").content.decode()

    headings = list_headings(page)
    assert len(headings) == (count + 1) // 2
    assert headings[0].startswith("Mañana · ")
    assert not any("·" in heading for heading in headings[1:])
    assert page.count('class="when"') == count


def test_today_is_called_so(owner_client, tenant, today):
    move(book().booking_id, today, time(23, 59), tenant.timezone)

    (heading,) = list_headings(owner_client.get("/workspace/bookings/?lang=es").content.decode())

    assert heading.startswith("Hoy · ")


def test_dates_are_those_of_the_place(tenant):
    at = datetime(2026, 11, 26, 5, 30, tzinfo=UTC)
    row = SimpleNamespace(
        starts_at=at, timezone="America/Mexico_City", status=BookingStatus.CONFIRMED, is_attendance_confirmed=False
    )
    abroad = SimpleNamespace(**{**vars(row), "timezone": "Europe/Madrid"})

    with translation.override("en"):
        days = [(day.on.day, str(day.name), len(day.lines)) for day in group_days([row, row, abroad], now=at)]

    assert days == [(25, "Today", 2), (26, "Today", 1)]


def test_a_date_shows_all_of_its_bookings_and_no_others(owner_client, tenant, today):
    on = today - timedelta(days=3)
    for number, (shift, at) in enumerate([(0, time(0)), (0, time(23, 59)), (1, time(0)), (-1, time(23, 59))]):
        move(book(f"Cliente {number}", slot=number).booking_id, on + timedelta(days=shift), at, tenant.timezone)

    page = owner_client.get(f"/workspace/bookings/?on={on.isoformat()}").content.decode()

    assert [number for number in range(4) if f"Cliente {number}" in page] == [0, 1]
    assert f'name="on" value="{on.isoformat()}"' in page


def test_a_date_narrows_a_search_and_is_kept_by_show_more(owner_client, tenant, today, monkeypatch):
    monkeypatch.setattr("web.workspace.bookings.listing.PAGE_SIZE", 1)
    on = today + timedelta(days=2)
    for number in range(3):
        day = on if number else on + timedelta(days=1)
        move(book("Ana Torres", slot=number).booking_id, day, time(9 + number), tenant.timezone)

    page = owner_client.get(f"/workspace/bookings/?on={on.isoformat()}&q=Ana").content.decode()
    more = re.search(r'href="(\?[^"]*cursor=[^"]*)"', page)
    assert more
    rest = owner_client.get(f"/workspace/bookings/{more[1].replace('&amp;', '&')}").content.decode()

    assert (page.count('class="when"'), rest.count('class="when"')) == (1, 1)
    assert "Ver más" not in rest


def test_empty_date_says_so(owner_client, today):
    page = owner_client.get(f"/workspace/bookings/?on={today.isoformat()}&lang=es").content.decode()

    assert "No hay citas ese día" in page


@pytest.mark.parametrize("text", ["2026-13-45", "ayer", "0001-01-01"])
def test_bad_date_shows_what_comes_and_says_so(owner_client, tenant, today, text):
    move(book().booking_id, today + timedelta(days=1), time(9), tenant.timezone)

    page = owner_client.get(f"/workspace/bookings/?on={text}").content.decode()

    assert 'role="alert"' in page
    assert "Ana Torres" in page


@pytest.mark.parametrize(("status", "is_gone"), [("cancelled", True), ("declined", True), ("confirmed", False)])
def test_whoever_does_not_come_stands_back(owner_client, tenant, today, status, is_gone):
    is_active = status == "confirmed"
    booking_id = book().booking_id
    move(booking_id, today + timedelta(days=1), time(9), tenant.timezone, status=status, is_active=is_active)

    page = owner_client.get("/workspace/bookings/").content.decode()

    assert ('<li class="gone">' in page) is is_gone


@pytest.mark.parametrize(("label", "shown"), [("Ana Torres", False), (" ana torres ", False), ("Emma Torres", True)])
def test_nobody_is_named_twice(owner_client, tenant, today, label, shown):
    booking_id = book("Ana Torres").booking_id
    move(booking_id, today + timedelta(days=1), time(9), tenant.timezone, asset_label=label)

    page = owner_client.get("/workspace/bookings/").content.decode()

    assert (f"· {label}" in page) is shown
