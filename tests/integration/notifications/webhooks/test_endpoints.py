from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from importlib import import_module

import pytest
from django.apps import apps
from django.db import connection

from audit.models import Entry
from kernel.errors import Invalid, LimitReached
from kernel.ids import hash_token
from notifications.enums import WebhookEnd, WebhookOff
from notifications.errors import DeliveryWaits, TooManyWebhooks, WebhookIsOff, WebhookNotFound
from notifications.models import WebhookDelivery, WebhookEndpoint
from notifications.selectors import webhook_secrets
from notifications.selectors.webhook_secrets import find_secret, list_keys
from notifications.selectors.webhooks import WAITING, get_endpoint, list_deliveries, list_endpoints
from notifications.services.webhooks.by_hand import send_again, send_test
from notifications.services.webhooks.deliveries import add_delivery
from notifications.services.webhooks.endpoints import (
    EVENTS_MISSING,
    EVENTS_UNKNOWN,
    IS_THERE,
    MOST_ENDPOINTS,
    NOT_PUBLIC,
    OURS,
    add_endpoint,
    change_endpoint,
    remove_endpoint,
    rotate_secret,
    show_secret,
    switch_endpoint,
)
from notifications.services.webhooks.restoring import NOTE, derive_secrets_anew
from notifications.types.webhooks import WEBHOOK, Author, EndpointView
from tenants.context import tenant_scope
from tenants.enums import TenantStatus
from tenants.errors import StatusForbids
from tenants.models import Domain
from tenants.selectors.resolution import forget_tenants
from tenants.types import RestoredTenant
from tests.factories.webhooks import PROVEN, prove_nothing
from tests.integration.notifications.conftest import NOW
from tests.integration.notifications.webhooks.conftest import TYPES

URL = "https://hooks.example/in"


def test_endpoint_is_as_it_was_added(tenant):
    added = add_endpoint(url=f" {URL}?key=ñ ", events=[TYPES[1], TYPES[0]], by=PROVEN, now=NOW)

    assert list_endpoints() == (
        EndpointView(
            id=added,
            url=f"{URL}?key=%C3%B1",
            events=TYPES,
            created_at=NOW,
            off_at=None,
            off_reason="",
            failing_since=None,
            former_until=None,
        ),
    )
    assert (get_endpoint(added).is_on, len(find_secret(added))) == (True, len("whsec_") + 44)


@pytest.mark.parametrize(
    ("url", "events", "errors"),
    [
        ("", TYPES, {"url": (NOT_PUBLIC,)}),
        ("hooks.example", TYPES, {"url": (NOT_PUBLIC,)}),
        ("ftp://hooks.example/", TYPES, {"url": (NOT_PUBLIC,)}),
        ("http://127.1/", TYPES, {"url": (NOT_PUBLIC,)}),
        ("http://[::1]/", TYPES, {"url": (NOT_PUBLIC,)}),
        ("http://printer.local/", TYPES, {"url": (NOT_PUBLIC,)}),
        ("http://salon.localhost:8000/", TYPES, {"url": (NOT_PUBLIC,)}),
        (URL, [], {"events": (EVENTS_MISSING,)}),
        (URL, [*TYPES, "visit.lost"], {"events": (EVENTS_UNKNOWN,)}),
        ("", [], {"url": (NOT_PUBLIC,), "events": (EVENTS_MISSING,)}),
    ],
)
def test_what_cannot_be_told_is_refused(tenant, url, events, errors):
    with pytest.raises(Invalid) as raised:
        add_endpoint(url=url, events=events, by=PROVEN, now=NOW)

    assert (raised.value.errors, WebhookEndpoint.objects.count()) == (errors, 0)


@pytest.mark.parametrize(
    "host",
    [
        "turnero.example",
        "salon.turnero.example",
        "SALON.turnero.example:8443",
        "turnero.example.",
        "x.y.turnero.example",
    ],
)
def test_our_own_addresses_are_refused(tenant, settings, host):
    settings.PLATFORM_HOST = "turnero.example"

    with pytest.raises(Invalid) as raised:
        add_endpoint(url=f"https://{host}/", events=TYPES, by=PROVEN, now=NOW)

    assert (raised.value.errors, WebhookEndpoint.objects.count()) == ({"url": (OURS,)}, 0)


