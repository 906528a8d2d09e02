"""The fee for not coming on the page of a booking: charged by one tap, or waived with a reason."""

from __future__ import annotations

from datetime import timedelta

import pytest

from billing.models import Payment, SavedMethod
from kernel.clock import utc_now
from scheduling.enums import DepositKind
from scheduling.models import Booking
from scheduling.selectors.bookings.views import get_booking
from scheduling.services.bookings.transitions import mark_no_show
from scheduling.services.messages.manage_tokens import make_manage_token, make_manage_url
from tests.factories.cards import list_payments
from tests.factories.scheduling import STAFF, book, make_shop
from tests.integration.billing.cards.conftest import account_id, till  # noqa: F401 - fixtures


@pytest.fixture
def booking_id(till, account_id):  # noqa: F811
    """A booking for which a card was left, and whose customer did not come."""
    till.moment = utc_now() - timedelta(days=3)
    service_id, _ = make_shop(
        price_minor=100_000, deposit_kind=DepositKind.FIXED, deposit_minor=30_000, is_deposit_on_card=True
    )
    starts_at = (till.moment + timedelta(days=2)).replace(hour=10, minute=0, second=0, microsecond=0)
    made = book(service_id, starts_at, now=till.moment)
    till.work()
    till.stand_in.pay(till.start(made.booking_id))
    till.post_all()
    till.work()
    till.moment = utc_now()
    mark_no_show(booking_id=made.booking_id, now=till.moment, by=STAFF)
    till.work()
    return made.booking_id


def read(client, booking_id) -> str:
    return " ".join(client.get(f"/workspace/bookings/{booking_id}/").content.decode().split())


def test_one_tap_charges_the_fee_that_is_shown(till, owner_client, booking_id):  # noqa: F811
    page = read(owner_client, booking_id)
    assert "Como se acordó, se pueden cobrar $300 a Visa ···· 4242." in page
    assert "Cobrar el cargo de $300" in page

    answer = owner_client.post(f"/workspace/bookings/{booking_id}/fee/charge/", {"seen": "30000"})
    during = read(owner_client, booking_id)
    till.moment = utc_now()
    till.work()

    assert (answer.status_code, list_payments(booking_id)) == (302, [("stripe", "received", 30_000, 0)])
    assert "Se están cobrando $300 a Visa ···· 4242." in during
    after = read(owner_client, booking_id)
    assert ("Cobrar el cargo" in after, "$300 · Visa ···· 4242 · Olga Owner" in after) == (False, True)


def test_fee_that_changed_is_shown_anew(owner_client, booking_id):
    answer = owner_client.post(f"/workspace/bookings/{booking_id}/fee/charge/", {"seen": "1"})

    assert (answer.status_code, "El cargo ya es otro." in answer.content.decode()) == (409, True)
    assert list_payments(booking_id)[0][1] == "reserved"


def test_fee_is_waived_with_a_reason(owner_client, booking_id):
    url = f"/workspace/bookings/{booking_id}/fee/waive/"
    missing = owner_client.post(url, {"fee_reason": " "})
    assert (missing.status_code, "Di por qué se perdona el cargo." in missing.content.decode()) == (422, True)

    answer = owner_client.post(url, {"fee_reason": "Se enfermó"})

    assert (answer.status_code, list_payments(booking_id)[0][1]) == (302, "waived")
    assert "Perdonado; no se cobró nada. Se enfermó · Olga Owner" in read(owner_client, booking_id)
    Booking.objects.update(status="confirmed")
    Payment.objects.update(state="received", received_at=utc_now())
    assert owner_client.post(url, {"fee_reason": "Otra vez"}).status_code == 409


def test_declined_card_is_told_with_the_link_to_pay(till, owner_client, booking_id):  # noqa: F811
    SavedMethod.objects.update(provider_method_id="pm_gone")
    owner_client.post(f"/workspace/bookings/{booking_id}/fee/charge/", {"seen": "30000"})
    till.moment = utc_now()
    till.work()
    first = read(owner_client, booking_id)
    Payment.objects.filter(state="failed").update(decline="no_funds")
    page = read(owner_client, booking_id)

    assert "No se pudo cobrar a Visa ···· 4242. No se pudo cobrar." in first
    assert "No tiene fondos suficientes. El cliente recibió un enlace para pagar $300." in page
    assert f'value="{make_manage_url(make_manage_token(get_booking(booking_id=booking_id)))}"' in page


def test_card_that_is_left_is_told_before_the_visit_and_asked_for(till, account_id, owner_client):  # noqa: F811
    till.moment = utc_now()
    service_id, _ = make_shop(
        price_minor=100_000, deposit_kind=DepositKind.FIXED, deposit_minor=30_000, is_deposit_on_card=True
    )
    starts_at = (till.moment + timedelta(days=5)).replace(hour=10, minute=0, second=0, microsecond=0)
    booking_id = book(service_id, starts_at, now=till.moment).booking_id
    till.work()
    waiting = read(owner_client, booking_id)
    assert ("Confirmar sin tarjeta" in waiting, "Anticipo recibido" in waiting) == (True, False)
    assert "se deja una tarjeta, no se paga nada" in waiting

    till.stand_in.pay(till.start(booking_id))
    till.post_all()
    till.work()

    assert "Visa ···· 4242 se dejó para un máximo de $300. No se cobró nada." in read(owner_client, booking_id)
