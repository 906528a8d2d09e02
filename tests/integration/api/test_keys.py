"""Programs call with a key: as far as it goes, in nobody's name but its person's, and until it is revoked."""

from __future__ import annotations

from dataclasses import replace

import pytest

from accounts.models import ApiKey, User
from kernel.clock import utc_now
from kernel.limits import raise_limits
from scheduling.models import Booking
from scheduling.services.bookings.cancellations import cancel_booking
from scheduling.types import Actor
from tenants.jobs import call_in_tenant, call_outside
from tenants.models import Tenant
from tenants.selectors.resolution import forget_tenants
from tests.conftest import HostClient
from tests.factories.accounts import make_key
from tests.harness.key_table import KEY_AREAS
from tests.harness.role_table import METHODS, TENANT
from tests.integration.api.conftest import make_booking_body
from tests.integration.test_every_url import facts, list_doors, take_snapshot  # noqa: F401 - a fixture

AREAS = sorted(set(KEY_AREAS.values()))
READ, WRITE = {"bookings": "read"}, {"bookings": "write"}
CHALLENGE = 'Bearer error="invalid_token"'
EXPLAIN = "/api/v1/availability/explain"


@pytest.fixture
def booking(customer_client) -> Booking:
    customer_client.post("/api/v1/bookings", make_booking_body(customer_client), content_type="application/json")
    booking = Booking.objects.get()
    cancel_booking(booking_id=booking.pk, reason="x", now=utc_now(), by=Actor(kind="staff"))
    return booking


def use(tenant, token: str, scheme: str = "Bearer", **more: str) -> HostClient:
    return HostClient(tenant.primary_host, headers={"Authorization": f"{scheme} {token}", **more})


def undo(client: HostClient, booking: Booking):
    return client.post(f"/api/v1/bookings/{booking.pk}/undo", {"status": "cancelled"}, content_type="application/json")


@pytest.mark.parametrize("scheme", ["Bearer", "bearer", "Bearer  "])
def test_key_acts_as_its_person(tenant, booking, scheme):
    answer = undo(use(tenant, make_key(WRITE), scheme), booking)

    booking.refresh_from_db()
    author = Booking.history.filter(id=booking.pk).latest().history_user_id
    assert (answer.status_code, booking.status) == (200, "confirmed")
    assert (author, ApiKey.objects.get().last_used_at is None) == (User.objects.get(role="owner").pk, False)


def test_key_that_only_reads_changes_nothing(tenant, booking):
    answer = undo(use(tenant, make_key(READ)), booking)

    booking.refresh_from_db()
    assert (answer.status_code, answer.json()["code"], booking.status) == (403, "permission_denied", "cancelled")


@pytest.mark.parametrize("end", ["wrong", "revoked", "lowered", "inactive", "neighbor's"])
def test_what_is_no_key_of_this_business_is_401(tenant, other_tenant, booking, end):
    token = make_key(WRITE)
    if end == "revoked":
        ApiKey.objects.update(revoked_at=utc_now())
    if end == "lowered":
        User.objects.update(role="receptionist")
    if end == "inactive":
        User.objects.update(is_active=False)
    if end == "wrong":
        token = f"{token}x"
    if end == "neighbor's":
        token = call_outside(call_in_tenant, other_tenant.schema_name, make_key, WRITE)

    answer = undo(use(tenant, token), booking)

    booking.refresh_from_db()
    assert (answer.status_code, answer.json()["code"]) == (401, "authentication_failed")
    assert (answer["WWW-Authenticate"], booking.status) == (CHALLENGE, "cancelled")


def test_key_is_revoked_in_the_middle_of_its_calls(tenant):
    client = use(tenant, make_key(READ))
    query = {"service": "1", "starts_at": "2026-12-01T15:00:00Z"}

    statuses = [client.get(EXPLAIN, query).status_code]
    ApiKey.objects.update(revoked_at=utc_now())
    statuses.append(client.get(EXPLAIN, query).status_code)

    assert statuses[0] != 401
    assert statuses[1] == 401


@pytest.mark.parametrize("header", ["", "Basic dGVzdA==", "tk_x", "Token x"])
def test_without_a_key_somebody_has_to_sign_in(tenant, header):
    answer = HostClient(tenant.primary_host, headers={"Authorization": header}).get(EXPLAIN)

    assert (answer.status_code, answer.json()["code"]) == (401, "not_authenticated")
    assert answer["WWW-Authenticate"] == "Bearer"


def test_key_needs_no_second_step_and_no_token_against_forgery(tenant, booking):
    User.objects.update(second_step="somebody set one up")
    client = HostClient(tenant.primary_host, enforce_csrf_checks=True)
    client.defaults["HTTP_AUTHORIZATION"] = f"Bearer {make_key(WRITE)}"

    assert undo(client, booking).status_code == 200


def test_key_opens_no_page(tenant):
    client = use(tenant, make_key(WRITE))

    assert client.get("/workspace/")["Location"].startswith("/accounts/login/")


def test_state_of_the_business_counts_for_keys(tenant, booking):
    Tenant.objects.filter(pk=tenant.id).update(status="suspended")
    forget_tenants()

    answer = undo(use(tenant, make_key(WRITE)), booking)

    assert (answer.status_code, answer.json()["code"]) == (403, "tenant_suspended")


