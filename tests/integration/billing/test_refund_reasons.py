"""Why money goes back, as messages say it: one sentence for each cause and each way in which a visit ended."""

from __future__ import annotations

from dataclasses import replace

import pytest
from django.utils import translation

from billing.enums import PaymentPurpose, RefundCause
from billing.selectors.payments import list_payments_of
from billing.selectors.reasons import describe_refund, is_paid_twice
from billing.services.payments import receive_deposit
from kernel.formats import get_formats
from scheduling.enums import BookingStatus, DepositKind
from scheduling.selectors.bookings.views import get_booking
from tests.factories.billing import take_transfers
from tests.factories.scheduling import NOW, STAFF, book, make_shop


@pytest.fixture
def paid(tenant):
    take_transfers()
    service = make_shop(price_minor=100000, deposit_kind=DepositKind.FIXED, deposit_minor=30000)[0]
    booking_id = book(service).booking_id
    receive_deposit(booking_id=booking_id, now=NOW, by=STAFF)
    (payment,) = list_payments_of(booking_id=booking_id)
    return get_booking(booking_id=booking_id), payment


def say(paid, cause: RefundCause, language: str = "en", *, status=None, is_twice=False, **payment) -> str:
    booking, row = paid
    booking = replace(booking, status=BookingStatus(status or booking.status))
    with translation.override(language):
        formats = get_formats(language, "MX")
        return describe_refund(booking, replace(row, **payment), cause, formats, is_twice=is_twice)


@pytest.mark.parametrize(
    ("cause", "values", "said"),
    [
        ("policy", {"status": "cancelled"}, "The appointment was canceled: as agreed, what was paid goes back."),
        (
            "policy",
            {"status": "cancelled", "kept_minor": 9_000},
            "The appointment was canceled: as agreed, $90 stay with the business.",
        ),
        ("policy", {"status": "no_show"}, "It is what goes back by the terms agreed."),
        ("business", {"status": "cancelled"}, "The business canceled the appointment."),
        ("business", {"status": "declined"}, "The business could not accept the request."),
        ("business", {"status": "confirmed"}, ""),
        ("business", {"purpose": PaymentPurpose.NO_SHOW}, "The fee for not coming is not due any more."),
        ("changed", {}, "The appointment changed, and less is due now than was paid."),
        ("late", {"is_twice": True}, "The deposit came twice."),
        ("late", {}, "More was paid than was due."),
        ("late", {"status": "cancelled"}, "The payment came after the appointment was canceled."),
        ("late", {"status": "expired"}, "The payment came when the time was no longer kept."),
        (
            "late",
            {"dispute_state": "won"},
            "The bank returned a payment that was disputed and was paid again meanwhile.",
        ),
        ("kinder", {}, ""),
        ("provider", {}, ""),
    ],
)
def test_refund_says_why(paid, cause, values, said):
    assert say(paid, RefundCause(cause), **values) == said
    spanish = say(paid, RefundCause(cause), "es", **values)
    assert (spanish == "") == (said == "")
    assert not {"tu", "su", "tus", "sus", "te", "le"} & set(spanish.lower().split())


def test_deposit_came_twice_only_where_another_one_stands_and_all_of_it_goes_back(paid):
    payment = paid[1]
    other = replace(payment, id=payment.id + 1)
    amount = payment.amount_minor

    found = [
        is_paid_twice(payment, (payment,), amount_minor=amount),
        is_paid_twice(payment, (payment, other), amount_minor=amount),
        is_paid_twice(payment, (payment, other), amount_minor=amount - 1),
        is_paid_twice(payment, (payment, replace(other, refunded_minor=amount)), amount_minor=amount),
        is_paid_twice(payment, (payment, replace(other, purpose=PaymentPurpose.BALANCE)), amount_minor=amount),
        is_paid_twice(replace(payment, purpose=PaymentPurpose.TIP), (payment, other), amount_minor=amount),
    ]

    assert found == [False, True, False, False, False, False]
