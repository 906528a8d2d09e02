"""Why money goes back, in words that a message says: in nobody's voice, so that they suit every form of address."""

from __future__ import annotations

from collections.abc import Iterable

from django.utils.translation import gettext

from billing.enums import PaymentPurpose, PaymentState, RefundCause
from billing.policies import STANDING
from billing.types import PaymentView
from kernel.formats import Formats
from scheduling.enums import BookingStatus
from scheduling.types import BookingView


def is_paid_twice(payment: PaymentView, payments: Iterable[PaymentView], *, amount_minor: int) -> bool:
    """Tell whether all of a deposit goes back because another one is there; of less, it was more than was due.

    ``payments`` are those of the booking.
    """
    others = (each for each in payments if each.id != payment.id and each.state == PaymentState.RECEIVED)
    is_there = any(each.left_minor and each.purpose == PaymentPurpose.DEPOSIT for each in others)
    return is_there and payment.purpose == PaymentPurpose.DEPOSIT and amount_minor == payment.amount_minor


def describe_refund(
    booking: BookingView, payment: PaymentView, cause: RefundCause, formats: Formats, *, is_twice: bool
) -> str:
    """Return in a sentence of the language in use why some of a payment goes back.

    Empty: staff are kinder than was agreed and their reason is a note of their own, or nobody here knows it.
    """
    match cause:
        case RefundCause.POLICY:
            return _describe_terms(booking, payment, formats)
        case RefundCause.BUSINESS:
            return _describe_end(booking, payment)
        case RefundCause.CHANGED:
            return gettext("The appointment changed, and less is due now than was paid.")
        case RefundCause.LATE:
            return _describe_lateness(booking, payment, is_twice=is_twice)
        case _:
            return ""


def _describe_terms(booking: BookingView, payment: PaymentView, formats: Formats) -> str:
    said = {"kept": formats.format_money(payment.kept_minor, payment.currency)}
    if booking.status != BookingStatus.CANCELLED:
        return gettext("It is what goes back by the terms agreed.")
    if payment.kept_minor:
        return gettext("The appointment was canceled: as agreed, %(kept)s stay with the business.") % said
    return gettext("The appointment was canceled: as agreed, what was paid goes back.")


def _describe_end(booking: BookingView, payment: PaymentView) -> str:
    if payment.purpose == PaymentPurpose.NO_SHOW:
        return gettext("The fee for not coming is not due any more.")
    match booking.status:
        case BookingStatus.CANCELLED:
            return gettext("The business canceled the appointment.")
        case BookingStatus.DECLINED:
            return gettext("The business could not accept the request.")
        case _:
            return ""


def _describe_lateness(booking: BookingView, payment: PaymentView, *, is_twice: bool) -> str:
    if payment.dispute_state:
        return gettext("The bank returned a payment that was disputed and was paid again meanwhile.")
    if booking.status in STANDING:
        return gettext("The deposit came twice.") if is_twice else gettext("More was paid than was due.")
    if booking.status == BookingStatus.CANCELLED:
        return gettext("The payment came after the appointment was canceled.")
    return gettext("The payment came when the time was no longer kept.")
