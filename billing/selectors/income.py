"""What a business earned: received, sent back, kept and owed, by day, service, person or way to pay.

The first three are sums of the ledger, so that they equal it whatever they are shared out by. What is owed moves
nothing: it is the price of the visits that began, less what is there of each.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date, datetime
from zoneinfo import ZoneInfo

from billing.engine import compute_balance
from billing.enums import IncomeShare, LedgerKind, PaymentMethod, PaymentPurpose, PaymentState
from billing.errors import SpanInvalid
from billing.models import LedgerEntry, Payment
from billing.selectors.listing import LONGEST_SPAN
from billing.selectors.payments import view_payment
from billing.types import IncomeLine, PaymentView
from scheduling.selectors.reports.facts import list_facts, list_facts_between
from scheduling.types import BookingFacts
from tenants.context import current_tenant

NOBODY = ""
"""The name under which stands what belongs to no service or person (any more)."""
COUNTED = {PaymentPurpose.DEPOSIT, PaymentPurpose.BALANCE}
Lines = dict[tuple[str, str], IncomeLine]


def report_income(*, since: datetime, until: datetime, share: IncomeShare, now: datetime) -> tuple[IncomeLine, ...]:
    """Return what moved and what became owed in ``[since, until)``: days in their order, else the largest first.

    A visit with several services or people counts under its first; of visits that have not begun nothing is owed.
    As many queries for one row as for thousands.

    Raises:
        SpanInvalid: More than a year at once.
    """
    if until - since > LONGEST_SPAN:
        raise SpanInvalid
    entries = list(LedgerEntry.objects.filter(at__gte=since, at__lt=until).select_related("payment").order_by("pk"))
    visits = list_facts_between(since=since, until=min(until, now))
    payments = _list_payments(visits)
    known = {**list_facts({each.payment.booking_id for each in entries} - visits.keys()), **visits}
    lines: Lines = {}
    for entry in entries:
        payment = entry.payment
        method = PaymentView.find_method(payment.door, payment.means)
        key, name = _share(share, known.get(payment.booking_id), method, entry.at)
        line = _find(lines, key, name, entry.currency)
        lines[key, entry.currency] = _add(line, LedgerKind(entry.kind), entry.amount_minor, payment.purpose)
    for booking_id, facts in visits.items():
        owed = _find_owed(facts, payments.get(booking_id, ()))
        if owed:
            key, name = _share(share, facts, None, facts.starts_at)  # nobody knows how it will be paid
            line = _find(lines, key, name, facts.currency)
            lines[key, facts.currency] = replace(line, owed_minor=line.owed_minor + owed)
    if share == IncomeShare.DAY:
        return tuple(lines[key] for key in sorted(lines))
    return tuple(sorted(lines.values(), key=lambda line: (-line.received_minor, line.name, line.currency)))


def add_up_income(lines: tuple[IncomeLine, ...]) -> tuple[IncomeLine, ...]:
    """Return the totals of a report, one for each currency."""
    totals: dict[str, IncomeLine] = {}
    for each in lines:
        total = totals.get(each.currency, IncomeLine(key="", name="", currency=each.currency))
        totals[each.currency] = replace(
            total,
            received_minor=total.received_minor + each.received_minor,
            tips_minor=total.tips_minor + each.tips_minor,
            refunded_minor=total.refunded_minor + each.refunded_minor,
            kept_minor=total.kept_minor + each.kept_minor,
            owed_minor=total.owed_minor + each.owed_minor,
        )
    return tuple(totals[currency] for currency in sorted(totals))


def _list_payments(visits: Mapping[int, BookingFacts]) -> Mapping[int, list[PaymentView]]:
    found: dict[int, list[PaymentView]] = {}
    for row in Payment.objects.filter(booking_id__in=visits.keys()).prefetch_related("refunds"):
        found.setdefault(row.booking_id, []).append(view_payment(row))
    return found


def _find_owed(facts: BookingFacts, payments: list[PaymentView] | tuple[PaymentView, ...]) -> int:
    counted = [each for each in payments if each.state == PaymentState.RECEIVED and each.purpose in COUNTED]
    balance = compute_balance(
        price_minor=facts.price_minor,
        deposit_minor=0,
        received_minor=sum(each.amount_minor for each in counted),
        refunded_minor=sum(each.refunded_minor for each in counted),
    )
    return balance.owed_minor or 0


def _share(
    share: IncomeShare, facts: BookingFacts | None, method: PaymentMethod | None, at: datetime
) -> tuple[str, str]:
    """Return under what something counts: a key by which lines are told apart, and the name that people read."""
    if share == IncomeShare.DAY:
        on: date = at.astimezone(ZoneInfo(current_tenant().timezone)).date()
        return on.isoformat(), on.isoformat()
    if share == IncomeShare.METHOD:
        return (NOBODY, NOBODY) if method is None else (method.value, str(method.label))
    if facts is None:
        return NOBODY, NOBODY
    if share == IncomeShare.SERVICE:
        return str(facts.service_id), facts.services[0]
    return next(((str(number), name) for number, name in facts.people.items()), (NOBODY, NOBODY))


def _find(lines: Lines, key: str, name: str, currency: str) -> IncomeLine:
    return lines.get((key, currency)) or IncomeLine(key=key, name=name, currency=currency)


def _add(line: IncomeLine, kind: LedgerKind, amount: int, purpose: str) -> IncomeLine:
    if kind == LedgerKind.RECEIVED:
        tip = amount if purpose == PaymentPurpose.TIP else 0
        return replace(line, received_minor=line.received_minor + amount, tips_minor=line.tips_minor + tip)
    if kind == LedgerKind.REFUNDED:
        return replace(line, refunded_minor=line.refunded_minor + amount)
    if kind in {LedgerKind.KEPT, LedgerKind.RELEASED}:
        sign = 1 if kind == LedgerKind.KEPT else -1
        return replace(line, kept_minor=line.kept_minor + sign * amount)
    return line
