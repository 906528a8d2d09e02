"""The provider closes the account of a business while a customer is about to pay: no place is lost, all know why."""

from __future__ import annotations

from datetime import timedelta

import pytest

from billing.gateway.enums import AccountState
from billing.models import Payment, PaymentAccount
from billing.selectors.accounts import get_card_account
from billing.services.owners.pausing import follow_account
from devtools.stripe_server import accounts
from kernel.clock import utc_now
from notifications.models import Message
from notifications.types.messages import EventView
from scheduling.enums import BookingLevel, DepositKind
from scheduling.errors import SetupInvalid
from scheduling.models import Customer
from scheduling.selectors.bookings.views import get_booking
from scheduling.services.bookings.transitions import mark_no_show
from scheduling.services.messages.manage_tokens import make_manage_token
from tests.conftest import HostClient
from tests.factories.accounts import make_key
from tests.factories.billing import ask_deposits, take_transfers, tell_events
from tests.factories.cards import list_payments, status_of
from tests.factories.scheduling import STAFF, book, make_shop
from tests.integration.billing.cards.conftest import account_id, till  # noqa: F401 - fixtures

CLOSED = ("restricted", "pending", "gone")
NOT_HERE = "Por ahora no se puede pagar aquí con tarjeta. No tienes que hacer nada: el negocio se comunica contigo."


def close(till, state: str) -> None:  # noqa: F811
    """As the business or the provider does it, and nobody has told us yet."""
    if state == "gone":
        accounts.disconnect(till.stand_in.world, get_card_account().provider_id)
    else:
        accounts.change_state(till.stand_in.world, get_card_account().provider_id, state)


def hear(till) -> None:  # noqa: F811
    till.post_all()
    till.work()


def make_booking(till, **values) -> int:  # noqa: F811
    till.moment = utc_now()
    terms = {"price_minor": 100_000, "deposit_kind": DepositKind.FIXED, "deposit_minor": 30_000}
    service_id, _ = make_shop(**terms | values)
    starts_at = (till.moment + timedelta(days=5)).replace(hour=10, minute=0, second=0, microsecond=0)
    made = book(service_id, starts_at, now=till.moment)
    till.work()
    return made.booking_id


@pytest.fixture
def booking_id(till, account_id):  # noqa: F811
    return make_booking(till)


@pytest.fixture
def url(booking_id):
    return f"/b/{make_manage_token(get_booking(booking_id=booking_id))}/"


def read(response) -> str:
    return " ".join(response.content.decode().split())


def find_end(booking_id: int):
    return get_booking(booking_id=booking_id).hold_expires_at


@pytest.mark.parametrize("state", CLOSED)
def test_customer_who_taps_first_is_told_and_keeps_the_place(till, customer_client, url, booking_id, state):  # noqa: F811
    kept_until = find_end(booking_id)
    close(till, state)

    refused = customer_client.post(f"{url}pay/")
    till.pass_by(timedelta(minutes=1))
    till.work()
    page = read(customer_client.get(url))

    assert (refused.status_code, "no puede cobrar con tarjeta" in read(refused)) == (409, True)
    assert get_card_account().state == {"pending": AccountState.IN_REVIEW}.get(state, state)
    assert (NOT_HERE in page, f"{url}pay/" in page) == (True, False)
    assert find_end(booking_id) >= kept_until + timedelta(hours=2)
    assert status_of(booking_id) == "pending_payment"


@pytest.mark.parametrize("state", CLOSED)
def test_place_waits_until_cards_work_again(till, customer_client, url, booking_id, state):  # noqa: F811
    close(till, state)
    hear(till)
    Message.objects.all().delete()
    kept = read(customer_client.get(url))

    accounts.change_state(till.stand_in.world, get_card_account().provider_id, "active")
    hear(till)

    assert (NOT_HERE in kept, f'action="{url}pay/"' in read(customer_client.get(url))) == (True, True)
    assert list(Message.objects.filter(subject_kind="booking").values_list("template", flat=True)) == ["deposit_card"]
    till.stand_in.pay(till.start(booking_id))
    hear(till)
    assert status_of(booking_id) == "confirmed"


def test_place_waits_until_another_account_takes_cards(till, customer_client, url, booking_id):  # noqa: F811
    close(till, "gone")
    hear(till)
    other = till.connect("incomplete")
    hear(till)
    Message.objects.all().delete()
    kept, until = read(customer_client.get(url)), find_end(booking_id)
    till.moment += timedelta(minutes=50)
    hear(till)

    accounts.change_state(till.stand_in.world, other, "active")
    hear(till)

    assert (NOT_HERE in kept, until > till.moment) == (True, True)
    assert list(Message.objects.filter(subject_kind="booking").values_list("template", flat=True)) == ["deposit_card"]
    till.stand_in.pay(till.start(booking_id))
    hear(till)
    assert status_of(booking_id) == "confirmed"


def test_whoever_is_to_leave_a_card_waits_for_it_beside_a_transfer(till, account_id):  # noqa: F811
    booking_id = make_booking(till, is_deposit_on_card=True)
    take_transfers()
    before = find_end(booking_id)
    close(till, "restricted")
    hear(till)
    kept = find_end(booking_id)
    Message.objects.all().delete()

    accounts.change_state(till.stand_in.world, account_id, "active")
    hear(till)

    assert kept > before
    assert list(Message.objects.filter(subject_kind="booking").values_list("template", flat=True)) == ["deposit_card"]


