"""Payments as the business looks for them, and what they add up to."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from typing import cast

from django.db.models import BigIntegerField, Case, Count, F, OuterRef, Q, QuerySet, Subquery, Sum, When
from django.db.models.functions import Coalesce

from billing.enums import LIVE_STATES, DifferenceKind, LedgerKind, PaymentDoor, PaymentState, RefundState
from billing.errors import SpanInvalid
from billing.models import Difference, LedgerEntry, Payment, Refund
from billing.selectors.narrowing import narrow_payments
from billing.selectors.payments import get_payment, view_payment
from billing.selectors.receipts import is_to_check, list_receipts, list_to_check
from billing.types import (
    DifferenceView,
    FoundPayments,
    LedgerLine,
    PaymentFilters,
    PaymentRow,
    PaymentTotals,
)
from kernel.page import MAX_LIMIT, Page, cut_page, limit_rows, read_cursor
from scheduling.selectors.reports.facts import list_facts

LONGEST_SPAN = timedelta(days=367)
"""As many days a list adds up at once, clocks that change included."""
MOST_DIFFERENCES = 50


def find_payments(filters: PaymentFilters) -> FoundPayments:
    """Return a page of the payments that fit, the newest first, and what all of them add up to.

    The database narrows, cuts and adds up; at most nine queries, for one as for thousands.

    Raises:
        SpanInvalid, Invalid: As `list_payment_page`.
    """
    return FoundPayments(page=_add_receipts(list_payment_page(filters)), totals=_add_up(_find(filters)))


def list_payment_page(filters: PaymentFilters) -> Page[PaymentRow]:
    """Return a page of the payments that fit, the newest first and without what was sent; at most five queries.

    Raises:
        SpanInvalid: Its end comes first, or it is more than a year of all bookings at once.
        Invalid: The cursor is not one that this list gave.
    """
    limit, after = limit_rows(filters.limit), None
    if filters.cursor:
        after = cast("tuple[datetime, int]", read_cursor(filters.cursor, datetime, int))
    rows = _find(filters, after=after).prefetch_related("refunds")[: limit + 1]
    page = cut_page(
        list(rows), limit=limit, view=view_payment, key=lambda row: (row.received_at or row.opened_at, row.pk)
    )
    facts = list_facts({each.booking_id for each in page.rows})
    shown = (PaymentRow(each, facts.get(each.booking_id)) for each in page.rows)
    return Page(tuple(shown), page.next_cursor)


def iterate_payments(filters: PaymentFilters) -> Iterator[PaymentRow]:
    """Return all payments that fit, the newest first, of which no more are in memory than a page has.

    Use them up in the business's own context: each page is asked for when its turn comes.

    Raises:
        SpanInvalid: As `list_payment_page`; before the first one is asked for.
    """
    first = list_payment_page(replace(filters, cursor="", limit=MAX_LIMIT))
    return _iterate(first, filters)


def get_payment_row(*, payment_id: int) -> PaymentRow:
    """Return a payment as a list has it; five queries.

    Raises:
        PaymentNotFound: There is none.
    """
    payment = get_payment(payment_id=payment_id)
    return PaymentRow(payment, list_facts({payment.booking_id}).get(payment.booking_id))


def list_entries(*, payment_id: int) -> tuple[LedgerLine, ...]:
    """Return what moved of a payment, in the order in which it did; one query."""
    rows = LedgerEntry.objects.filter(payment_id=payment_id).order_by("at", "pk")
    return tuple(
        LedgerLine(
            at=row.at,
            kind=LedgerKind(row.kind),
            amount_minor=row.amount_minor,
            currency=row.currency,
            by_id=row.by_id,
        )
        for row in rows
    )


def list_differences() -> tuple[DifferenceView, ...]:
    """Return in what the ledger and the card provider differ and nobody looked into, the newest first."""
    rows = Difference.objects.filter(settled_at=None).order_by("-happened_at", "-pk")[:MOST_DIFFERENCES]
    return tuple(
        DifferenceView(
            id=row.pk,
            kind=DifferenceKind(row.kind),
            payment_id=row.payment_id,
            ours_minor=row.ours_minor,
            theirs_minor=row.theirs_minor,
            currency=row.currency,
            happened_at=row.happened_at,
        )
        for row in rows
    )


def _find(filters: PaymentFilters, *, after: tuple[datetime, int] | None = None) -> QuerySet[Payment]:
    span = filters.until - filters.since
    if span < timedelta(0) or (span > LONGEST_SPAN and filters.booking_id is None):
        raise SpanInvalid
    return narrow_payments(filters, after=after)


def _iterate(page: Page[PaymentRow], filters: PaymentFilters) -> Iterator[PaymentRow]:
    yield from _mark_to_check(page)
    while page.next_cursor:
        page = list_payment_page(replace(filters, cursor=page.next_cursor, limit=MAX_LIMIT))
        yield from _mark_to_check(page)


def _add_receipts(page: Page[PaymentRow]) -> Page[PaymentRow]:
    receipts = list_receipts([each.payment.id for each in page.rows if each.payment.state in LIVE_STATES])

    def add(row: PaymentRow) -> PaymentRow:
        sent = receipts.get(row.payment.id)
        return replace(row, receipt=sent, is_to_check=is_to_check(row.payment, sent))

    return replace(page, rows=tuple(map(add, page.rows)))


def _mark_to_check(page: Page[PaymentRow]) -> Iterator[PaymentRow]:
    awaited = list_to_check(each.payment for each in page.rows)
    return (replace(each, is_to_check=each.payment.id in awaited) for each in page.rows)


def _add_up(payments: QuerySet[Payment]) -> tuple[PaymentTotals, ...]:
    """Return what payments add up to, by currency, the one with most payments first; one query."""
    # What is paid with credit came before.
    is_money = Q(state=PaymentState.RECEIVED) & ~Q(door=PaymentDoor.CREDIT)
    received = Case(When(is_money, then=F("amount_minor")), default=0)
    rows = (
        payments.annotate(
            done=_add_up_refunds(state=RefundState.DONE, is_credit=False),
            pending=_add_up_refunds(state=RefundState.PENDING),
            credited=_add_up_refunds(is_credit=True) - _add_up_refunds("returned_minor", is_credit=True),
        )
        .order_by()
        .values("currency")
        .annotate(
            count=Count("pk"),
            received_minor=Sum(received, output_field=BigIntegerField()),
            refunded_minor=Sum("done"),
            to_send_minor=Sum("pending"),
            kept=Sum("kept_minor"),
            taken=Sum("disputed_minor"),
            credited_minor=Sum("credited", filter=~Q(door=PaymentDoor.CREDIT), default=0),
        )
    )
    totals = (
        PaymentTotals(
            currency=row["currency"],
            count=row["count"],
            received_minor=row["received_minor"],
            refunded_minor=row["refunded_minor"],
            to_send_minor=row["to_send_minor"],
            kept_minor=row["kept"],
            taken_minor=row["taken"],
            credited_minor=row["credited_minor"],
        )
        for row in rows
    )
    return tuple(sorted(totals, key=lambda total: (-total.count, total.currency)))


def _add_up_refunds(column: str = "amount_minor", **condition: object) -> Coalesce:
    """Return what the refunds of a payment that stand so add up to."""
    refunds = Refund.objects.filter(payment=OuterRef("pk"), **condition).order_by().values("payment")
    return Coalesce(Subquery(refunds.annotate(sum=Sum(column)).values("sum")), 0, output_field=BigIntegerField())
