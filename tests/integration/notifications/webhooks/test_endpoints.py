from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from kernel.errors import Invalid
from notifications.enums import WebhookEnd, WebhookOff
from notifications.errors import DeliveryWaits, TooManyWebhooks, WebhookIsOff, WebhookNotFound
from notifications.models import WebhookDelivery, WebhookEndpoint
from notifications.selectors import webhook_secrets
from notifications.selectors.webhook_secrets import find_secret, list_keys
from notifications.selectors.webhooks import WAITING, get_endpoint, list_deliveries, list_endpoints
from notifications.services.webhooks.endpoints import (
    EVENTS_MISSING,
    EVENTS_UNKNOWN,
    MOST_ENDPOINTS,
    NOT_PUBLIC,
    OURS,
    add_endpoint,
    change_endpoint,
    remove_endpoint,
    rotate_secret,
    send_again,
    send_test,
    switch_endpoint,
)
from notifications.services.webhooks.restoring import NOTE, derive_secrets_anew
from notifications.types.webhooks import EndpointView
from tenants.context import tenant_scope
from tenants.enums import TenantStatus
from tenants.errors import StatusForbids
from tenants.models import Domain
from tenants.selectors.resolution import forget_tenants
from tenants.types import RestoredTenant
from tests.integration.notifications.conftest import NOW
from tests.integration.notifications.webhooks.conftest import TYPES

URL = "https://hooks.example/in"


def test_endpoint_is_as_it_was_added(tenant):
    added = add_endpoint(url=f" {URL}?key=ñ ", events=[TYPES[1], TYPES[0]], now=NOW)

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
        add_endpoint(url=url, events=events, now=NOW)

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
        add_endpoint(url=f"https://{host}/", events=TYPES, now=NOW)

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
        add_endpoint(url=f"https://{typed}/", events=TYPES, now=NOW)

    assert raised.value.errors == {"url": (OURS,)}


def test_there_are_so_many_and_no_more(tenant):
    for number in range(MOST_ENDPOINTS):
        add_endpoint(url=f"{URL}/{number}", events=TYPES, now=NOW)

    with pytest.raises(TooManyWebhooks):
        add_endpoint(url=URL, events=TYPES, now=NOW)

    assert len(list_endpoints()) == MOST_ENDPOINTS


def test_endpoint_is_changed_and_removed(tenant, endpoint, happen):
    happen()

    change_endpoint(endpoint_id=endpoint, url=URL, events=[TYPES[1]])
    changed = get_endpoint(endpoint)
    remove_endpoint(endpoint_id=endpoint)

    assert (changed.url, changed.events) == (URL, (TYPES[1],))
    assert (list_endpoints(), WebhookDelivery.objects.count()) == ((), 0)


def test_nothing_is_done_to_one_that_is_not_there(tenant):
    for refused in (
        lambda: get_endpoint(1),
        lambda: find_secret(1),
        lambda: change_endpoint(endpoint_id=1, url=URL, events=TYPES),
        lambda: rotate_secret(endpoint_id=1, now=NOW),
        lambda: switch_endpoint(endpoint_id=1, is_on=False, now=NOW),
        lambda: remove_endpoint(endpoint_id=1),
        lambda: send_test(endpoint_id=1, now=NOW),
        lambda: send_again(endpoint_id=1, delivery_id=1, now=NOW),
    ):
        with pytest.raises(WebhookNotFound):
            refused()


def test_business_that_may_write_nothing_adds_nothing(tenant):
    with tenant_scope(replace(tenant, status=TenantStatus.READ_ONLY)), pytest.raises(StatusForbids):
        add_endpoint(url=URL, events=TYPES, now=NOW)

    assert WebhookEndpoint.objects.count() == 0


def test_switched_off_it_gets_nothing_and_on_again_what_happens_then(tenant, endpoint, happen):
    waiting = happen(1)
    switch_endpoint(endpoint_id=endpoint, is_on=False, now=NOW)
    switch_endpoint(endpoint_id=endpoint, is_on=False, now=NOW + timedelta(hours=1))
    off = get_endpoint(endpoint)
    unheard = happen(2)
    with pytest.raises(WebhookIsOff):
        send_test(endpoint_id=endpoint, now=NOW)
    with pytest.raises(WebhookIsOff):
        send_again(endpoint_id=endpoint, delivery_id=waiting, now=NOW)
    switch_endpoint(endpoint_id=endpoint, is_on=True, now=NOW)

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
            add_endpoint(url=URL, events=TYPES, now=NOW)
        with django_assert_num_queries(1):
            assert len(list_endpoints()) == count


def test_again_is_for_what_has_ended_and_is_ones_own(tenant, endpoint, happen):
    other = add_endpoint(url=URL, events=TYPES, now=NOW)
    waiting = happen()

    with pytest.raises(DeliveryWaits):
        send_again(endpoint_id=endpoint, delivery_id=waiting, now=NOW)
    with pytest.raises(WebhookNotFound):
        send_again(endpoint_id=other, delivery_id=waiting, now=NOW)


def test_secret_is_another_for_each_address_and_business(tenant, other_tenant, endpoint, monkeypatch):
    second = add_endpoint(url=URL, events=TYPES, now=NOW)
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

    rotate_secret(endpoint_id=endpoint, now=NOW)

    row = WebhookEndpoint.objects.get()
    day = timedelta(days=1)
    present = list_keys(row, now=NOW + day)
    assert (list_keys(row, now=NOW + day - timedelta(seconds=1)), before == present) == ((*present, *before), False)
    assert get_endpoint(endpoint).former_until == NOW + day


def test_restored_business_signs_with_what_its_page_shows(tenant, endpoint):
    rotate_secret(endpoint_id=endpoint, now=NOW)
    shown = find_secret(endpoint)
    WebhookEndpoint.objects.update(secret_hash="of the schema before")

    notes = derive_secrets_anew(RestoredTenant(tenant, former_schema="t_before", is_same_secret=True, at=NOW))

    row = WebhookEndpoint.objects.get()
    assert (notes, row.former_hash, row.former_until, row.secret_hash != "of the schema before") == (
        (NOTE,), "", None, True,
    )  # fmt: skip
    assert find_secret(endpoint) == shown
    remove_endpoint(endpoint_id=endpoint)
    assert derive_secrets_anew(RestoredTenant(tenant, "t_before", is_same_secret=True, at=NOW)) == ()