@pytest.mark.parametrize(("limit", "keys"), [("calls_key", 1), ("calls_keys", 3)])
def test_calls_count_per_key_and_business_wherever_they_come_from(tenant, booking, settings, limit, keys):
    settings.LIMITS = {**settings.LIMITS, limit: replace(settings.LIMITS[limit], size=3)}
    clients = [use(tenant, make_key(READ)) for _ in range(keys)]
    answers = [
        clients[number % keys].get(EXPLAIN, REMOTE_ADDR=f"203.0.{number}.1", headers={"Accept-Language": "en"})
        for number in range(4)
    ]

    free = [use(tenant, make_key(READ)).get(EXPLAIN), HostClient(tenant.primary_host).get("/api/v1/services")]

    assert [answer.status_code for answer in answers] == [422, 422, 422, 429]
    assert 1 <= int(answers[3]["Retry-After"]) <= 60
    assert [answer.status_code for answer in free] == [422 if limit == "calls_key" else 429, 200]


def test_what_a_key_may_not_do_counts_as_well(tenant, booking, settings):
    settings.LIMITS = {**settings.LIMITS, "calls_key": replace(settings.LIMITS["calls_key"], size=3)}
    client = use(tenant, make_key(READ))

    answers = [undo(client, booking) for _ in range(4)]

    assert [answer.status_code for answer in answers] == [403, 403, 403, 429]


def test_wrong_keys_count_per_address_and_hold_up_none_that_work(tenant, booking, settings):
    limit = settings.LIMITS["wrong_keys_address"]
    settings.LIMITS = {**settings.LIMITS, "wrong_keys_address": replace(limit, size=3)}
    revoked, works = use(tenant, make_key(READ, revoked_at=utc_now())), use(tenant, make_key(READ))

    answers = [revoked.get(EXPLAIN, headers={"Accept-Language": "en"}) for _ in range(4)]
    others = [works.get(EXPLAIN), revoked.get(EXPLAIN, REMOTE_ADDR="203.0.113.9")]

    assert [answer.status_code for answer in answers] == [401, 401, 401, 429]
    assert (answers[3].json()["code"], 1 <= int(answers[3]["Retry-After"]) <= 60) == ("throttled", True)
    assert [answer.status_code for answer in others] == [422, 401]


def test_idempotency_key_belongs_to_the_key(tenant, booking):
    sent = {"Idempotency-Key": "once"}
    token, other = make_key(WRITE), make_key(WRITE)
    path = f"/api/v1/bookings/{booking.pk}/correct"

    def correct(token: str, note: str, address: str):
        body = {"note": note}
        client = use(tenant, token, **sent)
        return client.post(path, body, content_type="application/json", REMOTE_ADDR=address)

    first = correct(token, "Uno", "203.0.113.5")
    moved = correct(token, "Uno", "198.51.100.7")
    stranger = correct(other, "Dos", "203.0.113.5")
    changed = correct(token, "Dos", "203.0.113.5")

    assert (first.status_code, first.content == moved.content, stranger.status_code) == (200, True, 200)
    assert (changed.status_code, changed.json()["code"]) == (409, "idempotency_mismatch")


def test_open_calls_take_no_notice_of_keys(tenant):
    assert use(tenant, "tk_wrong").get("/api/v1/services").status_code == 200


@pytest.mark.parametrize(
    ("whose", "access"),
    [
        ("ours", {}),
        ("ours", {"bookings": "everything"}),
        *(("ours", {area: level}) for area in AREAS for level in ("read", "write")),
        ("neighbor's", dict.fromkeys(AREAS, "write")),
    ],
    ids=str,
)
def test_every_address_is_open_to_the_keys_of_its_area(
    tenant, other_tenant, facts, access, whose, settings  # noqa: F811
):  # fmt: skip
    """Address by method by scope, with a key of ours and one of the neighbor; who may not changes nothing.

    Methods that an address does not have are asked for once with each kind of key: without an area and the neighbor's.
    """
    settings.LIMITS = raise_limits(settings.LIMITS, ["calls_key", "calls_keys", "wrong_keys_address"])
    doors = {door.route: door for door in list_doors("config.urls_tenant")}
    token = (
        make_key(access)
        if whose == "ours"
        else call_outside(call_in_tenant, other_tenant.schema_name, make_key, access)
    )
    before = take_snapshot() | {"ApiKey": []}
    surprises = []
    for route, area in KEY_AREAS.items():
        for method in METHODS if not access or whose != "ours" else TENANT[route]:
            level = access.get(area, "")
            may = whose == "ours" and (level == "write" or (level == "read" and method in {"GET", "HEAD"}))
            exists = method in TENANT[route]
            if may and exists and method not in {"GET", "HEAD"}:
                continue  # what it changes, the tests of each call show
            answer = use(tenant, token).generic(method, doors[route].make_path(facts))
            refused = {401} if whose != "ours" else {403} if not may else set()
            expected = refused | ({405} if not exists else set()) or {200, 404, 422}
            if answer.status_code not in expected:
                surprises.append(f"{method} {route}: {answer.status_code}, not {expected}")

    assert surprises == []
    assert take_snapshot() | {"ApiKey": []} == before


def test_areas_are_those_that_the_calls_say():
    declared = {
        door.route: entry
        for door in list_doors("config.urls_tenant")
        if (entry := getattr(door.view, "key_area", None)) is not None
    }

    assert declared == KEY_AREAS
