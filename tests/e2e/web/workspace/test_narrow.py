"""No page of the workspace is wider than a narrow screen, however large the letters; and the tabs of a phone fit."""

from __future__ import annotations

from datetime import date
from uuid import uuid4

import pytest
from playwright.sync_api import Page

from accounts.models import ApiKey, User
from kernel.clock import utc_now
from notifications.hooks import list_webhook_types
from notifications.services.webhooks.by_hand import send_test
from scheduling.models import Booking, CapacityRule, DateOverride, Location, Resource, ResourceType, Series, Service
from scheduling.services.customers.records import create_customer
from scheduling.types import SYSTEM, CustomerSetup
from tenants.context import tenant_scope
from tests.e2e.sight import resize
from tests.e2e.web.workspace.test_board import book_at
from tests.factories.accounts import make_key
from tests.factories.billing import pay, want
from tests.factories.bulk import make_done_act
from tests.factories.imports import make_checked_import
from tests.factories.privacy import make_blocked, make_incident, make_request
from tests.factories.webhooks import make_webhook
from tests.harness.role_table import OWNER, TENANT
from tests.integration.test_every_url import SAMPLES

pytestmark = pytest.mark.e2e

LAID_OUT_MS = 1000
SIZES = ((320, 100), (320, 200), (768, 200), (1440, 200))
"""Widths in pixels, and sizes of text in percent."""

SPECIAL_DAY = date(2030, 1, 7)
NO_PAGES = {
    "workspace/live/",
    "workspace/board/",
    "workspace/waitlist/fits/",
    "workspace/news/",
    "workspace/bookings/<int:booking_id>/fit/",
    "workspace/bookings/new/found/",
    "workspace/changes/<uuid:key>/progress/",
    "workspace/settings/business/measured/",
    "workspace/data/<uuid:key>/",
    "workspace/pictures/<slug:kind>/<int:owner_id>/",
    # Of a payment that is disputed: `test_money` looks at both.
    "workspace/payments/<int:payment_id>/disputes/<int:dispute_id>/answer/",
    "workspace/payments/<int:payment_id>/disputes/<int:dispute_id>/accept/",
}
FILES = (".csv", ".txt", ".xlsx", ".css", ".pdf", "workspace/page/qr/<slug:kind>/", "<int:width>.<slug:kind>")
"""How the routes end which answer a file to save or to show within a page."""

TOO_WIDE = """([width, zoom]) => {
    document.documentElement.style.fontSize = `${zoom}%`;
    const root = document.documentElement;
    const cut = [...document.querySelectorAll("main :is(.card, .card *, .lines a)")].filter((box) =>
        /hidden|clip/.test(getComputedStyle(box).overflowX) && !box.matches("input, select, svg *, .spoken")
        && getComputedStyle(box).clipPath === "none" && box.scrollWidth > box.clientWidth + 1);
    if (cut.length) return cut.slice(0, 4).map((box) => `cut: ${box.className}`);
    if (root.scrollWidth <= root.clientWidth) return [];
    const scrolls = (box) => box && box !== document.body
        && (/auto|scroll|hidden|clip/.test(getComputedStyle(box).overflowX) || scrolls(box.parentElement));
    const wide = [...document.querySelectorAll("body *")].filter((box) =>
        box.getBoundingClientRect().right > root.clientWidth + 1 && !scrolls(box.parentElement));
    const name = (box) => `${box.tagName}.${box.className.baseVal ?? box.className}`;
    return [root.scrollWidth, ...wide.slice(0, 4).map(name)];
}"""

LABELS = """([width, zoom]) => {
    document.documentElement.style.fontSize = `${zoom}%`;
    const bar = document.querySelector(".tab-bar").getBoundingClientRect();
    const tabs = [...document.querySelectorAll(".tab")].map((tab) => {
        const range = document.createRange();
        range.selectNodeContents(tab.querySelector("span:last-child"));
        return [range.getBoundingClientRect(), tab.getBoundingClientRect(), tab.innerText];
    });
    return tabs.filter(([text, tab], at) => text.left < tab.left || text.right > tab.right || text.bottom > bar.bottom
        || text.height > 40 || (at && text.left < tabs[at - 1][0].right + 2)).map(([,, name]) => name);
}"""