@pytest.mark.parametrize(
    ("name", "typed"),
    [
        ("citas.taller.example", "citas.taller.example"),
        ("citas.taller.example", "CITAS.taller.example.:8443"),
        ("xn--andar-nta.example", "ñandar.example"),
    ],
)
def test_domains_of_businesses_are_ours_too(tenant, name, typed):
    Domain.objects.create(domain=name, tenant_id=tenant.id, is_primary=False)
    forget_tenants()

    with pytest.raises(Invalid) as raised:
        add_endpoint(url=f"https://{typed}/", events=TYPES, by=PROVEN, now=NOW)

    assert raised.value.errors == {"url": (OURS,)}


def test_there_are_so_many_and_no_more(tenant):
    for number in range(MOST_ENDPOINTS):
        add_endpoint(url=f"{URL}/{number}", events=TYPES, by=PROVEN, now=NOW)

    with pytest.raises(TooManyWebhooks):
        add_endpoint(url=URL, events=TYPES, by=PROVEN, now=NOW)

    assert len(list_endpoints()) == MOST_ENDPOINTS


def test_endpoint_is_changed_and_removed(tenant, endpoint, happen):
    happen()

    change_endpoint(endpoint_id=endpoint, url=URL, events=[TYPES[1]], by=PROVEN, now=NOW)
    changed = get_endpoint(endpoint)
    remove_endpoint(endpoint_id=endpoint, by_id=None, now=NOW)

    assert (changed.url, changed.events) == (URL, (TYPES[1],))
    assert (list_endpoints(), WebhookDelivery.objects.count()) == ((), 0)


def read_log(endpoint: int) -> list[tuple[str, int | None, dict[str, list[object]]]]:
    """Return what the log of changes says about an address, the oldest first."""
    rows = Entry.objects.filter(noun=WEBHOOK, row_id=endpoint).order_by("version")
    return list(rows.values_list("action", "user_id", "fields"))


def test_log_says_who_did_what_and_holds_no_secret(tenant):
    by, both = Author(7, prove_nothing), list(TYPES)
    endpoint = add_endpoint(url=f"{URL}?key=1", events=TYPES, by=by, now=NOW)
    for url, events in ((f"{URL}?key=2", TYPES), (f"{URL}?key=2", TYPES), ("https://other.example/", TYPES[:1])):
        change_endpoint(endpoint_id=endpoint, url=url, events=events, by=by, now=NOW)
    rotate_secret(endpoint_id=endpoint, by=by, now=NOW)
    for is_on in (False, False, True):
        switch_endpoint(endpoint_id=endpoint, is_on=is_on, by_id=8, now=NOW)
    remove_endpoint(endpoint_id=endpoint, by_id=8, now=NOW)

    assert read_log(endpoint) == [
        ("created", 7, {"host": [None, "hooks.example"], "events": [None, both]}),
        ("changed", 7, {"path": [False, True]}),
        (
            "changed", 7,
            {"host": ["hooks.example", "other.example"], "secret": [1, 2], "events": [both, both[:1]]},
        ),
        ("changed", 7, {"secret": [2, 3]}),
        ("changed", 8, {"off": ["", "by_hand"]}),
        ("changed", 8, {"off": ["by_hand", ""]}),
        ("deleted", 8, {"host": ["other.example", None], "events": [both[:1], None]}),
    ]  # fmt: skip


class NotThem(Exception):
    """A password that is not theirs."""


