"""What other programs are given: webhooks, keys and calendar links, in every state, for whoever sees little."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import timedelta

import pytest
from playwright.sync_api import Page

from accounts.models import ApiKey, User
from kernel.clock import utc_now
from notifications.enums import WebhookEnd
from notifications.hooks import list_webhook_types
from notifications.models import WebhookDelivery, WebhookEndpoint
from notifications.services.webhooks.by_hand import send_test
from notifications.services.webhooks.endpoints import change_endpoint, switch_endpoint
from notifications.types.webhooks import Author
from scheduling.models import CalendarFeed, Resource
from scheduling.services.messages.feeds.links import add_feed
from scheduling.types import Actor
from tenants.context import tenant_scope
from tests.conftest import OWNER_PASSWORD
from tests.e2e.sight import DESK, PHONE, check_everywhere
from tests.factories.accounts import make_key
from tests.factories.webhooks import make_webhook, prove_nothing

pytestmark = pytest.mark.e2e
HOUR = timedelta(hours=1)


@pytest.fixture(autouse=True)
def house(houses, django_db_blocker) -> Iterator[object]:
    """A business that no program knows yet."""
    with django_db_blocker.unblock(), tenant_scope(houses[0]):
        yield houses[0]
        for model in (WebhookEndpoint, CalendarFeed, ApiKey):
            model.objects.all().delete()
        User.objects.filter(email="marta@example.com").delete()
        Resource.objects.update(user=None)


@pytest.fixture
def walk(house, open_workspace) -> Callable[..., list[str]]:
    """Go to a path, or do something there, and return what is wrong with the page in each size and scheme."""
    pages: dict[str, Page] = {}

    def walk_(path: str, *, do: Callable[[Page], object] = lambda page: None, language: str = "es") -> list[str]:
        page = pages.get("one") or open_workspace(house, path)
        pages["one"] = page
        page.goto(f"{page.url.partition('/workspace')[0]}{path}?lang={language}")
        do(page)
        for each in page.locator("main details").all():
            each.evaluate("each => { each.open = true; }")
        return check_everywhere(page, DESK, PHONE)

    return walk_


def send(page: Page, **typed: str) -> None:
    """Fill in the form of the page, and send it."""
    for name, value in typed.items():
        page.locator(f"main [name={name}]").fill(value)
    page.locator("main form .primary").click()
    page.wait_for_load_state()


def set_up_webhooks() -> int:
    """Make one with a log in every state, one that fails and one that is off; return the first."""
    now, owner = utc_now(), User.objects.get(role="owner").pk
    by = Author(owner, prove_nothing)
    first, failing, off = (
        make_webhook(url=f"https://{host}/turnero?key=1", events=list_webhook_types()[:3], now=now)
        for host in ("contabilidad.example", "hojas-de-calculo.example:8443", "chat.example")
    )
    change_endpoint(endpoint_id=first, url="https://conta.example/turnero", events=list_webhook_types(), by=by, now=now)
    WebhookEndpoint.objects.filter(pk=failing).update(failing_since=now - HOUR)
    switch_endpoint(endpoint_id=off, is_on=False, by_id=owner, now=now)
    for number, end in enumerate(("", *WebhookEnd.values)):
        delivery = send_test(endpoint_id=first, now=now - number * HOUR)
        said = {"attempts": number + 1, "status_code": 500 if end == "failed" else 200, "answer": "<b>ok</b>"}
        WebhookDelivery.objects.filter(pk=delivery).update(end=end, ended_at=now if end else None, **said)
    return first


@pytest.mark.parametrize("language", ["es", "en"])
def test_webhooks_are_accessible_in_every_state(walk, language):
    empty = walk("/workspace/webhooks/", language=language)
    first = set_up_webhooks()
    one = f"/workspace/webhooks/{first}/"
    off = f"/workspace/webhooks/{WebhookEndpoint.objects.exclude(off_at=None).get().pk}/"

    found = {
        "empty": empty,
        "list": walk("/workspace/webhooks/", language=language),
        "new": walk("/workspace/webhooks/new/", language=language),
        "wrong": walk(
            "/workspace/webhooks/new/",
            do=lambda page: send(page, url="http://10.0.0.1/", password="x"),
            language=language,
        ),
        "one": walk(one, language=language),
        "off": walk(off, language=language),
        "change": walk(f"{one}change/", language=language),
        "ask": walk(f"{one}secret/", language=language),
        "secret": walk(f"{one}secret/", do=lambda page: send(page, password=OWNER_PASSWORD), language=language),
        "rotate": walk(f"{one}rotate/", do=lambda page: send(page, password="wrong"), language=language),
    }

    assert {state: faults for state, faults in found.items() if faults} == {}


@pytest.mark.parametrize("language", ["es", "en"])
def test_keys_are_accessible_in_every_state(walk, language):
    empty = walk("/workspace/keys/", language=language)
    now = utc_now()
    make_key({"bookings": "write", "webhooks": "read"}, name="Contabilidad", last_used_at=now)
    key = ApiKey.objects.get().pk
    make_key({"catalog": "read"}, name="Sitio web")
    make_key({"catalog": "read"}, name="Prueba", revoked_at=now)

    def choose(page: Page) -> None:
        page.locator("main [name=bookings]").select_option("read")
        send(page, name=f"Hojas {language}", password=OWNER_PASSWORD)

    found = {
        "empty": empty,
        "list": walk("/workspace/keys/", language=language),
        "new": walk("/workspace/keys/new/", language=language),
        "wrong": walk("/workspace/keys/new/", do=lambda page: send(page, name=""), language=language),
        "made": walk("/workspace/keys/new/", do=choose, language=language),
        "revoke": walk(f"/workspace/keys/{key}/revoke/", language=language),
    }

    assert {state: faults for state, faults in found.items() if faults} == {}


@pytest.mark.parametrize("language", ["es", "en"])
def test_calendar_links_are_accessible_in_every_state(walk, language):
    now, owner = utc_now(), User.objects.get(role="owner")
    paths = ("/workspace/feeds/", "/workspace/account/calendar/")
    found = {f"{path} empty": walk(path, language=language) for path in paths}
    resource, other = Resource.objects.filter(is_active=True).order_by("pk")[:2]
    Resource.objects.filter(pk=resource.pk).update(user=owner)
    gone = User.objects.create(email="marta@example.com", name="Marta", role="manager", is_active=False)
    for whose, is_full, who in (
        (resource, False, owner), (resource, True, owner), (other, True, gone), (other, False, owner),
    ):  # fmt: skip
        by = Actor(kind="staff", user_id=who.pk)
        feed = add_feed(resource_id=whose.pk, is_full=is_full, by=by, now=now)
    CalendarFeed.objects.filter(resource=resource).update(last_used_at=now)
    CalendarFeed.objects.filter(pk=feed).update(token_hash="of a secret that is not listed")

    found |= {path: walk(path, language=language) for path in paths}
    found |= {f"{path} wrong": walk(path, do=choose_nothing, language=language) for path in paths}
    found["account"] = walk("/workspace/account/", language=language)

    assert {state: faults for state, faults in found.items() if faults} == {}


def choose_nothing(page: Page) -> None:
    page.locator("main [name=details]").first.evaluate("each => { each.value = 'all'; each.checked = true; }")
    send(page)
