"""Reports in a browser: nothing is cut or hidden from anybody, at the desk and on a phone, day and night."""

from __future__ import annotations

from datetime import timedelta
from zoneinfo import ZoneInfo

import pytest

from kernel.clock import utc_now
from scheduling.models import Booking, Location, RefusedDemand, Service
from tenants.context import tenant_scope
from tests.e2e.sight import DESK, PHONE, check_axe, check_everywhere
from tests.e2e.web.workspace.test_narrow import TOO_WIDE, try_sizes
from tests.factories.reports import make_row

PAGES = ("reports/", "reports/use/", "reports/searches/")


@pytest.fixture(autouse=True)
def unblocked(django_db_blocker):
    with django_db_blocker.unblock():
        yield


@pytest.fixture
def house(houses):
    """Bookings of the last weeks, of every service."""
    now = utc_now()
    with tenant_scope(houses[0]):
        place = Location.objects.order_by("pk").first()
        rows = [
            make_row(service, place, now - timedelta(days=day), source=("page", "workspace")[day % 2])
            for service in Service.objects.all()
            for day in range(20)
        ]
        Booking.objects.bulk_create(rows)
        service = Service.objects.order_by("pk").first()
        today = now.astimezone(ZoneInfo(houses[0].timezone)).date()
        RefusedDemand.objects.get_or_create(service=service, on=today, hour=10, defaults={"count": 3})
    return houses[0]


@pytest.mark.parametrize("language", ["es", "en"])
def test_reports_are_seen_whole_by_everybody(house, open_workspace, language):
    page = open_workspace(house, f"/workspace/?lang={language}")
    site = page.url.partition("/workspace")[0]
    paths = [f"/workspace/{path}?period={kind}" for path in PAGES for kind in ("month", "year")]
    found = {}

    for path in paths:
        page.goto(site + path)
        for details in page.locator("main summary").all():
            details.click()
        wide = try_sizes(page, TOO_WIDE)
        page.evaluate("document.documentElement.style.fontSize = ''")
        found[path] = [wide, check_everywhere(page, DESK, PHONE, check=check_axe)]

    assert found == {path: [{}, []] for path in paths}


def test_column_leads_to_its_bookings_by_keyboard(house, open_workspace):
    page = open_workspace(house, "/workspace/reports/?period=month&lang=es")
    today = page.locator(".report-chart a[aria-label]:has(rect.own:not([height='0'])):not([aria-label*=': 0 '])").first

    name = today.get_attribute("aria-label") or ""
    today.focus()
    page.keyboard.press("Enter")
    page.wait_for_url("**/workspace/bookings/?*")

    assert page.locator("#found .lines li").count() == min(50, int(name.split(": ")[1].split()[0]))


def test_hour_of_the_map_leads_to_its_searches_by_keyboard(house, open_workspace):
    page = open_workspace(house, "/workspace/reports/use/?period=month&lang=es")
    cell = page.locator("#refused .report-heat a").first

    count = int(cell.inner_text())
    cell.focus()
    page.keyboard.press("Enter")
    page.wait_for_url("**/workspace/reports/searches/?*")

    numbers = page.locator(".report-table tbody td:last-child a").all_inner_texts()
    assert sum(int(each) for each in numbers) == count > 0