def test_what_opens_another_way_is_done_by_nobody_who_has_not_proven_it(tenant, endpoint):
    def refuse() -> None:
        assert connection.in_atomic_block is False or len(connection.savepoint_ids) == outer  # wrong ones are counted
        raise NotThem

    outer, by, before = len(connection.savepoint_ids), Author(7, refuse), list(WebhookEndpoint.objects.values())
    for refused in (
        lambda: add_endpoint(url=URL, events=TYPES, by=by, now=NOW),
        lambda: change_endpoint(endpoint_id=endpoint, url=URL, events=TYPES, by=by, now=NOW),
        lambda: rotate_secret(endpoint_id=endpoint, by=by, now=NOW),
        lambda: show_secret(endpoint_id=endpoint, by=by),
    ):
        with pytest.raises(NotThem):
            refused()

    assert (list(WebhookEndpoint.objects.values()), len(read_log(endpoint))) == (before, 1)


def test_password_is_asked_for_only_when_nothing_else_is_wrong(tenant):
    asked: list[bool] = []

    with pytest.raises(Invalid):
        add_endpoint(url="", events=TYPES, by=Author(7, lambda: asked.append(True)), now=NOW)

    assert asked == []


@pytest.mark.parametrize(
    "same",
    [URL, "HTTPS://HOOKS.example:443/in", f"{URL}#x", " https://hooks.example/in "],
)
def test_address_has_one_webhook(tenant, same):
    first = add_endpoint(url=URL, events=TYPES, by=PROVEN, now=NOW)
    second = add_endpoint(url=f"{URL}/2", events=TYPES, by=PROVEN, now=NOW)

    with pytest.raises(Invalid) as added:
        add_endpoint(url=same, events=TYPES, by=PROVEN, now=NOW)
    with pytest.raises(Invalid) as changed:
        change_endpoint(endpoint_id=second, url=same, events=TYPES, by=PROVEN, now=NOW)

    assert [added.value.errors, changed.value.errors] == [{"url": (IS_THERE,)}] * 2
    assert [each.url for each in list_endpoints()] == [URL, f"{URL}/2"]
    assert (len(read_log(first)), len(read_log(second))) == (1, 1)


def test_twins_of_before_become_one(tenant, endpoint):
    """Also while what they waited for has not been told: the constraint is made in the same transaction."""
    migration = import_module("notifications.migrations.0012_webhooks_once")
    constraint = WebhookEndpoint._meta.constraints[0]
    with connection.schema_editor() as editor:
        editor.remove_constraint(WebhookEndpoint, constraint)
        url = get_endpoint(endpoint).url
        rows = [
            WebhookEndpoint(url=each, events=events, secret_hash="x", created_at=NOW)
            for each, events in ((url, ["visit.begun", "visit.lost"]), (URL, ["visit.ended"]), (url, ["visit.ended"]))
        ]
        twin, other, _ = WebhookEndpoint.objects.bulk_create(rows)
        add_delivery(twin.pk, type_=TYPES[0], subject=("visit", 1), body="{}", event_id=None, happened_at=NOW, now=NOW)

        migration.join_twins(apps, editor)

        editor.add_constraint(WebhookEndpoint, constraint)
    assert [(each.id, each.events) for each in list_endpoints()] == [
        (endpoint, (*TYPES, "visit.lost")), (other.pk, ("visit.ended",)),
    ]  # fmt: skip
    assert WebhookDelivery.objects.count() == 0


def test_address_without_a_path_has_one_spelling(tenant):
    add_endpoint(url="https://hooks.example", events=TYPES, by=PROVEN, now=NOW)

    with pytest.raises(Invalid):
        add_endpoint(url="https://hooks.example/", events=TYPES, by=PROVEN, now=NOW)

    assert [each.url for each in list_endpoints()] == ["https://hooks.example/"]


