"""Leaving a card for a booking, and paying a fee by link: as a customer's browser does it."""

from __future__ import annotations

from datetime import timedelta

import pytest

from billing.models import Payment
from billing.services.cards.accounts import switch_cards
from billing.services.fees import charge_fee
from kernel.clock import utc_now
from scheduling.enums import DepositKind
from scheduling.models import Booking
from scheduling.selectors.bookings.views import get_booking
from scheduling.services.bookings.transitions import mark_no_show
from scheduling.services.messages.manage_tokens import make_manage_token
from tests.factories.billing import take_transfers
from tests.factories.cards import list_payments, status_of
from tests.factories.scheduling import STAFF, book, make_shop
from tests.integration.billing.cards.conftest import account_id, till  # noqa: F401 - fixtures
from tests.integration.web.booking.test_paying import find_session, read


@pytest.fixture
def booking_id(till, account_id):  # noqa: F811
    till.moment = utc_now()
    service_id, _ = make_shop(
        price_minor=100_000, deposit_kind=DepositKind.FIXED, deposit_minor=30_000, is_deposit_on_card=True
    )
    starts_at = (till.moment + timedelta(days=5)).replace(hour=10, minute=0, second=0, microsecond=0)
    made = book(service_id, starts_at, now=till.moment)
    till.work()
    return made.booking_id


@pytest.fixture
def url(booking_id):
    return f"/b/{make_manage_token(get_booking(booking_id=booking_id))}/"


def leave_card(till, client, url, booking_id, card="visa"):  # noqa: F811
    client.post(f"{url}pay/")
    till.stand_in.pay(find_session(booking_id), card)
    return client.get(f"{url}paid/")


def miss(till, booking_id) -> None:  # noqa: F811
    till.moment = get_booking(booking_id=booking_id).starts_at + timedelta(minutes=20)
    mark_no_show(booking_id=booking_id, now=till.moment, by=STAFF)
    till.work()
    charge_fee(booking_id=booking_id, seen_minor=30_000, now=till.moment, by=STAFF)
    till.work()
    till.moment = utc_now()


def test_page_says_what_may_be_charged_and_keeps_a_card_without_charging(till, customer_client, url, booking_id):  # noqa: F811
    take_transfers()
    page = read(customer_client.get(url))
    assert "Falta tu tarjeta" in page
    assert "puede cobrarle hasta $300 por esta cita, y nada más." in page
    assert "Si nadie viene, se cobra el 100 % del anticipo." in page
    assert "transferencia" not in page

    answer = leave_card(till, customer_client, url, booking_id)

    session = till.stand_in.world.things[find_session(booking_id)]
    assert (session["mode"], answer["Location"]) == ("setup", f"{url}?done=paid")
    after = read(customer_client.get(answer["Location"]))
    assert "Tu tarjeta está guardada. No se cobró nada." in after
    assert "Visa ···· 4242 garantiza un anticipo de $300; no se cobró nada." in after
    assert status_of(booking_id) == "confirmed"


def test_waiting_pages_speak_of_the_card(customer_client, url, booking_id):
    leading = read(customer_client.post(f"{url}pay/"))

    assert "Dejas tu tarjeta en la página segura de Stripe" in leading
    assert "Confirmando tu tarjeta" in read(customer_client.get(f"{url}paid/"))
    assert "Todavía no se dejó una tarjeta." in read(customer_client.get(f"{url}?done=unpaid"))


def test_page_says_so_while_no_card_can_be_left(till, customer_client, url):  # noqa: F811
    switch_cards(is_on=False, by=STAFF, now=till.moment)

    page = read(customer_client.get(url))

    assert "El negocio se comunica contigo." in page
    assert f"{url}pay/" not in page


def test_page_before_canceling_says_what_is_charged(till, customer_client, url, booking_id):  # noqa: F811
    leave_card(till, customer_client, url, booking_id)

    assert "No se cobra nada a tu tarjeta." in read(customer_client.get(f"{url}cancel/"))
    Booking.objects.update(policy={"is_on_card": True, "refund_free_minutes": 60 * 24 * 30, "refund_kept_percent": 50})
    said = "el negocio puede cobrar $150 a tu tarjeta."
    assert said in read(customer_client.get(f"{url}cancel/"))


def test_fee_that_was_charged_is_told_on_the_page(till, customer_client, url, booking_id):  # noqa: F811
    leave_card(till, customer_client, url, booking_id)
    miss(till, booking_id)

    page = read(customer_client.get(url))

    assert "El cargo de $300 que se acordó al reservar está pagado." in page
    assert "Visa ···· 4242" in page
    Payment.objects.update(state="processing", received_at=None, kept_minor=0)
    assert "se está cobrando" in read(customer_client.get(url))


def test_declined_fee_is_paid_on_the_page(till, customer_client, url, booking_id):  # noqa: F811
    leave_card(till, customer_client, url, booking_id, "chargeCustomerFail")
    miss(till, booking_id)
    page = read(customer_client.get(url))
    assert "No se pudo cobrar a tu tarjeta." in page
    assert "Pagar $300 con tarjeta" in page
    assert customer_client.get(f"{url}paid/status/").json() == {"status": "fee"}

    customer_client.post(f"{url}pay/")
    waiting = customer_client.get(f"{url}paid/")
    till.stand_in.pay(Payment.objects.latest("pk").provider_started_id)
    Payment.objects.update(checked_at=None)
    answer = customer_client.get(f"{url}paid/")

    assert (waiting.status_code, answer["Location"]) == (200, f"{url}?done=paid")
    assert list_payments(booking_id)[-1] == ("stripe", "received", 30_000, 0)
    assert customer_client.get(f"{url}paid/status/").json() == {"status": "no_show"}


def test_declined_fee_that_can_be_paid_no_more_leads_back(till, customer_client, url, booking_id):  # noqa: F811
    leave_card(till, customer_client, url, booking_id, "chargeCustomerFail")
    miss(till, booking_id)
    switch_cards(is_on=False, by=STAFF, now=till.moment)

    answer = customer_client.post(f"{url}pay/")

    assert (answer.status_code, "no se puede pagar aquí con tarjeta" in read(answer)) == (409, True)
