"""What the provider posts: taken once, whatever comes, however often and in whatever order."""

from __future__ import annotations

from datetime import timedelta
from random import Random

import pytest
from django.db import connection

from billing.enums import CardState
from billing.gateway.errors import EventRefused
from billing.models import Payment
from billing.public.models import PaymentAccountOwner, WebhookEvent
from billing.selectors.accounts import get_card_account
from devtools.scratch.browser import HostClient
from devtools.stripe_server import accounts, money
from devtools.stripe_server.server import Fault
from tenants.models import DueWork
from tests.factories.billing import add_up
from tests.factories.cards import book_with_deposit, list_payments, status_of


@pytest.fixture
def booking_id(till, account_id):
    return book_with_deposit(till)


@pytest.fixture
def events(till, booking_id):
    """What happens when a customer pays."""
    till.stand_in.pay(till.start(booking_id))
    return till.stand_in.postman.take_all()


def count_events() -> int:
    return WebhookEvent.objects.count()


def test_event_that_comes_twice_is_kept_once(till, booking_id, events):
    kept = [till.post(event) for event in (*events, *events)]
    till.work()

    assert (sum(kept), count_events()) == (len(events), len(events))
    assert (status_of(booking_id), add_up()) == ("confirmed", {"stripe": 30_000, "prepaid": -30_000})
    assert not WebhookEvent.objects.filter(done_at=None).exists()


@pytest.mark.parametrize("seed", range(3))
def test_events_in_any_order_lead_to_the_same(till, booking_id, events, seed):
    Random(seed).shuffle(events)
    for event in events:
        till.post(event)
        till.work()

    assert (status_of(booking_id), list_payments(booking_id)) == ("confirmed", [("stripe", "received", 30_000, 0)])


@pytest.mark.parametrize(
    "how", [{"secret": "whsec_of_somebody_else"}, {"at": -301}, {"at": 301}], ids=["forged", "replayed", "future"]
)
def test_event_that_is_not_of_the_provider_and_of_now_changes_nothing(till, booking_id, events, how):
    how = {name: till.now() + value if name == "at" else value for name, value in how.items()}

    for event in events:
        with pytest.raises(EventRefused):
            till.post(event, **how)
    till.work()

    assert (count_events(), status_of(booking_id)) == (0, "pending_payment")


def test_event_signed_with_the_secret_of_before_is_taken(till, booking_id, events):
    for event in events:
        till.post(event, secret="whsec_of_before")
    till.work()

    assert status_of(booking_id) == "confirmed"


def test_event_that_names_another_account_changes_nothing(till, booking_id, events, other_tenant):
    stranger = till.stand_in.open_account()
    PaymentAccountOwner.objects.create(
        provider_account_id=stranger, schema_name=other_tenant.schema_name, created_at=till.moment
    )

    for event in events:
        till.post(event | {"account": stranger, "id": f"{event['id']}x"})
    till.work()

    assert (status_of(booking_id), list_payments(booking_id)[0][1]) == ("pending_payment", "open")


def test_event_of_an_account_that_is_nobodys_is_put_away(till, booking_id, events):
    till.post(events[0] | {"account": "acct_of_nobody"})
    till.work()

    assert not WebhookEvent.objects.filter(done_at=None).exists()
    assert status_of(booking_id) == "pending_payment"


def test_event_of_a_business_that_is_gone_is_put_away(till, booking_id, events):
    PaymentAccountOwner.objects.update(schema_name="t0_gone")
    till.post(events[0])
    till.work()

    assert not WebhookEvent.objects.filter(done_at=None).exists()


def test_event_says_nothing_that_is_believed(till, booking_id):
    session = till.stand_in.world.things[till.start(booking_id)]
    lie = session | {"status": "complete", "payment_status": "paid"}
    till.stand_in.world.tell("checkout.session.completed", session)
    (event,) = till.stand_in.postman.take_all()

    till.post(event | {"data": {"object": lie}})
    till.work()

    assert status_of(booking_id) == "pending_payment"


def test_event_waits_for_a_provider_that_does_not_answer(till, booking_id, events):
    till.stand_in.faults += [Fault.ERROR] * 3 * len(events)
    for event in events:
        till.post(event)
    till.work()
    before = status_of(booking_id)

    till.stand_in.faults.clear()
    till.pass_by(timedelta(minutes=2))
    till.work()

    assert (before, status_of(booking_id)) == ("pending_payment", "confirmed")


def test_event_that_nobody_waits_for_leaves_no_work(till, account_id):
    customer = money.make_customer(till.stand_in.world, account_id, "ana@example.com")
    till.stand_in.world.tell("customer.created", customer)
    till.post_all()

    assert (count_events(), DueWork.objects.filter(kind="card_event").count()) == (1, 0)


def test_event_that_is_done_is_not_followed_again(till, booking_id, events):
    till.post(events[0])
    WebhookEvent.objects.update(done_at=till.moment)
    till.work()

    assert status_of(booking_id) == "pending_payment"


def test_notice_about_the_account_is_followed(till, account_id):
    accounts.change_state(till.stand_in.world, account_id, "restricted")
    till.post_all()
    till.work()

    assert get_card_account().state == CardState.RESTRICTED


def test_business_that_takes_our_access_away_closes_the_door(till, account_id):
    accounts.disconnect(till.stand_in.world, account_id)
    till.post_all()
    till.work()

    assert (get_card_account().state, get_card_account().is_open) == (CardState.GONE, False)


def post(till, settings, event, path="events", **how):
    raw, headers = till.stand_in.postman.write(event, **how)
    tenant = connection.tenant
    client = HostClient(settings.PLATFORM_HOST)
    answer = client.post(
        f"/webhooks/stripe/{path}/", raw, content_type="application/json",
        HTTP_STRIPE_SIGNATURE=headers["Stripe-Signature"],
    )  # fmt: skip
    connection.set_tenant(tenant)
    return answer.status_code


def test_address_answers_at_once_and_does_nothing_yet(till, settings, monkeypatch, booking_id, events):
    monkeypatch.setattr("api.webhooks.views.utc_now", lambda: till.moment)

    statuses = [post(till, settings, event) for event in (*events, events[0])]

    assert (set(statuses), count_events(), status_of(booking_id)) == ({200}, len(events), "pending_payment")
    till.work()
    assert status_of(booking_id) == "confirmed"


def test_addresses_have_secrets_of_their_own(till, settings, monkeypatch, account_id):
    monkeypatch.setattr("api.webhooks.views.utc_now", lambda: till.moment)
    accounts.change_state(till.stand_in.world, account_id, "restricted")
    notice = till.stand_in.postman.take_all()[0]

    assert [post(till, settings, notice), post(till, settings, notice, "notices")] == [400, 200]


def test_address_refuses_what_is_not_signed(till, settings, booking_id, events):
    assert post(till, settings, events[0], secret="whsec_of_somebody_else") == 400
    assert (count_events(), Payment.objects.get(booking_id=booking_id).state) == (0, "open")