@pytest.mark.parametrize(
    ("url", "is_renewed"),
    [
        ("https://other.example/in", True),
        ("https://hooks.example:8443/in", True),
        ("https://hooks.example/elsewhere?key=2", False),
        ("http://hooks.example/in", False),
    ],
)
def test_another_receiver_gets_another_secret_and_the_former_one_ends(tenant, url, is_renewed):
    endpoint = add_endpoint(url=URL, events=TYPES, by=PROVEN, now=NOW)
    rotate_secret(endpoint_id=endpoint, by=PROVEN, now=NOW)
    before = list_keys(WebhookEndpoint.objects.get(), now=NOW)

    said = change_endpoint(endpoint_id=endpoint, url=url, events=TYPES, by=PROVEN, now=NOW)

    after = list_keys(WebhookEndpoint.objects.get(), now=NOW)
    assert (said, len(before), len(after)) == (is_renewed, 2, 1 if is_renewed else 2)
    assert (set(after) & set(before)) == (set() if is_renewed else set(before))
    assert hash_token(find_secret(endpoint)) == WebhookEndpoint.objects.get().secret_hash


@pytest.mark.parametrize(("limit", "is_test"), [("webhook_tests", True), ("webhook_agains", False)])
def test_so_many_are_sent_by_hand_and_no_more(tenant, endpoint, happen, settings, limit, is_test):
    settings.LIMITS = settings.LIMITS | {limit: replace(settings.LIMITS[limit], size=1)}
    delivery = happen()

    def send() -> None:
        WebhookDelivery.objects.update(end=WebhookEnd.DELIVERED, ended_at=NOW)
        if is_test:
            send_test(endpoint_id=endpoint, now=NOW)
        else:
            send_again(endpoint_id=endpoint, delivery_id=delivery, now=NOW)

    send()
    with pytest.raises(LimitReached) as raised:
        send()

    assert 0 < raised.value.wait_seconds <= 3600
    assert WebhookDelivery.objects.filter(ended_at=None).count() == 0


def test_nothing_is_done_to_one_that_is_not_there(tenant):
    for refused in (
        lambda: get_endpoint(1),
        lambda: find_secret(1),
        lambda: show_secret(endpoint_id=1, by=PROVEN),
        lambda: change_endpoint(endpoint_id=1, url=URL, events=TYPES, by=PROVEN, now=NOW),
        lambda: rotate_secret(endpoint_id=1, by=PROVEN, now=NOW),
        lambda: switch_endpoint(endpoint_id=1, is_on=False, by_id=None, now=NOW),
        lambda: remove_endpoint(endpoint_id=1, by_id=None, now=NOW),
        lambda: send_test(endpoint_id=1, now=NOW),
        lambda: send_again(endpoint_id=1, delivery_id=1, now=NOW),
    ):
        with pytest.raises(WebhookNotFound):
            refused()


def test_business_that_may_write_nothing_adds_nothing(tenant):
    with tenant_scope(replace(tenant, status=TenantStatus.READ_ONLY)), pytest.raises(StatusForbids):
        add_endpoint(url=URL, events=TYPES, by=PROVEN, now=NOW)

    assert WebhookEndpoint.objects.count() == 0


def test_switched_off_it_gets_nothing_and_on_again_what_happens_then(tenant, endpoint, happen):
    waiting = happen(1)
    switch_endpoint(endpoint_id=endpoint, is_on=False, by_id=None, now=NOW)
    switch_endpoint(endpoint_id=endpoint, is_on=False, by_id=None, now=NOW + timedelta(hours=1))
    off = get_endpoint(endpoint)
    unheard = happen(2)
    with pytest.raises(WebhookIsOff):
        send_test(endpoint_id=endpoint, now=NOW)
    with pytest.raises(WebhookIsOff):
        send_again(endpoint_id=endpoint, delivery_id=waiting, now=NOW)
    switch_endpoint(endpoint_id=endpoint, is_on=True, by_id=None, now=NOW)

    assert (off.is_on, off.off_at, off.off_reason, unheard) == (False, NOW, WebhookOff.BY_HAND, None)
    assert (get_endpoint(endpoint).is_on, get_endpoint(endpoint).off_reason) == (True, "")
    assert list(WebhookDelivery.objects.values_list("pk", "end")) == [(waiting, WebhookEnd.DROPPED)]
    assert happen(3) is not None


