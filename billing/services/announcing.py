"""What customers and the business are told of money: handlers of ``payment.*`` events, safe to run twice.

What is told to customers has the role `TALK`: it says nothing of how the booking stands.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from types import MappingProxyType

from django.utils import translation

from accounts.enums import Notice
from accounts.selectors.staff import list_managers
from billing.enums import DECIDED, DisputeState, PaymentDoor, PaymentPurpose, PaymentState, RefundCause, RefundState
from billing.models import Dispute, Refund
from billing.policies import STANDING
from billing.selectors.asking import find_due
from billing.selectors.fees import find_fee
from billing.selectors.payments import balance_booking, list_payments_of
from billing.selectors.reasons import describe_refund, is_paid_twice
from billing.services.receipts import SENT
from kernel.formats import Formats, get_formats, to_local
from kernel.languages import LANGUAGES
from notifications.hooks import register_event_handler
from notifications.services.messages import tell
from notifications.types.messages import TALK, EventView, Recipient, Thread
from scheduling.enums import CALLED_OFF, BookingStatus
from scheduling.errors import BookingNotFound
from scheduling.selectors.bookings.views import get_booking
from scheduling.services.messages.customer import tell_customer
from scheduling.services.messages.words import make_business_words, make_subject
from scheduling.types import BookingView
from tenants.context import current_tenant

SUCCEEDED, ASKED, REFUNDED, REFUND_FAILED, FAILED = (
    "payment.succeeded",
    "payment.refund_asked",
    "payment.refunded",
    "payment.refund_failed",
    "payment.failed",
)
DISPUTED, DISPUTE_DECIDED = "payment.disputed", "payment.dispute_decided"
ANSWER_FAILED = "payment.dispute_answer_failed"
REFUND_LATE, REFUND_TWICE, REFUND_SENT = "refund_late", "refund_twice", "refund_sent"
CREDITED, CREDIT_GIVEN = "payment.credited", "credit_given"
FEE_CHARGED, FEE_DECLINED = "fee_charged", "fee_declined"
BUSINESS_REFUND_FAILED, BUSINESS_DEPOSIT_LOST = "business_refund_failed", "business_deposit_lost"
BUSINESS_DISPUTED, BUSINESS_DISPUTE_DECIDED = "business_disputed", "business_dispute_decided"
BUSINESS_ANSWER_FAILED = "business_answer_failed"
TOLD = frozenset(
    {SUCCEEDED, SENT, ASKED, REFUNDED, REFUND_FAILED, FAILED, DISPUTED, DISPUTE_DECIDED, ANSWER_FAILED, CREDITED}
)


def tell_of_payment(event: EventView) -> None:
    """Tell whom it concerns what happened to a payment, as it is true now."""
    booking_id = event.payload.get("booking_id")
    is_fee = event.payload.get("purpose") == PaymentPurpose.NO_SHOW
    if event.kind == SUCCEEDED and not is_fee:
        return
    if event.kind not in TOLD or not isinstance(booking_id, int):
        return
    try:
        booking = get_booking(booking_id=booking_id)
    except BookingNotFound:
        return  # removed since
    if booking.is_sample or booking.is_test:
        return
    _choose_teller(event.kind, is_fee=is_fee)(event, booking)


def register() -> None:
    """Listen to what happens to payments."""
    register_event_handler("payment.", tell_of_payment)


def _choose_teller(kind: str, *, is_fee: bool) -> Callable[[EventView, BookingView], None]:
    if kind == SENT:
        return _tell_of_receipt
    if kind in {DISPUTED, DISPUTE_DECIDED, ANSWER_FAILED}:
        return _tell_of_dispute
    if is_fee:
        return _tell_of_fee
    return _tell_of_lost_deposit if kind == FAILED else _tell_of_refund


def _tell_of_receipt(event: EventView, booking: BookingView) -> None:
    """Tell owners and managers that there is a receipt to look at, unless somebody was faster."""
    if booking.status == BookingStatus.PENDING_PAYMENT:
        _tell_business(event, booking, Notice.RECEIPT_SENT, amounts={"deposit": find_due(booking)})


def _tell_of_lost_deposit(event: EventView, booking: BookingView) -> None:
    """Tell them that what was reserved on a card could not be taken, and what becomes of the booking."""
    amount = event.payload.get("amount_minor")
    if event.payload.get("previous_state") != PaymentState.RESERVED or not isinstance(amount, int):
        return  # somebody tries another card
    is_missing = balance_booking(booking, list_payments_of(booking_id=booking.id)).due_minor > 0
    is_asked_again = booking.status == BookingStatus.PENDING_PAYMENT
    if is_missing and (is_asked_again or booking.status in STANDING):
        said = {"asked_again": "yes" if is_asked_again else ""}
        _tell_business(event, booking, BUSINESS_DEPOSIT_LOST, amounts={"deposit": amount}, said=said)


def _tell_of_dispute(event: EventView, booking: BookingView) -> None:
    """Tell them that the bank asks the money back and until when they may answer, or how the bank decided."""
    dispute = Dispute.objects.get(pk=str(event.payload["dispute_id"]))
    amounts = {"disputed": dispute.amount_minor}
    # A bank that only asks has taken nothing, and gives nothing back.
    is_taken = dispute.taken_minor > 0 or (dispute.state in DECIDED and dispute.entries.exists())
    said = {"taken": "yes" if is_taken else ""}
    moments = {} if dispute.answer_by is None else {"reply_by": dispute.answer_by}
    if event.kind == ANSWER_FAILED:
        said["failure"] = str(event.payload.get("failure", ""))
        _tell_business(event, booking, BUSINESS_ANSWER_FAILED, amounts=amounts, said=said, moments=moments)
    elif event.kind == DISPUTED and dispute.state == DisputeState.OPEN:
        _tell_business(event, booking, BUSINESS_DISPUTED, amounts=amounts, said=said, moments=moments)
    elif event.kind == DISPUTE_DECIDED and dispute.state in DECIDED:
        said["won"] = "yes" if dispute.state == DisputeState.WON else ""
        _tell_business(event, booking, BUSINESS_DISPUTE_DECIDED, amounts=amounts, said=said)


def _tell_of_fee(event: EventView, booking: BookingView) -> None:
    """Tell the customer that the fee was charged, or that it is to be paid since the card was refused."""
    payments = list_payments_of(booking_id=booking.id)
    fee = find_fee(booking, payments)
    if fee is None or any(each.id == fee.payment_id and each.refunded_minor for each in payments):
        return  # what went back in the same moment is told as a refund
    is_asked = event.kind == FAILED and event.payload.get("previous_state") == PaymentState.PROCESSING and fee.is_asked
    if is_asked or (event.kind == SUCCEEDED and fee.state == PaymentState.RECEIVED):
        template = FEE_DECLINED if is_asked else FEE_CHARGED
        said = {"card": "" if fee.decline and not is_asked else fee.card}
        _tell_customer(event, booking, template, amounts={"fee": fee.due_minor}, said=said)


def _tell_of_refund(event: EventView, booking: BookingView) -> None:
    refund = Refund.objects.filter(pk=str(event.payload.get("refund_id", 0))).select_related("payment").first()
    if refund is None or refund.state == RefundState.DROPPED:
        return
    is_card = refund.payment.door == PaymentDoor.STRIPE
    amounts = {"refund": refund.amount_minor - refund.returned_minor}
    is_twice, why = _explain(refund, booking)
    said = {
        "by_card": "yes" if is_card else "",
        "is_surplus": "" if is_twice else "yes",
        "is_called_off": "yes" if booking.status in CALLED_OFF - {BookingStatus.EXPIRED} else "",
    }
    if event.kind == CREDITED:
        if amounts["refund"]:  # else it was taken back meanwhile
            _tell_customer(event, booking, CREDIT_GIVEN, amounts=amounts, said={}, why=why)
        return
    if event.kind == REFUND_FAILED:
        _tell_business(event, booking, BUSINESS_REFUND_FAILED, amounts=amounts, said=said)
        return
    # Once the visit is over, it is enough to say that money comes which the bank took in between.
    is_coming = booking.status in STANDING - {BookingStatus.COMPLETED}
    is_told = refund.cause == RefundCause.LATE and (is_coming or not refund.payment.dispute_state)
    if event.kind == REFUNDED:
        if not (is_card and is_told):  # it was told a moment ago
            _tell_customer(event, booking, REFUND_SENT, amounts=amounts, said=said, why=why)
        return
    if is_told:
        template = REFUND_TWICE if booking.status in STANDING else REFUND_LATE
        _tell_customer(event, booking, template, amounts=amounts, said=said)
    if refund.cause in {RefundCause.LATE, RefundCause.POLICY, RefundCause.CHANGED}:  # of others they said so themselves
        _tell_business(event, booking, Notice.REFUND, amounts=amounts, said=said, why=why)


def _explain(refund: Refund, booking: BookingView) -> tuple[bool, Mapping[str, str]]:
    """Return whether a deposit came twice, and in each language why it goes back."""
    payments = list_payments_of(booking_id=booking.id)
    payment = next(each for each in payments if each.id == refund.payment_id)
    is_twice = is_paid_twice(payment, payments, amount_minor=refund.amount_minor)
    why = {}
    for language in LANGUAGES:
        with translation.override(language):
            why[language] = describe_refund(
                booking, payment, RefundCause(refund.cause), _get_formats(language), is_twice=is_twice
            )
    return is_twice, why


def _tell_customer(
    event: EventView,
    booking: BookingView,
    template: str,
    *,
    amounts: Mapping[str, int],
    said: Mapping[str, str],
    why: Mapping[str, str] = MappingProxyType({}),
) -> None:
    tell_customer(
        booking,
        template=template,
        key=f"event:{event.id}:{template}",
        now=event.occurred_at,
        limit="messages_changes",
        thread=Thread(role=TALK, state={}),
        more={
            language: {**said, "why": why.get(language, ""), **_say_amounts(booking, amounts, language)}
            for language in LANGUAGES
        },
    )


def _tell_business(
    event: EventView,
    booking: BookingView,
    template: str,
    *,
    amounts: Mapping[str, int],
    said: Mapping[str, str] = MappingProxyType({}),
    moments: Mapping[str, datetime] = MappingProxyType({}),
    why: Mapping[str, str] = MappingProxyType({}),
) -> None:
    """Tell owners and managers; of what went wrong also those who want no notices."""
    notice = template if template in Notice.values else ""
    words = make_business_words(booking)
    tell(
        recipients=[Recipient(email=reader.email, locale=reader.locale) for reader in list_managers(notice=notice)],
        template=template,
        about=make_subject(booking.id),
        words={
            language: {
                **each,
                **said,
                "why": why.get(language, ""),
                **_say_amounts(booking, amounts, language),
                **_say_days(booking, moments, language),
            }
            for language, each in words.items()
        },
        key=f"event:{event.id}:{template}",
        now=event.occurred_at,
        reply_to=booking.customer_email,
        expires_at=booking.hold_expires_at if template == Notice.RECEIPT_SENT else None,
        limit="messages_business",
    )


def _say_amounts(booking: BookingView, amounts: Mapping[str, int], language: str) -> dict[str, str]:
    formats = _get_formats(language)
    return {name: formats.format_money(amount, booking.currency) for name, amount in amounts.items()}


def _get_formats(language: str) -> Formats:
    tenant = current_tenant()
    return get_formats(language, tenant.country, tenant.profile.clock)


def _say_days(booking: BookingView, moments: Mapping[str, datetime], language: str) -> dict[str, str]:
    formats = get_formats(language, current_tenant().country)
    return {name: formats.format_date_long(to_local(at, booking.timezone).date()) for name, at in moments.items()}
