"""Whatever a neighbor holds (session, token, id, cached value) opens nothing here, and shows nothing of ours there."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta

import pytest
from django.conf import settings
from django.core import signing
from django.core.cache import cache
from django.db import connection, transaction
from django.db.models import CharField, F, Value
from django.db.models.functions import Concat

from accounts.models import User
from scheduling.models import Booking, CapacityRule, Customer, DateOverride, Location, Resource, ResourceType, Service
from scheduling.services.messages.manage_tokens import derive_token
from tenants.errors import LinkUnknown
from tenants.jobs import call_in_tenant, call_outside
from tenants.models import SignUp
from tenants.services.sign_up import ENTRY_SALT, take_entry
from tests.conftest import HostClient
from tests.harness.role_table import METHODS, TENANT
from tests.integration.test_every_url import Door, copy_browser, facts, list_doors, take_snapshot  # noqa: F401 - a fixture

CANARY = "canario-de-la-vecina"
NOW = datetime.now(tz=UTC)


def book_next_door(host: str) -> dict[str, str]:
    """Book at the salon with a canary in everything that a person can type; return its token and hold."""
    browser = HostClient(host)
    service = browser.get("/api/v1/services").json()["results"][0]["id"]
    days = [str(NOW.date() + timedelta(days=after)) for after in (7, 14)]
    free = browser.get(f"/api/v1/availability?service={service}&from={days[0]}&to={days[1]}").json()
    slots = [slot["starts_at"] for day in free["days"] for slot in day["slots"]]
    contact = {"name": f"Vera {CANARY}", "phone": "+525587654321", "email": f"{CANARY}@example.com"}
    body = {"service": service, "starts_at": slots[0], "customer": contact, "note": f"nota {CANARY}"}
    booked = browser.post("/api/v1/bookings", body, content_type="application/json")
    held = browser.post("/api/v1/holds", {"service": service, "starts_at": slots[-1]}, content_type="application/json")
    assert (booked.status_code, held.status_code) == (201, 201), (booked.content, held.content)
    return {"token": booked.json()["manage_url"].rstrip("/").rpartition("/")[2], "hold": held.json()["id"]}


def mark_everything() -> dict[str, str]:
    """Put the canary into what the business itself typed; return ids of rows."""
    Service.objects.update(description=CANARY)
    Resource.objects.update(name=Concat(Value(f"{CANARY} "), F("pk"), output_field=CharField()))
    Customer.objects.update(notes=CANARY)
    User.objects.update(name=CANARY)
    Location.objects.update(name=CANARY)
    special_day = DateOverride.objects.create(location=Location.objects.latest("pk"), on=date(2030, 1, 7), note=CANARY)
    return {
        "booking": str(Booking.objects.latest("pk").pk),
        "service": str(Service.objects.latest("pk").pk),
        "resource": str(Resource.objects.latest("pk").pk),
        "location": str(Location.objects.latest("pk").pk),
        "special_day": str(special_day.pk),
        "person": str(User.objects.latest("pk").pk),
        "resource_type": str(ResourceType.objects.latest("pk").pk),
        "rule": str(CapacityRule.objects.create(scope="tenant", period="day", measure="bookings", limit=500).pk),
    }


@pytest.fixture
def neighbor(tenant, other_tenant) -> dict[str, str]:
    """What the salon next door has: addresses of its own, and canaries in its rows."""
    found = book_next_door(other_tenant.primary_host)
    return found | call_outside(call_in_tenant, other_tenant.schema_name, mark_everything)


@pytest.fixture
def neighbors_session(other_tenant) -> dict[str, str]:
    """The cookies of the salon's owner."""

    def sign_in() -> dict[str, str]:
        browser = HostClient(other_tenant.primary_host)
        browser.force_login(User.objects.get(role="owner"))
        return {name: morsel.value for name, morsel in browser.cookies.items()}

    return call_outside(call_in_tenant, other_tenant.schema_name, sign_in)


def ask_all(make_client: Callable[[], HostClient], values: dict[str, str]) -> dict[tuple[str, str], tuple[int, bytes]]:
    """Ask for every address with every method that it has; what that changes is taken back."""
    answers = {}
    for door in list_doors(settings.ROOT_URLCONF):
        for method in METHODS:
            if method not in TENANT[door.route]:
                continue
            with transaction.atomic():
                client = make_client()
                client.raise_request_exception = False
                answer = client.generic(method, door.make_path(values))
                body = b"" if answer.streaming else answer.content
                answers[method, door.route] = (answer.status_code, body)
                transaction.set_rollback(True)
    return answers


def test_the_neighbors_session_is_worth_nothing_here(tenant, neighbors_session, facts):  # noqa: F811
    def with_cookies() -> HostClient:
        client = HostClient(tenant.primary_host)
        client.cookies.load(neighbors_session)
        return client

    as_neighbor = ask_all(with_cookies, facts)
    as_stranger = ask_all(lambda: HostClient(tenant.primary_host), facts)

    assert neighbors_session[settings.SESSION_COOKIE_NAME]
    assert {key: status for key, (status, _) in as_neighbor.items()} == {
        key: status for key, (status, _) in as_stranger.items()
    }