def list_pages(house, role: str) -> list[str]:
    """Return the path of every page of the workspace that the role may see."""
    booking_id, on = book_at(house, "Maximiliano Fernández de la Concepción", 3)
    later_id, _ = book_at(house, "Maximiliano Fernández de la Concepción", 4)
    with tenant_scope(house):
        series = Series.objects.create(rule="FREQ=WEEKLY;INTERVAL=2;COUNT=2", on_conflict="fail", created_at=utc_now())
        Booking.objects.filter(pk__in=[booking_id, later_id]).update(series_id=series.pk)
        webhook = make_webhook(
            url=f"https://hooks.example/{uuid4().hex}{'x' * 168}", events=list_webhook_types(), now=utc_now()
        )
        send_test(endpoint_id=webhook, now=utc_now())
        facts = {
            "booking": booking_id,
            "asset": Booking.objects.get(pk=booking_id).asset_id,
            "customer": Booking.objects.get(pk=booking_id).customer_id,
            "twin": create_customer(setup=CustomerSetup(name=f"Maximiliana {uuid4().hex}"), by=SYSTEM, now=utc_now()),
            "import": make_checked_import(),
            "bulk": make_done_act(booking_id, later_id),
            "payment": pay(booking_id),
            "invoice": want(booking_id),
            "blocked": make_blocked(),
            "incident": make_incident(),
            "person_request": make_request(Booking.objects.get(pk=booking_id).customer_id),
            "resource": Resource.objects.order_by("id").first().pk,
            "served_by": Resource.objects.filter(allocations__booking_id=booking_id).order_by("id").first().pk,
            "special_day": DateOverride.objects.get_or_create(location=Location.objects.first(), on=SPECIAL_DAY)[0].pk,
            "location": Location.objects.order_by("id").first().pk,
            "resource_type": ResourceType.objects.order_by("id").first().pk,
            "rule": CapacityRule.objects.get_or_create(scope="tenant", period="day", measure="bookings", limit=500)[
                0
            ].pk,
            "service": Service.objects.order_by("id").first().pk,
            "person": User.objects.get(role="owner").pk,
            "webhook": webhook,
            "key": (make_key({"bookings": "write"}), ApiKey.objects.latest("pk").pk)[1],
        }
    routes = [
        route
        for route, rights in TENANT.items()
        if route.startswith("workspace/")
        and role in rights.get("GET", ())
        and route not in NO_PAGES
        and not route.endswith(FILES)
    ]
    paths = [f"/{SAMPLES.get(route, route).format(**facts)}" for route in routes]
    day = (f"/workspace/?date={on}&type=all", f"/workspace/?date={on}&view=list", "/workspace/bookings/?q=Maxi")
    away = f"/workspace/bulk/away/?resource={facts['served_by']}&from={on}"
    bulk = f"/workspace/bulk/together/?customer={facts['customer']}"
    many = [away, bulk, *(f"/workspace/bulk/{name}/?from={on}" for name in ("everyone", "close"))]
    return [*paths, *day, *many, f"/workspace/bookings/new/?service={facts['service']}&date={on}"]


def try_sizes(page: Page, script: str) -> dict[tuple[int, int], list[object]]:
    page.evaluate("document.fonts.ready")
    found = {}
    for width, zoom in SIZES:
        resize(page, {"width": width, "height": 800})
        found[width, zoom] = page.evaluate(script, [width, zoom])
        if found[width, zoom]:  # a busy machine lays out later than it resizes
            page.wait_for_timeout(LAID_OUT_MS)
            found[width, zoom] = page.evaluate(script, [width, zoom])
    return {size: faults for size, faults in found.items() if faults}


@pytest.fixture(autouse=True)
def unblocked(django_db_blocker):
    with django_db_blocker.unblock():
        yield


@pytest.mark.parametrize("language", ["es", "en"])
def test_no_page_scrolls_sideways(houses, open_workspace, language):
    paths = list_pages(houses[0], OWNER)
    page = open_workspace(houses[0], f"/workspace/?lang={language}")
    site = page.url.partition("/workspace")[0]
    found = {}

    for path in paths:
        page.goto(site + path)
        found[path] = try_sizes(page, TOO_WIDE)

    assert len(paths) > 15
    assert {path: faults for path, faults in found.items() if faults} == {}


@pytest.mark.parametrize("role", ["owner", "provider"])
def test_tabs_of_a_phone_fit_beside_each_other(houses, open_workspace, role):
    page = open_workspace(houses[0])
    found, labels = {}, {}
    with tenant_scope(houses[0]):
        User.objects.filter(role="owner").update(role=role)
    try:
        for language in ("es", "en"):
            page.goto(f"{page.url.partition('?')[0]}?lang={language}")
            page.evaluate("document.fonts.ready")
            for width, zoom in ((390, 100), (320, 100), (390, 200), (320, 200), (720, 200)):
                resize(page, {"width": width, "height": 800})
                found[language, width, zoom] = page.evaluate(LABELS, [width, zoom])
            labels[language] = [tab.inner_text().strip() for tab in page.locator(".tab span:last-child").all()]
    finally:
        with tenant_scope(houses[0]):
            User.objects.filter(role=role).update(role="owner")

    assert {size: faults for size, faults in found.items() if faults} == {}
    assert (
        labels
        == {
            "owner": {"es": ["Agenda", "Buscar", "Nueva", "Más"], "en": ["Agenda", "Search", "New", "More"]},
            "provider": {"es": ["Mi día", "Agenda", "Buscar", "Más"], "en": ["My day", "Agenda", "Search", "More"]},
        }[role]
    )
