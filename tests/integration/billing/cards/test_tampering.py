"""What somebody forges, changes or takes from next door: each is refused, and no row of money changes anywhere.

Two businesses take cards, each has a deposit that is being paid and one that was. The rows of both are compared
before and after; that what is honest changes them shows that the comparison sees it.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.apps import apps
from django.db import IntegrityError, transaction

from accounts.models import User
from billing.errors import PaymentInvalid, PaymentNotFound, RefundInvalid, RefundTooLarge
from billing.models import Payment
from billing.public.models import PaymentAccountOwner, WebhookEvent
from billing.services.cards.looking import look_at_payment
from billing.services.cards.settling import AmountDiffers
from billing.services.counter import take_payment
from billing.services.refunds import refund_payment
from billing.types import CounterPayment
from devtools.scratch.browser import HostClient
from devtools.stripe_server.server import NOTICE_SECRET
from kernel.clock import utc_now
from scheduling.models import Booking
from scheduling.selectors.bookings.views import get_booking
from scheduling.services.messages.manage_tokens import make_manage_token
from tenants.jobs import call_in_schema, call_outside
from tests.factories.accounts import make_key
from tests.factories.billing import make_entry, make_received
from tests.factories.cards import book_with_deposit, outside
from tests.factories.scheduling import MONDAY, STAFF, book, make_shop
from tests.integration.api.conftest import make_booking_body


def enter(schema_name: str, work: Callable, *arguments):
    """Do it in a business, whichever this one is."""
    with outside():
        return call_outside(call_in_schema, schema_name, work, *arguments)


def photograph_one() -> dict[str, list[dict]]:
    """Every row of money, and what bookings say of it; not when the provider was asked last."""
    models = apps.get_app_config("billing").get_models()
    rows = {model.__name__: list(model.objects.order_by("pk").values()) for model in models}
    rows["Payment"] = [{**row, "checked_at": None} for row in rows["Payment"]]
    names = ("pk", "status", "price_minor", "deposit_minor", "currency", "policy", "is_active")
    return rows | {"Booking": list(Booking.objects.order_by("pk").values(*names))}


@pytest.fixture
def photograph(tenant, other_tenant):
    """Return the rows of both businesses."""
    return lambda: [enter(each.schema_name, photograph_one) for each in (tenant, other_tenant)]


def open_page(till) -> str:
    """A deposit that was paid across the counter, and another whose page is open at the provider; its session."""
    make_entry(make_received(booking_id=987_654, door="at_business", means="cash"))
    booking_id = book_with_deposit(till)
    return till.start(booking_id)


@pytest.fixture
def session(till, account_id) -> str:
    till.moment = MONDAY - timedelta(days=3)
    return open_page(till)


@pytest.fixture
def next_door(till, session, other_tenant) -> tuple[str, str]:
    """The account and the session of the salon."""

    def open_there() -> tuple[str, str]:
        return till.connect(), open_page(till)

    return enter(other_tenant.schema_name, open_there)


@pytest.fixture
def event(till, next_door, session):
    """What tells that the customer has paid, and was not delivered yet."""
    till.stand_in.postman.take_all()
    till.stand_in.pay(session)
    events = till.stand_in.postman.take_all()
    return next(each for each in events if each["type"] == "checkout.session.completed")


@pytest.fixture
def deliver(till, settings, monkeypatch):
    """Let bytes arrive at our address, do all work that is due, and return what was answered."""
    monkeypatch.setattr("api.webhooks.views.utc_now", lambda: till.moment)

    def deliver_(raw: bytes, headers: dict[str, str]) -> int:
        with outside():
            client = HostClient(settings.PLATFORM_HOST, headers=headers)
            answer = client.post("/webhooks/stripe/events/", raw, content_type="application/json")
        till.work()
        return answer.status_code

    return deliver_


def write(till, event, **how) -> tuple[bytes, dict[str, str]]:
    return till.stand_in.postman.write(event, **how)


def test_honest_event_changes_what_the_pictures_show(till, event, deliver, photograph):
    before = photograph()

    status = deliver(*write(till, event))

    after = photograph()
    assert (status, before[0] == after[0], before[1] == after[1]) == (200, False, True)
    assert [(row["state"], row["amount_minor"]) for row in after[0]["Payment"]] == [
        ("received", 30_000), ("received", 30_000),
    ]  # fmt: skip


FORGERIES = {
    "signed by somebody else": lambda till, event: write(till, event, secret="whsec_of_somebody_else"),
    "signed for the other address": lambda till, event: write(till, event, secret=NOTICE_SECRET),
    "replayed": lambda till, event: write(till, event, at=till.now() - 301),
    "dated ahead": lambda till, event: write(till, event, at=till.now() + 301),
    "changed after it was signed": lambda till, event: (
        write(till, event)[0].replace(b"completed", b"complete "), write(till, event)[1],
    ),
    "without a signature": lambda till, event: (write(till, event)[0], {}),
    "dated anew without its key": lambda till, event: (
        write(till, event, at=till.now() - 400)[0],
        {
            "Stripe-Signature": write(till, event, at=till.now() - 400)[1]["Stripe-Signature"].replace(
                f"t={int(till.now() - 400)}", f"t={int(till.now())}"
            )
        },
    ),
    "signed in letters that no signature has": lambda till, event: (
        write(till, event)[0], {"Stripe-Signature": f"t={int(till.now())},v1=ñandú"},
    ),
    "with a moment that is none": lambda till, event: (
        write(till, event)[0],
        {"Stripe-Signature": write(till, event)[1]["Stripe-Signature"].replace(",", "=9,", 1)},
    ),
}  # fmt: skip


@pytest.mark.parametrize("forge", FORGERIES.values(), ids=FORGERIES)
def test_forged_event_is_refused_and_changes_nothing(till, event, deliver, photograph, forge):
    before = photograph()

    status = deliver(*forge(till, event))

    assert (status, WebhookEvent.objects.count()) == (400, 0)
    assert photograph() == before


def test_event_of_another_account_changes_nothing(till, event, deliver, photograph, next_door):
    former = till.stand_in.open_account()
    schema_name = PaymentAccountOwner.objects.get(provider_account_id=event["account"]).schema_name
    PaymentAccountOwner.objects.create(provider_account_id=former, schema_name=schema_name, created_at=till.moment)
    before = photograph()

    statuses = [
        deliver(*write(till, event | {"account": account, "id": f"evt_{number}"}))
        for number, account in enumerate((next_door[0], former, "acct_of_nobody", ""))
    ]

    assert statuses == [200, 200, 200, 200]
    assert photograph() == before


def test_session_of_another_business_changes_nothing(till, event, deliver, photograph, next_door):
    till.stand_in.pay(next_door[1])
    (theirs,) = [each for each in till.stand_in.postman.take_all() if each["type"] == "checkout.session.completed"]
    before = photograph()

    status = deliver(*write(till, theirs | {"account": event["account"]}))

    assert (status, theirs["account"]) == (200, next_door[0])
    assert photograph() == before


def test_event_that_comes_again_changes_nothing_more(till, event, deliver, photograph):
    deliver(*write(till, event))
    before = photograph()

    statuses = [deliver(*write(till, event)), deliver(*write(till, event | {"id": "evt_made_up"}))]

    assert statuses == [200, 200]
    assert photograph() == before


@pytest.mark.parametrize(
    "changes", [{"amount": 1, "amount_received": 1}, {"amount_received": 29_999}, {"currency": "cop"}],
    ids=["a cent", "less", "another currency"],
)  # fmt: skip
def test_other_money_than_was_asked_settles_nothing(till, event, photograph, session, changes):
    intent = till.stand_in.world.things[till.stand_in.world.things[session]["payment_intent"]]
    intent.update(changes)
    before = photograph()

    with pytest.raises(AmountDiffers):
        look_at_payment(Payment.objects.get(provider_started_id=session).pk, till.moment)

    assert photograph() == before


BROWSER_LIES = {
    "amount": "1", "amount_minor": "1", "deposit_minor": "1", "price_minor": "1", "currency": "COP", "tip": "-500",
    "tip_minor": "-50000", "add_ons": "1", "account": "acct_x", "booking_id": "1", "state": "received",
}  # fmt: skip


def test_browser_that_opens_the_page_names_no_price(till, account_id, tenant, photograph):
    till.moment = utc_now()
    start = (till.moment + timedelta(days=5)).replace(hour=16, minute=0, second=0, microsecond=0)
    booking_id = book_with_deposit(till, starts_at=start)
    url = f"/b/{make_manage_token(get_booking(booking_id=booking_id))}/pay/"
    client = HostClient(tenant.primary_host)

    client.post(url, BROWSER_LIES)
    before = photograph()
    client.post(url, BROWSER_LIES)

    payment = Payment.objects.get()
    session = till.stand_in.world.things[payment.provider_started_id]
    assert (payment.amount_minor, payment.currency, payment.state) == (30_000, "MXN", "open")
    assert (session["amount_total"], session["currency"]) == (30_000, "mxn")
    assert till.stand_in.world.owners[session["id"]] == account_id
    assert photograph() == before


def test_link_of_another_business_opens_nothing(till, tenant, other_tenant, next_door, photograph):
    def find_token() -> str:
        booking_id = Payment.objects.get(provider_started_id=next_door[1]).booking_id
        return make_manage_token(get_booking(booking_id=booking_id))

    token = enter(other_tenant.schema_name, find_token)
    client = HostClient(tenant.primary_host)
    before = photograph()

    answers = [client.post(f"/b/{token}/pay/"), client.get(f"/b/{token}/paid/?session_id={next_door[1]}")]

    assert [answer.status_code for answer in answers] == [404, 404]
    assert photograph() == before


@pytest.mark.parametrize(
    ("lie", "status"),
    [
        ({"price_minor": 1}, 422),
        ({"deposit_minor": 1}, 422),
        ({"currency": "COP"}, 422),
        ({"tip_minor": -5_000}, 422),
        ({"payment": {"amount_minor": 1}}, 422),
        ({"add_ons": ["987654"]}, 422),
        ({"add_ons": ["-1"]}, 422),
        ({"deposit": {"is_asked": False, "reason": "Porque sí"}}, 401),
    ],
)  # fmt: skip
def test_customer_that_books_names_no_price(customer_client, photograph, lie, status):
    body = make_booking_body(customer_client)
    before = photograph()

    answer = customer_client.post("/api/v1/bookings", body | lie, content_type="application/json")

    assert answer.status_code == status, answer.content
    assert photograph() == before


@pytest.fixture
def visit(tenant) -> int:
    """A visit of which everything is still to be paid."""
    service_id, _ = make_shop(price_minor=100_000)
    return book(service_id).booking_id


@pytest.mark.parametrize(
    ("amount", "tip"), [(-1, 0), (50_000, -1), (0, -5_000), (0, 0), (100_001, 0), (1, 10**12), (10**12, 0)]
)
def test_amount_across_the_counter_that_nobody_pays_is_refused(visit, photograph, amount, tip):
    paid = CounterPayment(amount_minor=amount, tip_minor=tip, means="cash", seen=0)
    before = photograph()

    with pytest.raises(PaymentInvalid):
        take_payment(booking_id=visit, paid=paid, now=MONDAY, by=STAFF)

    assert photograph() == before


@pytest.mark.parametrize("typed", [{"tip": "-50"}, {"amount": "-1"}, {"amount": "1e9"}, {"amount": "1000000000000"}])
def test_amount_that_staff_cannot_mean_is_refused(owner_client, visit, photograph, typed):
    before = photograph()

    answer = owner_client.post(
        f"/workspace/bookings/{visit}/payments/new/", {"amount": "10", "tip": "", "means": "cash", "seen": "0"} | typed
    )

    assert answer.status_code == 422
    assert photograph() == before


@pytest.mark.parametrize("values", [{"amount_minor": -1}, {"amount_minor": 0}, {"refunded_minor": 30_001}])
def test_database_takes_no_such_amount_either(tenant, photograph, values):
    before = photograph()

    with pytest.raises(IntegrityError), transaction.atomic():
        make_received(booking_id=1, **values)

    assert photograph() == before


@pytest.mark.parametrize(
    ("amount", "error"),
    [(-1, RefundInvalid), (0, RefundInvalid), (30_001, RefundTooLarge), (10**12, RefundTooLarge)],
)
def test_refund_of_what_was_not_paid_is_refused(tenant, photograph, amount, error):
    payment = make_received(booking_id=1)
    before = photograph()

    with pytest.raises(error):
        refund_payment(payment_id=payment.pk, amount_minor=amount, reason="Sí", now=MONDAY, by=STAFF)

    assert photograph() == before


def test_refund_of_another_business_is_refused(tenant, other_tenant, photograph):
    def pay_there() -> int:
        rows = [make_received(booking_id=number) for number in range(1, 4)]
        return rows[-1].pk

    payment_id = enter(other_tenant.schema_name, pay_there)
    Payment.objects.all().delete()
    key = make_key({"payments": "write"})
    client = HostClient(tenant.primary_host, headers={"Authorization": f"Bearer {key}"})
    signed_in = HostClient(tenant.primary_host)
    signed_in.force_login(User.objects.get(role="owner"))
    before = photograph()

    answers = [
        client.post(
            f"/api/v1/payments/{payment_id}/refund", {"amount_minor": 1, "reason": "Sí"},
            content_type="application/json",
        ),
        signed_in.post(f"/workspace/payments/{payment_id}/refund/", {"amount": "1", "reason": "Sí", "seen": "0"}),
    ]  # fmt: skip
    with pytest.raises(PaymentNotFound):
        refund_payment(payment_id=payment_id, amount_minor=1, reason="Sí", now=MONDAY, by=STAFF)

    assert [answer.status_code for answer in answers] == [404, 404]
    assert photograph() == before
