"""Reading which invoices customers want."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import fields, replace
from datetime import datetime
from typing import cast

from django.db.models import Q, Value
from django.db.models.functions import Replace

from billing.enums import InvoiceState
from billing.errors import InvoiceNotFound
from billing.models import InvoiceWish
from billing.selectors.payments import list_payments_of_all
from billing.types import InvoiceFilters, InvoiceRow, InvoiceView, PaymentView
from kernel.law.taxes import TaxData, TaxLaw, find_tax_law
from kernel.page import MAX_LIMIT, Page, cut_page, limit_rows, read_cursor
from scheduling.selectors.reports.conditions import says
from scheduling.selectors.reports.facts import list_facts
from scheduling.types import BookingFacts, BookingView
from scheduling.types.aftercare.views import OwnData
from tenants.context import current_tenant

TAX_COLUMNS = tuple(each.name for each in fields(TaxData))


def find_own_tax_law() -> TaxLaw | None:
    """Return what an invoice of the current business needs; None: its country is one where none are offered."""
    return find_tax_law(current_tenant().country)


def may_want_invoice(booking: BookingView, payments: Iterable[PaymentView]) -> bool:
    """Tell whether there is money of a booking that an invoice could be about."""
    is_paid = any(each.invoiced_minor for each in payments)
    return is_paid and not booking.is_test and find_own_tax_law() is not None


def has_invoice(booking: BookingView, payments: Iterable[PaymentView]) -> bool:
    """Tell whether an invoice was ever wanted for a booking; one query, or none where nothing came or no law asks."""
    may = find_own_tax_law() is not None and any(each.received_at for each in payments)
    return may and InvoiceWish.objects.filter(booking_id=booking.id).exists()


def find_invoice(*, booking_id: int) -> InvoiceView | None:
    """Return the invoice that was wanted last for a booking; one query."""
    row = InvoiceWish.objects.filter(booking_id=booking_id).order_by("-pk").first()
    return None if row is None else view_invoice(row)


def get_invoice(*, invoice_id: int) -> InvoiceView:
    """Return an invoice that was wanted; one query.

    Raises:
        InvoiceNotFound: There is none.
    """
    row = InvoiceWish.objects.filter(pk=invoice_id).first()
    if row is None:
        raise InvoiceNotFound
    return view_invoice(row)


def get_invoice_row(*, invoice_id: int) -> InvoiceRow:
    """Return an invoice as a list has it; six queries.

    Raises:
        InvoiceNotFound: There is none.
    """
    return _add_facts([get_invoice(invoice_id=invoice_id)])[0]


def find_tax_data(*, customer_id: int | None) -> TaxData | None:
    """Return the tax data that a customer gave last, by the law of the country; one query."""
    if customer_id is None:
        return None
    given = InvoiceWish.objects.filter(customer_id=customer_id, country=current_tenant().country).exclude(name="")
    row = given.order_by("-pk").first()
    return None if row is None else view_invoice(row).data


def list_invoices(filters: InvoiceFilters) -> Page[InvoiceRow]:
    """Return a page of the invoices that were wanted, the newest first; at most six queries.

    Raises:
        Invalid: The cursor is not one that this list gave.
    """
    limit = limit_rows(filters.limit)
    rows = InvoiceWish.objects.order_by("-asked_at", "-pk")
    if filters.state:
        rows = rows.filter(state=filters.state)
    if filters.booking_id is not None:
        rows = rows.filter(booking_id=filters.booking_id)
    if filters.search:
        rows = rows.alias(plain_id=_drop_dashes("tax_id"), plain_number=_drop_dashes("number"))
    for word in filters.search.split():
        rows = rows.filter(_says(word))
    if filters.cursor:
        at, row_id = cast("tuple[datetime, int]", read_cursor(filters.cursor, datetime, int))
        rows = rows.filter(Q(asked_at__lt=at) | Q(asked_at=at, pk__lt=row_id))
    page = cut_page(list(rows[: limit + 1]), limit=limit, view=view_invoice, key=lambda row: (row.asked_at, row.pk))
    return Page(tuple(_add_facts(page.rows)), page.next_cursor)


def iterate_invoices(filters: InvoiceFilters) -> Iterator[InvoiceRow]:
    """Return all invoices that fit, the newest first, of which no more are in memory than a page has.

    Use them up in the business's own context: each page is asked for when its turn comes.
    """
    first = list_invoices(replace(filters, cursor="", limit=MAX_LIMIT))
    return _iterate(first, filters)


def describe_own_invoices(booking_ids: Collection[int]) -> Mapping[int, list[OwnData]]:
    """Return what is kept about the invoices of bookings, for files of own data; one query."""
    found: dict[int, list[OwnData]] = {}
    for row in InvoiceWish.objects.filter(booking_id__in=booking_ids).order_by("pk"):
        found.setdefault(row.booking_id, []).append(
            {
                "state": row.state,
                "state_in_words": str(InvoiceState(row.state).label),
                "country": row.country,
                "tax_data": dict(view_invoice(row).data.list_values()),
                "number": row.number,
                "issued_on": row.issued_on.isoformat() if row.issued_on else None,
                "reason": row.reason,
                "asked_at": row.asked_at.isoformat(),
                "closed_at": row.closed_at.isoformat() if row.closed_at else None,
            }
        )
    return found


def count_invoices_to_make() -> int:
    """Return how many wait for the business; one query."""
    return InvoiceWish.objects.filter(state=InvoiceState.ASKED).count()


def view_invoice(row: InvoiceWish) -> InvoiceView:
    """Return a row as a value."""
    return InvoiceView(
        id=row.pk,
        booking_id=row.booking_id,
        customer_id=row.customer_id,
        state=InvoiceState(row.state),
        country=row.country,
        data=TaxData(**{name: getattr(row, name) for name in TAX_COLUMNS}),
        number=row.number,
        issued_on=row.issued_on,
        reason=row.reason,
        asked_at=row.asked_at,
        asked_by_id=row.asked_by_id,
        closed_at=row.closed_at,
        closed_by_id=row.closed_by_id,
    )


def _drop_dashes(column: str) -> Replace:
    return Replace(column, Value("-"), Value(""))


def _says(word: str) -> Q:
    """Return the condition of a word: of a name, of a number with or without dashes, or of its booking."""
    found = Q(name__icontains=word) | Q(number__icontains=word) | Q(says("booking_id", word))
    plain = word.replace("-", "")
    return found | Q(plain_id__icontains=plain) | Q(plain_number__icontains=plain) if plain else found


def _iterate(page: Page[InvoiceRow], filters: InvoiceFilters) -> Iterator[InvoiceRow]:
    yield from page.rows
    while page.next_cursor:
        page = list_invoices(replace(filters, cursor=page.next_cursor, limit=MAX_LIMIT))
        yield from page.rows


def _add_facts(invoices: Iterable[InvoiceView]) -> list[InvoiceRow]:
    """Add what lists say of the bookings, and what was paid for them; five queries, if any."""
    invoices = list(invoices)
    ids = {each.booking_id for each in invoices}
    facts, paid = list_facts(ids), list_payments_of_all(ids)
    return [_make_row(each, facts.get(each.booking_id), paid.get(each.booking_id, ())) for each in invoices]


def _make_row(invoice: InvoiceView, facts: BookingFacts | None, payments: Iterable[PaymentView]) -> InvoiceRow:
    counted = tuple(each for each in payments if each.invoiced_minor)
    return InvoiceRow(invoice, facts, counted, counted[0].currency if counted else current_tenant().currency)
