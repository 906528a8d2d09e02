"""Reading what customers had their bank ask back."""

from __future__ import annotations

from billing.enums import AnswerKind, AnswerState, DisputeReason, DisputeState
from billing.errors import DisputeNotFound
from billing.models import Dispute, DisputeAnswer, Payment
from billing.types import AnswerView, DisputeRow, DisputeView
from scheduling.selectors.reports.facts import list_facts

MOST_OPEN = 50


def list_disputes_of(*, payment_id: int) -> tuple[DisputeView, ...]:
    """Return the disputes of a payment, the newest first; one query."""
    rows = Dispute.objects.filter(payment_id=payment_id).order_by("-opened_at", "-pk")
    return tuple(view_dispute(row) for row in rows)


def list_disputes_of_booking(*, booking_id: int) -> tuple[DisputeView, ...]:
    """Return the disputes of all payments of a booking, the oldest first; one query."""
    rows = Dispute.objects.filter(payment__booking_id=booking_id).order_by("opened_at", "pk")
    return tuple(view_dispute(row) for row in rows)


def list_open_disputes() -> tuple[DisputeView, ...]:
    """Return the disputes that wait for an answer, the most urgent first; one query."""
    rows = Dispute.objects.filter(state=DisputeState.OPEN).order_by("answer_by", "pk")[:MOST_OPEN]
    return tuple(view_dispute(row) for row in rows)


def list_open_rows() -> tuple[DisputeRow, ...]:
    """Return the disputes that wait for an answer, as a list has them; five queries, if there are any."""
    disputes = list_open_disputes()
    if not disputes:
        return ()
    payments = Payment.objects.filter(pk__in={each.payment_id for each in disputes})
    bookings = dict(payments.values_list("pk", "booking_id"))
    facts = list_facts(set(bookings.values()))
    return tuple(DisputeRow(each, facts.get(bookings[each.payment_id])) for each in disputes)


def get_dispute(*, payment_id: int, dispute_id: int) -> DisputeView:
    """Return a dispute of a payment; one query.

    Raises:
        DisputeNotFound: The payment has no such dispute.
    """
    row = Dispute.objects.filter(payment_id=payment_id, pk=dispute_id).first()
    if row is None:
        raise DisputeNotFound
    return view_dispute(row)


def list_answers_of(*, payment_id: int) -> tuple[AnswerView, ...]:
    """Return what the business answered to the disputes of a payment, the oldest first; one query."""
    rows = DisputeAnswer.objects.filter(dispute__payment_id=payment_id).defer("paper", "facts").order_by("pk")
    return tuple(
        AnswerView(
            dispute_id=row.dispute_id,
            kind=AnswerKind(row.kind),
            state=AnswerState(row.state),
            failure=row.failure,
            text=row.text,
            asked_at=row.asked_at,
            by_id=row.asked_by_id,
            done_at=row.done_at,
        )
        for row in rows
    )


def view_dispute(row: Dispute) -> DisputeView:
    """Return a row as a value."""
    return DisputeView(
        id=row.pk,
        payment_id=row.payment_id,
        state=DisputeState(row.state),
        reason=DisputeReason(row.reason),
        amount_minor=row.amount_minor,
        taken_minor=row.taken_minor,
        currency=row.currency,
        opened_at=row.opened_at,
        answer_by=row.answer_by,
        closed_at=row.closed_at,
    )
