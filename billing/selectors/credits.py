"""What the business owes customers as credit, and who may see and use it.

Whose a credit is for whoever is not staff, the booking says from whose payment it comes, as `list_their_ids` tells: it
is theirs who read its messages. A contact that somebody only typed opens nothing.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping

from django.db.models import QuerySet, Sum

from billing.enums import PaymentDoor, PaymentPurpose, PaymentState
from billing.models import Credit, PaymentAccount
from billing.types import CreditView, PaymentView
from scheduling.enums import BookingStatus, ContactKind
from scheduling.selectors.bookings.visits import list_their_ids
from scheduling.types import BookingView
from scheduling.types.aftercare.views import OwnData

MOST_CREDITS = 100


def offers_credit() -> bool:
    """Tell whether customers may have as credit what goes back to them; one query."""
    return PaymentAccount.objects.filter(door=PaymentDoor.CREDIT, is_on=True).exists()


def find_proven_contact(booking: BookingView) -> str:
    """Return the contact that whoever made a booking has shown to be theirs; empty: none."""
    values = {ContactKind.EMAIL: booking.customer_email, ContactKind.PHONE: booking.customer_phone}
    return values[ContactKind(booking.proven_contact)] if booking.proven_contact else ""


def list_credits_of(*, contact: str) -> tuple[CreditView, ...]:
    """Return what is left of the credits of a contact that was proven, the oldest first; two queries, if any."""
    if not contact:
        return ()
    return _view(Credit.objects.filter(payment__booking_id__in=list_their_ids(contact=contact)))


def list_customer_credits(*, customer_id: int | None) -> tuple[CreditView, ...]:
    """Return what is left of the credits of a customer, as staff sees it, the oldest first; one query, if any."""
    return () if customer_id is None else _view(Credit.objects.filter(customer_id=customer_id))


def list_credits_from(*, payment_id: int) -> tuple[CreditView, ...]:
    """Return what is left of the credits that came of a payment; one query."""
    return _view(Credit.objects.filter(payment_id=payment_id))


def add_up_left(owned: Collection[CreditView], currency: str) -> int:
    """Return how much is left in a currency."""
    return sum(each.left_minor for each in owned if each.currency == currency)


def sum_up(owned: Collection[CreditView]) -> Mapping[str, int]:
    """Map currencies to how much is left in each."""
    return {currency: add_up_left(owned, currency) for currency in sorted({each.currency for each in owned})}


def add_up_owed_credit() -> Mapping[str, int]:
    """Map currencies to what all customers together still have as credit; one query."""
    rows = Credit.objects.filter(left_minor__gt=0).order_by("currency").values("currency")
    return dict(rows.annotate(owed=Sum("left_minor")).values_list("currency", "owed"))


def is_credit_left(currency: str) -> bool:
    """Tell whether any customer has credit in a currency; one query."""
    return Credit.objects.filter(left_minor__gt=0, currency=currency).exists()


def find_spendable(booking: BookingView, contact: str) -> int:
    """Return how much credit may pay the deposit that a booking waits for; 0: none, or whose it is was not shown."""
    if booking.status != BookingStatus.PENDING_PAYMENT or booking.agreed.is_on_card or booking.is_test:
        return 0
    return add_up_left(list_credits_of(contact=contact), booking.currency)


def find_credit_wish(booking: BookingView, payments: Collection[PaymentView]) -> bool:
    """Tell whether a customer who cancels may have as credit what goes back; one query, if something was paid."""
    is_paid = any(
        each.state == PaymentState.RECEIVED
        and each.left_minor
        and each.door != PaymentDoor.CREDIT
        and each.purpose != PaymentPurpose.NO_SHOW
        for each in payments
    )
    return is_paid and booking.customer_id is not None and not booking.is_test and offers_credit()


def describe_own_credits(booking_ids: Collection[int]) -> Mapping[int, list[OwnData]]:
    """Return what somebody has, or had, as credit that came of bookings, for files of own data; two queries."""
    found: dict[int, list[OwnData]] = {}
    rows = Credit.objects.filter(payment__booking_id__in=booking_ids).order_by("pk").select_related("payment", "refund")
    for row in rows.prefetch_related("uses"):
        found.setdefault(row.payment.booking_id, []).append(
            {
                "amount": {"amount_minor": row.amount_minor, "currency": row.currency},
                "left": {"amount_minor": row.left_minor, "currency": row.currency},
                "used": {
                    "amount_minor": sum(each.amount_minor - each.back_minor for each in row.uses.all()),
                    "currency": row.currency,
                },
                "given_at": row.given_at.isoformat(),
                "expires_at": None,
            }
        )
    return found


def _view(owned: QuerySet[Credit]) -> tuple[CreditView, ...]:
    rows = owned.filter(left_minor__gt=0).order_by("given_at", "pk")[:MOST_CREDITS]
    return tuple(
        CreditView(
            id=row.pk,
            payment_id=row.payment_id,
            amount_minor=row.amount_minor,
            left_minor=row.left_minor,
            currency=row.currency,
            given_at=row.given_at,
        )
        for row in rows
    )