def test_log_is_read_in_pages_with_one_query(tenant, endpoint, happen, django_assert_num_queries):
    made = [happen(number) for number in range(3)]
    WebhookDelivery.objects.filter(pk=made[1]).update(end=WebhookEnd.FAILED, ended_at=NOW)

    with django_assert_num_queries(1):
        first = list_deliveries(endpoint, limit=2)
    rest = list_deliveries(endpoint, limit=2, cursor=first.next_cursor)
    by_state = {
        state: [each.id for each in list_deliveries(endpoint, state=state).rows]
        for state in ("", WAITING, "failed", "x")
    }

    assert [each.id for each in (*first.rows, *rest.rows)] == made[::-1]
    assert by_state == {"": made[::-1], WAITING: [made[2], made[0]], "failed": [made[1]], "x": made[::-1]}


def test_endpoints_are_read_with_one_query(tenant, django_assert_num_queries):
    for count in (1, 3):
        while len(list_endpoints()) < count:
            add_endpoint(url=f"{URL}/{len(list_endpoints())}", events=TYPES, by=PROVEN, now=NOW)
        with django_assert_num_queries(1):
            assert len(list_endpoints()) == count


def test_again_is_for_what_has_ended_and_is_ones_own(tenant, endpoint, happen):
    other = add_endpoint(url=URL, events=TYPES[1:], by=PROVEN, now=NOW)
    waiting = happen()

    with pytest.raises(DeliveryWaits):
        send_again(endpoint_id=endpoint, delivery_id=waiting, now=NOW)
    with pytest.raises(WebhookNotFound):
        send_again(endpoint_id=other, delivery_id=waiting, now=NOW)


def test_secret_is_another_for_each_address_and_business(tenant, other_tenant, endpoint, monkeypatch):
    second = add_endpoint(url=URL, events=TYPES, by=PROVEN, now=NOW)
    row = WebhookEndpoint.objects.get(pk=endpoint)
    mine = list_keys(row, now=NOW)
    secrets = {find_secret(endpoint), find_secret(second)}
    monkeypatch.setattr(webhook_secrets, "current_tenant", lambda: other_tenant)
    theirs = list_keys(row, now=NOW)

    assert len(secrets) == 2
    assert [len(mine), len(theirs), mine == theirs] == [1, 1, False]
    assert secrets & {row.secret_hash, row.former_hash} == set()


def test_secret_stays_when_the_platforms_changes(tenant, settings, endpoint):
    before = find_secret(endpoint)

    settings.SECRET_KEY_FALLBACKS = [settings.SECRET_KEY]
    settings.SECRET_KEY = "another"
    listed = find_secret(endpoint)
    settings.SECRET_KEY_FALLBACKS = []

    assert (listed == before, find_secret(endpoint) == before) == (True, False)


def test_rotated_secret_signs_beside_the_one_before_for_a_day(tenant, endpoint):
    before = list_keys(WebhookEndpoint.objects.get(), now=NOW)

    rotate_secret(endpoint_id=endpoint, by=PROVEN, now=NOW)

    row = WebhookEndpoint.objects.get()
    day = timedelta(days=1)
    present = list_keys(row, now=NOW + day)
    assert (list_keys(row, now=NOW + day - timedelta(seconds=1)), before == present) == ((*present, *before), False)
    assert get_endpoint(endpoint).former_until == NOW + day


def test_restored_business_signs_with_what_its_page_shows(tenant, endpoint):
    rotate_secret(endpoint_id=endpoint, by=PROVEN, now=NOW)
    shown = find_secret(endpoint)
    WebhookEndpoint.objects.update(secret_hash="of the schema before")

    notes = derive_secrets_anew(RestoredTenant(tenant, former_schema="t_before", is_same_secret=True, at=NOW))

    row = WebhookEndpoint.objects.get()
    assert (notes, row.former_hash, row.former_until, row.secret_hash != "of the schema before") == (
        (NOTE,), "", None, True,
    )  # fmt: skip
    assert find_secret(endpoint) == shown
    remove_endpoint(endpoint_id=endpoint, by_id=None, now=NOW)
    assert derive_secrets_anew(RestoredTenant(tenant, "t_before", is_same_secret=True, at=NOW)) == ()