def test_nothing_of_the_neighbor_is_shown_or_changed_with_her_tokens_and_ids(tenant, neighbor, facts):  # noqa: F811
    owner = HostClient(tenant.primary_host)
    owner.force_login(User.objects.get(role="owner"))

    answers = ask_all(lambda: copy_browser(owner), {**facts, **neighbor})

    assert {key: status for key, (status, _) in answers.items() if status >= 500} == {}
    assert [key for key, (_, body) in answers.items() if CANARY.encode() in body] == []
    by_token = {key: status for key, (status, _) in answers.items() if "token" in key[1] and "manage" in key[1]}
    assert {status for (method, _), status in by_token.items() if method != "OPTIONS"} <= {404, 422}


def test_the_canaries_would_be_seen_at_home(neighbor, other_tenant):
    def look() -> list[bool]:
        owner = User.objects.get(role="owner")
        pages = (
            "/",
            f"/b/{neighbor['token']}/",
            f"/workspace/bookings/{neighbor['booking']}/",
            "/workspace/resources/",
        )
        shown = []
        for page in pages:
            client = HostClient(other_tenant.primary_host)
            client.force_login(owner)
            shown.append(CANARY.encode() in client.get(page).content)
        return shown

    assert any(call_outside(call_in_tenant, other_tenant.schema_name, look)[1:])


@pytest.mark.parametrize("method", ["GET", "POST", "DELETE"])
@pytest.mark.parametrize("path", ["api/v1/holds/{hold}", "api/v1/manage/{token}", "b/{token}/", "b/{token}/cancel/"])
def test_the_neighbors_tokens_are_unknown_here_and_change_nothing(tenant, neighbor, other_tenant, method, path):
    before = call_outside(call_in_tenant, other_tenant.schema_name, take_snapshot)
    mine = take_snapshot()

    answer = HostClient(tenant.primary_host).generic(method, "/" + path.format(**neighbor))

    assert answer.status_code in {404, 405}
    assert CANARY.encode() not in answer.content
    assert (call_outside(call_in_tenant, other_tenant.schema_name, take_snapshot), take_snapshot()) == (before, mine)


def test_an_entry_into_one_business_opens_no_other_of_the_same_owner(tenant, other_tenant):
    """Both belong to one person: only the business in the token's signature tells them apart."""

    def make_entries() -> dict[str, str]:
        entries = {}
        for place in (tenant, other_tenant):
            sign_up, _ = SignUp.objects.update_or_create(
                slug=place.slug,
                defaults={
                    **_sign_up_values(place.schema_name),
                    "progress_token_hash": f"progress-{place.slug}",
                    "verify_token_hash": f"verify-{place.slug}",
                },
            )
            entries[place.schema_name] = signing.dumps(sign_up.pk, salt=f"{ENTRY_SALT}.{place.schema_name}")
        return entries

    entries = call_outside(make_entries)

    for mine, foreign in ((tenant, other_tenant), (other_tenant, tenant)):
        with pytest.raises(LinkUnknown):
            call_outside(take_entry, token=entries[foreign.schema_name], schema_name=mine.schema_name, now=NOW)
    assert call_outside(take_entry, token=entries[tenant.schema_name], schema_name=tenant.schema_name, now=NOW) == (
        "dueña@example.com"
    )


def _sign_up_values(schema_name: str) -> dict[str, object]:
    return {
        "schema_name": schema_name,
        "email": "dueña@example.com",
        "entry_used_at": None,
        "status": "done",
        "created_at": NOW,
        "expires_at": NOW + timedelta(days=1),
    }


def test_manage_link_of_an_equal_booking_is_another_one_next_door(tenant, other_tenant):
    """A booking that was copied into another business, by a restore under another name, has other links there."""
    here = derive_token("uid@turnero", 1)
    there = call_outside(call_in_tenant, other_tenant.schema_name, derive_token, "uid@turnero", 1)

    assert here != there
    assert here == derive_token("uid@turnero", 1)


def test_what_one_business_caches_another_does_not_find(tenant, other_tenant):
    cache.set("precio", CANARY, 60)

    found_next_door = call_outside(call_in_tenant, other_tenant.schema_name, cache.get, "precio")
    found_outside = call_outside(cache.get, "precio")

    assert (cache.get("precio"), found_next_door, found_outside) == (CANARY, None, None)


def test_a_workshops_owner_is_nobody_on_the_platform(tenant, owner_client):
    browser = HostClient(settings.PLATFORM_HOST)
    browser.cookies = owner_client.cookies

    answer = browser.get("/operator/")

    assert answer.status_code == 302
    assert answer.headers["Location"].startswith("/accounts/login/")


def test_request_leaves_the_connection_outside_of_any_business(tenant):
    def ask() -> str:
        HostClient(tenant.primary_host).get("/api/v1/business")
        return str(connection.schema_name)

    assert call_outside(ask) == "public"
