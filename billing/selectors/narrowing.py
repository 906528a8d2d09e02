"""What a list of payments is narrowed to, as one query of the database."""

from __future__ import annotations

from collections import defaultdict
from datetime import datetime
from functools import cache

from babel.core import get_global
from django.db.models import Exists, F, OuterRef, Q, QuerySet
from django.db.models.functions import Coalesce

from billing.enums import (
    LIVE_STATES,
    IncomeFigure,
    LedgerKind,
    PaymentDoor,
    PaymentGroup,
    PaymentMeans,
    PaymentMethod,
    PaymentPurpose,
    PaymentState,
    RefundState,
)
from billing.models import LedgerEntry, Payment, Refund
from billing.types import PaymentFilters
from kernel.formats import get_formats
from kernel.languages import LANGUAGES
from kernel.page import LARGEST_NUMBER
from scheduling.selectors.reports.conditions import find_person, has_person, has_service, says
from tenants.context import current_tenant

CAME_NOT = {PaymentState.FAILED, PaymentState.EXPIRED, PaymentState.CLOSED, PaymentState.WAIVED}
CARD_ONLY = Q(purpose=PaymentPurpose.NO_SHOW, door=PaymentDoor.STRIPE, charged_at=None)
"""A card that is left is no payment."""
BOOKING = "booking_id"
MOVES = {
    IncomeFigure.RECEIVED: (LedgerKind.RECEIVED,),
    IncomeFigure.TIPS: (LedgerKind.RECEIVED,),
    IncomeFigure.REFUNDED: (LedgerKind.REFUNDED,),
    IncomeFigure.KEPT: (LedgerKind.KEPT, LedgerKind.RELEASED),
    IncomeFigure.TAKEN: (LedgerKind.DISPUTED, LedgerKind.REGAINED),
}
"""Of which entries of the ledger each figure is the sum, as `selectors.income` adds them up."""
USUAL = "DEFAULT"
"""Under which Babel keeps the digits of all currencies that it does not name."""


def narrow_payments(filters: PaymentFilters, *, after: tuple[datetime, int] | None = None) -> QuerySet[Payment]:
    """Return the query for the payments that fit, the newest first: all, or those ``after`` the moment and id of one.

    Its moment is when a payment came; until then, when it was asked for.
    """
    found = (
        Payment.objects.exclude(CARD_ONLY)
        .annotate(moment=Coalesce("received_at", "opened_at"))
        .filter(_is_in_group(filters.group), _is_within(filters))
    )
    if filters.booking_id is not None:
        found = found.filter(booking_id=filters.booking_id)
    if filters.method:
        found = found.filter(came_by(filters.method))
    if filters.service_id is not None:
        found = found.filter(has_service(BOOKING, filters.service_id))
    if filters.resource_id is not None and filters.moved:
        found = found.alias(person_id=find_person(BOOKING)).filter(person_id=filters.resource_id)
    elif filters.resource_id is not None:
        found = found.filter(has_person(BOOKING, filters.resource_id))
    for word in filters.search.split():
        found = found.filter(says(BOOKING, word) | _is_amount(word))
    if after is not None:
        moment, row_id = after
        found = found.filter(Q(moment__lt=moment) | Q(moment=moment, pk__lt=row_id))
    return found.order_by("-moment", "-pk")


def came_by(method: str, of: str = "") -> Q:
    """Return the condition of one way to pay, as `PaymentView.find_method` tells it; ``of`` leads to the payment."""
    door, means = f"{of}door", f"{of}means"
    if method == PaymentMethod.ONLINE:
        return Q(**{door: PaymentDoor.STRIPE})
    if method == PaymentMethod.CREDIT:
        return Q(**{door: PaymentDoor.CREDIT})
    if method not in PaymentMeans.values:
        return Q(pk__in=[])
    said = Q(**{means: method})
    if method == PaymentMethod.TRANSFER:
        said |= Q(**{means: "", door: PaymentDoor.BANK_TRANSFER})
    if method == PaymentMethod.OTHER:
        said |= Q(**{means: "", door: PaymentDoor.AT_BUSINESS})
    return said & ~Q(**{door: PaymentDoor.STRIPE})


def _is_within(filters: PaymentFilters) -> Q:
    """Tell whether a payment came, or was asked for, in the time; of a figure of income: whether it moved then."""
    if not filters.moved:
        return Q(moment__gte=filters.since, moment__lt=filters.until)
    entries = LedgerEntry.objects.filter(payment=OuterRef("pk"), at__gte=filters.since, at__lt=filters.until)
    is_moved = Q(Exists(entries.filter(kind__in=MOVES[IncomeFigure(filters.moved)])))
    return is_moved & Q(purpose=PaymentPurpose.TIP) if filters.moved == IncomeFigure.TIPS else is_moved


def _is_in_group(group: str) -> Q:
    refunds = Refund.objects.filter(payment=OuterRef("pk"))
    return {
        "": Q(),
        PaymentGroup.RECEIVED: Q(state=PaymentState.RECEIVED),
        PaymentGroup.WAITING: Q(state__in=LIVE_STATES),
        PaymentGroup.REFUNDED: Q(Exists(refunds.filter(state=RefundState.DONE, is_credit=False))),
        PaymentGroup.CREDITED: Q(Exists(refunds.filter(is_credit=True, amount_minor__gt=F("returned_minor")))),
        PaymentGroup.TO_SEND: Q(Exists(refunds.filter(state=RefundState.PENDING))),
        PaymentGroup.KEPT: Q(kept_minor__gt=0),
        PaymentGroup.DISPUTED: ~Q(dispute_state=""),
        PaymentGroup.MISSED: Q(state__in=CAME_NOT),
    }.get(group, Q(pk__in=[]))


def _is_amount(word: str) -> Q:
    """Return the condition of an amount that a word may be as people of the country type it, with or without a sign."""
    country = current_tenant().country
    read = (get_formats(language, country).read_number(word.strip("$€")) for language in LANGUAGES)
    is_meant = Q(pk__in=[])
    for amount in {each for each in read if each is not None}:
        for digits, of_these in _list_digits().items():
            minor = amount.scaleb(digits)
            if 0 < minor <= LARGEST_NUMBER and minor == minor.to_integral_value():
                is_meant |= of_these & Q(amount_minor=int(minor))
    return is_meant


@cache
def _list_digits() -> dict[int, Q]:
    """Map numbers of decimals to the condition of the currencies that have so many."""
    named: dict[int, list[str]] = defaultdict(list)
    fractions = dict(get_global("currency_fractions"))
    usual = fractions.pop(USUAL)[0]
    for currency, (digits, *_) in fractions.items():
        named[digits].append(currency)
    conditions = {digits: Q(currency__in=codes) for digits, codes in named.items() if digits != usual}
    others = [code for digits, codes in named.items() if digits != usual for code in codes]
    return {usual: ~Q(currency__in=others), **conditions}
