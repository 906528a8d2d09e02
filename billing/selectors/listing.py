"""Payments as the business looks for them, and what they add up to."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from decimal import Decimal

from babel.numbers import get_currency_precision
from django.db.models.functions import Coalesce

from billing.enums import LIVE_STATES, DifferenceKind, LedgerKind, PaymentGroup, PaymentState
from billing.errors import SpanInvalid
from billing.models import Difference, LedgerEntry, Payment
from billing.selectors.payments import get_payment, view_payment
from billing.types import (
    DifferenceView,
    FoundPayments,
    LedgerLine,
    PaymentFilters,
    PaymentRow,
    PaymentTotals,
    PaymentView,
)
from kernel.formats import get_formats
from kernel.languages import LANGUAGES
from kernel.page import cut_page, limit_rows, read_cursor
from scheduling.selectors.reports.facts import list_facts
from tenants.context import current_tenant

LONGEST_SPAN = timedelta(days=367)
"""As many days a list adds up at once, clocks that change included."""
CAME_NOT = {PaymentState.FAILED, PaymentState.EXPIRED, PaymentState.CLOSED, PaymentState.WAIVED}
MOST_DIFFERENCES = 50


def find_payments(filters: PaymentFilters) -> FoundPayments:
    """Return a page of the payments that fit, the newest first, and what all of them add up to.

    As many queries for one as for thousands.

    Raises:
        SpanInvalid: As `list_all_payments`.
        Invalid: The cursor is not one that this list gave.
    """
    rows = list_all_payments(filters)
    shown: Sequence[PaymentRow] = rows
    if filters.cursor:
        moment, row_id = read_cursor(filters.cursor, datetime, int)
        shown = [row for row in rows if (row.payment.moment, row.payment.id) < (moment, row_id)]
    page = cut_page(
        shown,
        limit=limit_rows(filters.limit),
        view=lambda row: row,
        key=lambda row: (row.payment.moment, row.payment.id),
    )
    return FoundPayments(page=page, totals=add_up(row.payment for row in rows))


def list_all_payments(filters: PaymentFilters) -> tuple[PaymentRow, ...]:
    """Return all payments that fit, the newest first; at most five queries.

    Raises:
        SpanInvalid: Its end comes first, or it is more than a year of all bookings at once.
    """
    span = filters.until - filters.since
    if span < timedelta(0) or (span > LONGEST_SPAN and filters.booking_id is None):
        raise SpanInvalid
    found = Payment.objects.alias(moment=Coalesce("received_at", "opened_at")).filter(
        moment__gte=filters.since, moment__lt=filters.until
    )
    if filters.booking_id is not None:
        found = found.filter(booking_id=filters.booking_id)
    payments = [view_payment(row) for row in found.prefetch_related("refunds").order_by("-moment", "-pk")]
    payments = [each for each in payments if _fits(each, filters)]
    facts = list_facts({each.booking_id for each in payments})
    rows = (PaymentRow(each, facts.get(each.booking_id)) for each in payments)
    words = {word: _read_amounts(word) for word in filters.search.casefold().split()}
    return tuple(row for row in rows if _is_meant(row, filters, words))


def get_payment_row(*, payment_id: int) -> PaymentRow:
    """Return a payment as a list has it; five queries.

    Raises:
        PaymentNotFound: There is none.
    """
    payment = get_payment(payment_id=payment_id)
    return PaymentRow(payment, list_facts({payment.booking_id}).get(payment.booking_id))


def add_up(payments: Iterable[PaymentView]) -> tuple[PaymentTotals, ...]:
    """Return what payments add up to, by currency, the one with most payments first."""
    totals: dict[str, PaymentTotals] = {}
    for each in payments:
        so_far = totals.get(each.currency, PaymentTotals(each.currency))
        totals[each.currency] = replace(
            so_far,
            count=so_far.count + 1,
            received_minor=so_far.received_minor + (each.amount_minor if each.state == PaymentState.RECEIVED else 0),
            refunded_minor=so_far.refunded_minor + each.sent_back_minor,
            to_send_minor=so_far.to_send_minor + each.to_send_minor,
            kept_minor=so_far.kept_minor + each.kept_minor,
        )
    return tuple(sorted(totals.values(), key=lambda total: (-total.count, total.currency)))


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


def _fits(payment: PaymentView, filters: PaymentFilters) -> bool:
    if filters.method and payment.method != filters.method:
        return False
    return {
        "": True,
        PaymentGroup.RECEIVED: payment.state == PaymentState.RECEIVED,
        PaymentGroup.WAITING: payment.state in LIVE_STATES,
        PaymentGroup.REFUNDED: bool(payment.sent_back_minor),
        PaymentGroup.TO_SEND: bool(payment.to_send_minor),
        PaymentGroup.KEPT: bool(payment.kept_minor),
        PaymentGroup.MISSED: payment.state in CAME_NOT,
    }.get(filters.group, False)


def _is_meant(row: PaymentRow, filters: PaymentFilters, words: Mapping[str, Collection[Decimal]]) -> bool:
    facts = row.facts
    if filters.service_id is not None and (facts is None or facts.service_id != filters.service_id):
        return False
    if filters.resource_id is not None and (facts is None or filters.resource_id not in facts.people):
        return False
    if not words:
        return True
    said = "" if facts is None else f"{facts.customer_name} {facts.reference} {facts.service_name}".casefold()
    amount = Decimal(row.payment.amount_minor).scaleb(-get_currency_precision(row.payment.currency))
    return all(word in said or amount in amounts for word, amounts in words.items())


def _read_amounts(word: str) -> frozenset[Decimal]:
    """Return the amounts that a word may be as people of the country type them, with or without a sign."""
    country = current_tenant().country
    read = (get_formats(language, country).read_number(word.strip("$€")) for language in LANGUAGES)
    return frozenset(each for each in read if each is not None)
