"""The operator reads what providers posted, what waits, and whose it is."""

from __future__ import annotations

from datetime import timedelta

import pytest

from billing.public.models import PaymentAccountOwner, WebhookEvent
from kernel.clock import utc_now
from tenants.selectors.resolution import forget_tenants
from tests.factories.accounts import make_operator, sign_in_fully

pytestmark = pytest.mark.usefixtures("lone_platform")

PAGE = "/operator/events/"


@pytest.fixture(autouse=True)
def forgotten():
    yield
    forget_tenants()


@pytest.fixture
def operator_client(platform_client):
    sign_in_fully(platform_client, make_operator(name="Olivia Op"))
    return platform_client


def add(name: str, *, minutes: int = 0, is_done: bool = False, **values) -> WebhookEvent:
    came_at = utc_now() - timedelta(minutes=minutes)
    done_at = came_at if is_done else None
    return WebhookEvent.objects.create(
        **{"event_id": name, "kind": "payment", "came_at": came_at, "done_at": done_at} | values
    )


def test_events_are_read_newest_first_with_whose_they_are(operator_client):
    assert "Todavía no llegó nada." in operator_client.get(PAGE + "?lang=es").content.decode()
    PaymentAccountOwner.objects.create(provider_account_id="acct_1", schema_name="t7_shop", created_at=utc_now())
    add("evt_old", minutes=5, is_done=True, provider_account_id="acct_1", object_id="pi_1")
    add("evt_new", kind="account_gone", provider_account_id="acct_2")

    page = operator_client.get(PAGE + "?lang=en").content.decode()

    assert page.index("evt_new") < page.index("evt_old")
    for said in ("t7_shop", "pi_1", "acct_2", "Of no business of ours", "Account disconnected", "Waits", "Done"):
        assert said in page
    assert "quarter of an hour" not in page


def test_what_waits_is_seen_alone_and_what_waits_long_is_said(operator_client):
    add("evt_done", is_done=True)
    add("evt_late", minutes=20)

    every = operator_client.get(PAGE + "?lang=en").content.decode()
    waiting = operator_client.get(PAGE + "?waiting=1").content.decode()

    assert ("evt_done" in every, "evt_done" in waiting, "evt_late" in waiting) == (True, False, True)
    assert "One has waited for more than a quarter of an hour." in every
    WebhookEvent.objects.update(done_at=utc_now())
    assert "Nothing waits." in operator_client.get(PAGE + "?waiting=1").content.decode()


@pytest.mark.parametrize("is_waiting", [False, True])
def test_older_ones_are_on_the_next_page(operator_client, monkeypatch, is_waiting):
    monkeypatch.setattr("operators.events.PAGE_SIZE", 2)
    for number in (2, 1, 0):
        add(f"evt_{number}", minutes=number)

    first = operator_client.get(PAGE, {"waiting": "1"} if is_waiting else {})
    following = operator_client.get(first.context["more_url"])

    assert [each.event_id for each, _ in first.context["events"]] == ["evt_0", "evt_1"]
    assert [each.event_id for each, _ in following.context["events"]] == ["evt_2"]
    assert ("waiting=1" in first.context["more_url"], following.context["more_url"]) == (is_waiting, "")


@pytest.mark.parametrize("count", [1, 3])
def test_list_takes_as_many_queries_for_any_length(operator_client, django_assert_max_num_queries, count):
    for number in range(count):
        add(f"evt_{number}", provider_account_id=f"acct_{number}")

    operator_client.get(PAGE)

    with django_assert_max_num_queries(7):
        operator_client.get(PAGE)
