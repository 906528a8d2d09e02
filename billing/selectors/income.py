"""What a business earned: received, sent back, taken by banks, kept and owed, by day, service, person or way to pay.

All but what is owed are sums of the ledger, so that they equal it whatever they are shared out by. What is owed moves
nothing: it is the price of the visits that began, less what is there of each.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import replace
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from django.contrib.postgres.fields import ArrayField
from django.db.models import (
    BigIntegerField,
    Case,
    CharField,
    DateTimeField,
    F,
    Func,
    IntegerField,
    OuterRef,
    Q,
    Subquery,
    Sum,
    Value,
    When,
)
from django.db.models.expressions import Combinable
from django.db.models.functions import Coalesce, Greatest

from billing.enums import IncomeShare, LedgerKind, PaymentMethod, PaymentPurpose, PaymentState
from billing.errors import SpanInvalid
from billing.models import LedgerEntry, Payment
from billing.selectors.listing import LONGEST_SPAN
from billing.selectors.narrowing import came_by
from billing.types import IncomeLine
from scheduling.selectors.reports.conditions import find_person, find_service, name_people, name_services
from scheduling.selectors.reports.owed import add_up_owed
from tenants.context import current_tenant

NOBODY = ""
"""The name under which stands what belongs to no service or person (any more)."""
COUNTED = (PaymentPurpose.DEPOSIT, PaymentPurpose.BALANCE)
Key = int | str | None


def report_income(*, since: datetime, until: datetime, share: IncomeShare, now: datetime) -> tuple[IncomeLine, ...]:
    """Return what moved and what became owed in ``[since, until)``: days in their order, else the largest first.

    A visit with several services or people counts under its first; of visits that have not begun nothing is owed.
    The database adds up, a row for each line: two queries, and one for the names of services or people.

    Raises:
        SpanInvalid: More than a year at once.
    """
    if until - since > LONGEST_SPAN:
        raise SpanInvalid
    days = _list_days(since, until)
    lines = {(key, each.currency): each for key, each in _add_up_ledger(since, until, share, days)}
    nobody_knows = Value(None, output_field=CharField())  # how a visit will be paid
    key = nobody_knows if share == IncomeShare.METHOD else _make_key(share, "pk", "starts_at", days)
    for each in add_up_owed(since=since, until=min(until, now), paid=_find_paid(), key=key):
        line = lines.get((each.key, each.currency)) or IncomeLine(key="", name="", currency=each.currency)
        lines[each.key, each.currency] = replace(line, owed_minor=each.owed_minor)
    names = _find_names({key for key, _ in lines}, share, days)
    named = [replace(line, key=names[key][0], name=names[key][1]) for (key, _), line in lines.items()]
    if share == IncomeShare.DAY:
        return tuple(sorted(named, key=lambda line: (line.key, line.currency)))
    return tuple(sorted(named, key=lambda line: (-line.received_minor, line.name, line.currency, line.key)))


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
            taken_minor=total.taken_minor + each.taken_minor,
        )
    return tuple(totals[currency] for currency in sorted(totals))


def _list_days(since: datetime, until: datetime) -> list[date]:
    """Return the days that a span touches on the clock of the business."""
    zone = ZoneInfo(current_tenant().timezone)
    first, last = since.astimezone(zone).date(), until.astimezone(zone).date()
    return [first + timedelta(days=number) for number in range((last - first).days + 1)]


def _make_key(share: IncomeShare, booking: str, at: str, days: list[date]) -> Combinable:
    """Return by what to add up: the id of a service or person, a way to pay, or the number of a day, from 1 on."""
    if share == IncomeShare.SERVICE:
        return find_service(booking)
    if share == IncomeShare.PERSON:
        return find_person(booking)
    if share == IncomeShare.METHOD:
        ways = (When(came_by(method, "payment__"), then=Value(method.value)) for method in PaymentMethod)
        return Case(*ways, output_field=CharField())
    zone = ZoneInfo(current_tenant().timezone)  # by our own rules of zones: those of PostgreSQL may be older
    begins = [datetime.combine(day, time(), tzinfo=zone) for day in days]
    bounds = Value(begins, output_field=ArrayField(DateTimeField()))
    return Func(F(at), bounds, function="width_bucket", output_field=IntegerField())


def _add_up_ledger(
    since: datetime, until: datetime, share: IncomeShare, days: list[date]
) -> Iterator[tuple[Key, IncomeLine]]:
    def total(*kinds: LedgerKind, **condition: str) -> Combinable:
        return Coalesce(Sum("amount_minor", filter=Q(kind__in=kinds, **condition)), 0, output_field=BigIntegerField())

    rows = (
        LedgerEntry.objects.filter(at__gte=since, at__lt=until)
        .annotate(key=_make_key(share, "payment__booking_id", "at", days))
        .order_by()
        .values("key", "currency")
        .annotate(
            received=total(LedgerKind.RECEIVED),
            tips=total(LedgerKind.RECEIVED, payment__purpose=PaymentPurpose.TIP),
            refunded=total(LedgerKind.REFUNDED),
            kept=total(LedgerKind.KEPT) - total(LedgerKind.RELEASED),
            taken=total(LedgerKind.DISPUTED) - total(LedgerKind.REGAINED),
        )
    )
    for row in rows:
        yield (
            row["key"],
            IncomeLine(
                key="",
                name="",
                currency=row["currency"],
                received_minor=row["received"],
                tips_minor=row["tips"],
                refunded_minor=row["refunded"],
                kept_minor=row["kept"],
                taken_minor=row["taken"],
            ),
        )


def _find_paid() -> Combinable:
    """Return what is there of a visit, as `engine.compute_balance` counts it, for the query of bookings."""
    payments = Payment.objects.filter(booking_id=OuterRef("pk"), state=PaymentState.RECEIVED, purpose__in=COUNTED)
    left = Greatest(F("amount_minor") - F("refunded_minor") - F("disputed_minor"), 0)
    held = payments.order_by().values("booking_id").annotate(held=Sum(left))
    return Coalesce(Subquery(held.values("held")), 0, output_field=BigIntegerField())


def _find_names(keys: Collection[Key], share: IncomeShare, days: list[date]) -> Mapping[Key, tuple[str, str]]:
    """Map each key to what lines are told apart by, and to the name that people read."""
    ids = [key for key in keys if isinstance(key, int)]
    names: dict[Key, tuple[str, str]] = {None: (NOBODY, NOBODY)}
    if share == IncomeShare.DAY:
        on = {number: days[number - 1].isoformat() for number in ids}
        return {number: (day, day) for number, day in on.items()}
    if share == IncomeShare.METHOD:
        return names | {method.value: (method.value, str(method.label)) for method in PaymentMethod}
    found = name_services(ids) if share == IncomeShare.SERVICE else name_people(ids)
    return names | {number: (str(number), name) for number, name in found.items()}