def test_transfer_goes_on_beside_a_card_that_is_paused(till, customer_client, url, booking_id):  # noqa: F811
    take_transfers()
    kept_until = find_end(booking_id)
    close(till, "restricted")
    hear(till)

    page = read(customer_client.get(url))

    assert ("Transfiere el anticipo." in page, "Por ahora no se puede pagar" in page) == (True, False)
    assert find_end(booking_id) == kept_until


def test_whoever_books_meanwhile_reads_it_first_and_has_time(till, account_id, customer_client):  # noqa: F811
    close(till, "restricted")
    till.moment = utc_now()
    hear(till)

    booking_id = make_booking(till)
    page = read(customer_client.get(f"/b/{make_manage_token(get_booking(booking_id=booking_id))}/"))

    assert NOT_HERE in page
    assert find_end(booking_id) >= till.moment + timedelta(hours=2)


def test_nobody_must_prepay_what_cannot_be_paid(till, account_id):  # noqa: F811
    booking_id = make_booking(till, deposit_kind=DepositKind.NONE, deposit_minor=0)
    Customer.objects.update(booking_level=BookingLevel.MUST_PREPAY, level_reason="No vino")
    close(till, "restricted")
    hear(till)

    booking = get_booking(booking_id=booking_id)
    made = book(booking.service_id, booking.starts_at + timedelta(days=1), now=till.moment)

    made_anew = get_booking(booking_id=made.booking_id)
    assert (made_anew.status, made_anew.deposit_minor) == ("pending_approval", 0)


def test_no_service_begins_to_ask_for_what_cannot_be_paid(till, account_id):  # noqa: F811
    make_shop(price_minor=100_000)
    close(till, "restricted")
    hear(till)

    with pytest.raises(SetupInvalid) as refused:
        ask_deposits(30_000)

    assert list(refused.value.errors) == ["deposit_kind"]


@pytest.mark.parametrize("state", CLOSED)
def test_owner_reads_what_waits_and_what_is_missing(till, owner_client, booking_id, state):  # noqa: F811
    close(till, state)
    hear(till)

    page, booking = (read(owner_client.get(f"/workspace/{each}/")) for each in ("payments", f"bookings/{booking_id}"))

    said = {"restricted": "Pausada por Stripe", "pending": "Stripe está revisando", "gone": "Desconectada en Stripe"}
    assert (said[state] in page, "Una cita espera su anticipo." in page) == (True, True)
    assert ("Stripe todavía pide una cosa." in page) == (state == "restricted")
    assert "Por ahora Stripe no acepta tarjetas a tu nombre" in booking
    assert 'href="/workspace/payments/"' in booking


@pytest.mark.parametrize("state", CLOSED)
def test_fee_waits_with_words_and_a_problem(till, tenant, customer_client, owner_client, state):  # noqa: F811
    till.connect()
    booking_id = make_booking(till, is_deposit_on_card=True)
    till.stand_in.pay(till.start(booking_id))
    hear(till)
    till.moment += timedelta(days=6)
    mark_no_show(booking_id=booking_id, now=till.moment, by=STAFF)
    close(till, state)
    hear(till)
    headers = {"Authorization": f"Bearer {make_key({'payments': 'write'})}"}
    program = HostClient(tenant.primary_host, headers=headers)

    answer = program.post(f"/api/v1/bookings/{booking_id}/charge_fee", {}, content_type="application/json")
    page = read(owner_client.get(f"/workspace/bookings/{booking_id}/"))

    assert (answer.status_code, answer.json()["code"]) == (409, "card_not_offered")
    assert "Por ahora Stripe no acepta tarjetas a tu nombre" in page
    assert [each[1] for each in list_payments(booking_id)] == ["reserved"]


def test_fee_that_is_asked_for_is_not_asked_where_it_cannot_be_paid(till, customer_client):  # noqa: F811
    till.connect()
    booking_id = make_booking(till, is_deposit_on_card=True)
    till.stand_in.pay(till.start(booking_id))
    hear(till)
    till.moment += timedelta(days=6)
    mark_no_show(booking_id=booking_id, now=till.moment, by=STAFF)
    Payment.objects.filter(booking_id=booking_id).update(
        state="failed", charged_at=till.moment, provider_started_id="", decline="refused"
    )
    url = f"/b/{make_manage_token(get_booking(booking_id=booking_id))}/"
    before = read(customer_client.get(url))
    close(till, "restricted")
    hear(till)

    after = read(customer_client.get(url))

    assert ("Pagar $300 con tarjeta" in before, "Pagar $300 con tarjeta" in after) == (True, False)
    assert "Por ahora el cargo de $300 no se puede pagar aquí con tarjeta." in after


def test_change_by_an_older_version_keeps_nothing(till, booking_id):  # noqa: F811
    kept_until = find_end(booking_id)
    tell_events()

    assert find_end(booking_id) == kept_until


def test_account_that_goes_on_taking_cards_tells_nobody_again(till, booking_id):  # noqa: F811
    tell_events()
    before = Message.objects.count(), find_end(booking_id)
    said = {"by_user_id": 1, "changed": ["is_on"], "previous_state": "active"}

    follow_account(EventView(9, "payment_account.changed", PaymentAccount.objects.get().pk, said, till.moment))

    assert (Message.objects.count(), find_end(booking_id)) == before
