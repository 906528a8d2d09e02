"""What becomes of a deposit if plans change, as its customer reads it: the terms agreed with dates and money."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from billing.models import Payment
from billing.selectors.payments import list_payments_of
from billing.services.payments import receive_deposit
from billing.services.refunds import refund_payment
from kernel.clock import utc_now
from scheduling.enums import DepositKind
from scheduling.selectors.bookings.views import get_booking
from scheduling.services.messages.manage_tokens import make_manage_token
from tests.factories.billing import take_transfers, tell_events
from tests.factories.scheduling import STAFF, book, make_shop
from web.booking.visits.outcomes import list_outcomes

DAY = 24 * 60
BACK, SHARED, KEPT = "circle-check", "circle-alert", "circle-x"
TERMS = {"refund_free_minutes": DAY, "refund_kept_percent": 50}


def make(**values) -> int:
    take_transfers()
    service_id, _ = make_shop(price_minor=100000, deposit_kind=DepositKind.FIXED, deposit_minor=40000, **values)
    now = utc_now()
    starts_at = (now + timedelta(days=20)).replace(hour=10, minute=0, second=0, microsecond=0)
    booking_id = book(service_id, starts_at, now=now).booking_id
    tell_events()
    return booking_id


def read(booking_id: int, *, hours_before: int | None = None) -> list[tuple[str, str, str]]:
    booking = get_booking(booking_id=booking_id)
    now = utc_now() if hours_before is None else booking.starts_at - timedelta(hours=hours_before)
    found = list_outcomes(booking, list_payments_of(booking_id=booking_id), now=now)
    return [(each.icon, each.when.split(" hasta")[0], each.text) for each in found]


MISSED = (KEPT, "Si nadie llega", "El negocio se queda con $400.")


@pytest.mark.parametrize("is_paid", [False, True])
def test_dates_and_money_are_those_of_the_visit(tenant, is_paid):
    booking_id = make(**TERMS)
    if is_paid:
        receive_deposit(booking_id=booking_id, now=utc_now(), by=STAFF)

    assert read(booking_id) == [
        (BACK, "Si se cancela", "Se devuelven los $400."),
        (SHARED, "Si se cancela después", "Se devuelven $200 y el negocio se queda con $200."),
        MISSED,
    ]
    assert read(booking_id, hours_before=1)[0][:2] == (SHARED, "Si se cancela")
    assert read(booking_id, hours_before=0) == []


def test_manage_page_shows_them_until_when(customer_client, tenant):
    booking_id = make(**TERMS)

    page = customer_client.get(f"/b/{make_manage_token(get_booking(booking_id=booking_id))}/").content.decode()

    assert ("Si cambian los planes" in page, "Si se cancela hasta el " in page) == (True, True)


@pytest.mark.parametrize(
    ("terms", "said"),
    [
        ({}, [(BACK, "Si se cancela", "Se devuelven los $400."), MISSED]),
        ({"is_deposit_fee": True}, [(KEPT, "Si se cancela", "El negocio se queda con $400."), MISSED]),
    ],
)
def test_terms_without_a_limit_and_fees(tenant, terms, said):
    assert read(make(**terms)) == said


def test_where_a_card_is_left_it_says_what_is_charged(tenant):
    booking = get_booking(booking_id=make(**TERMS | {"refund_no_show_percent": 0}))
    on_card = replace(booking, agreed=replace(booking.agreed, is_on_card=True))

    assert [(each.icon, each.text) for each in list_outcomes(on_card, (), now=utc_now())] == [
        (BACK, "No se cobra nada."),
        (SHARED, "Se pueden cobrar $200 a la tarjeta."),
        (BACK, "No se cobra nada."),
    ]


def test_what_went_back_or_was_never_asked_says_nothing(tenant):
    booking_id = make(**TERMS)
    receive_deposit(booking_id=booking_id, now=utc_now(), by=STAFF)
    payment = Payment.objects.get()
    refund_payment(payment_id=payment.pk, amount_minor=40000, reason="Sí", now=utc_now(), by=STAFF)
    without = book(
        make_shop(price_minor=100000)[0],
        utc_now().replace(minute=0, second=0, microsecond=0) + timedelta(days=9),
        now=utc_now(),
    )

    assert (read(booking_id), read(without.booking_id)) == ([], [])
