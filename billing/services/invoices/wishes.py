"""Wanting an invoice, and what became of it. The business makes it elsewhere: no fiscal document is made here."""

from __future__ import annotations

from dataclasses import asdict
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from django.db.models import QuerySet

from billing.enums import LIVE_WISHES, InvoiceState
from billing.errors import (
    DATE_WRONG,
    NUMBER_MISSING,
    NUMBER_TOO_LONG,
    REASON_MISSING,
    InvoiceChanged,
    InvoiceClosed,
    InvoiceInvalid,
    InvoiceNotFound,
    InvoiceNotOffered,
    TaxDataInvalid,
)
from billing.models import InvoiceWish
from billing.selectors.invoices import find_own_tax_law, may_want_invoice
from billing.selectors.payments import list_payments_of
from billing.services.movements import lock_asking
from database.transactions import write_transaction
from kernel.law.taxes import TaxData, check_tax_data
from kernel.lines import clean_line
from notifications.services.outbox import publish
from scheduling.policies import check_step
from scheduling.selectors.bookings.views import get_booking
from scheduling.types import SYSTEM, Actor
from tenants.context import current_tenant
from tenants.enums import Ability
from tenants.services.due_work import add_due_work, remove_all_due_work
from tenants.services.erasures.columns import erase_columns

LONGEST_NUMBER, LONGEST_REASON = 60, 300
WISH = "invoice_wish"
KEPT = timedelta(days=730)
"""How long tax data stay after they were given, as receipts do: the invoice itself is in the books of the business."""
OLDEST = timedelta(days=366)
"""Before the wish: an invoice may have been made when it was paid, and be asked for later."""


@write_transaction()
def want_invoice(*, booking_id: int, typed: TaxData, now: datetime, by: Actor, doubted: str = "") -> int:
    """Note that the customer of a booking wants an invoice, and to whom it is made out; return its id.

    As long as the business has not made it, what was given can be put right so; the same again changes nothing.
    ``doubted`` is the number that was refused before for its check digit alone (`TaxDataInvalid`).

    Raises:
        BookingNotFound: There is no such booking.
        StatusForbids: The state of the business lets nobody answer.
        InvoiceNotOffered: Nothing was paid, or the country of the business has no invoices here.
        TaxDataInvalid: What was typed, by field.
        InvoiceClosed: The business has made it.
    """
    check_step(by, customers_may=Ability.STEP)
    lock_asking(booking_id)
    booking, law = get_booking(booking_id=booking_id), find_own_tax_law()
    if law is None or not may_want_invoice(booking, list_payments_of(booking_id=booking_id)):
        raise InvoiceNotOffered
    checked = check_tax_data(law, typed, doubted=doubted)
    if checked.errors:
        raise TaxDataInvalid(errors=checked.errors, doubted=checked.doubted)
    given = {"country": law.country, **asdict(checked.data)}
    row = InvoiceWish.objects.filter(booking_id=booking_id, state__in=LIVE_WISHES).select_for_update().first()
    if row is None:
        row = InvoiceWish(booking_id=booking_id)
    elif row.state == InvoiceState.ISSUED:
        raise InvoiceClosed(state=InvoiceState.ISSUED.label)
    elif all(getattr(row, name) == value for name, value in given.items()):
        return row.pk
    for name, value in given.items():
        setattr(row, name, value)
    row.customer_id = booking.customer_id  # it may be another one by now, or known at last
    row.asked_at, row.asked_by_id = now, by.user_id
    row.save()
    add_due_work(kind=WISH, row_id=row.pk, due_at=now + KEPT, now=now)
    _tell(row, "wanted", now=now, by=by)
    return row.pk


@write_transaction()
def withdraw_invoice(*, booking_id: int, now: datetime, by: Actor) -> None:
    """Note that the customer of a booking wants no invoice after all; again changes nothing.

    Raises:
        StatusForbids: As `want_invoice`; so is `InvoiceClosed`.
    """
    check_step(by, customers_may=Ability.STEP)
    lock_asking(booking_id)
    row = InvoiceWish.objects.filter(booking_id=booking_id, state__in=LIVE_WISHES).select_for_update().first()
    if row is None:
        return
    _close(row, InvoiceState.WITHDRAWN, now=now, by=by)


@write_transaction()
def issue_invoice(
    *, invoice_id: int, number: str, issued_on: date | None, seen: datetime, now: datetime, by: Actor
) -> None:
    """Note which invoice the business has made, or put that right: a slip in the number is corrected and told again.

    ``seen`` is the `InvoiceView.seen_at` of what the person saw. The same once more changes nothing.

    Raises:
        InvoiceNotFound: There is no such wish.
        StatusForbids: The state of the business allows no steps.
        InvoiceClosed: It was refused or withdrawn, or noted or corrected by somebody else meanwhile.
        InvoiceChanged: The customer has put the tax data right since: an invoice with the old ones would be wrong.
        InvoiceInvalid: What was typed, by field.
    """
    row = _lock(invoice_id, seen=seen, by=by, may_be_made=True)
    errors: dict[str, tuple[str, ...]] = {}
    number = clean_line(number, limit=4 * LONGEST_NUMBER)
    if not number or len(number) > LONGEST_NUMBER:
        errors["number"] = (NUMBER_TOO_LONG if number else NUMBER_MISSING,)
    today = now.astimezone(ZoneInfo(current_tenant().timezone)).date()
    if issued_on is None or not row.asked_at.date() - OLDEST <= issued_on <= today:
        errors["issued_on"] = (DATE_WRONG,)
    if errors:
        raise InvoiceInvalid(errors=errors)
    if (row.number, row.issued_on) == (number, issued_on):
        return
    row.number, row.issued_on = number, issued_on
    if row.state == InvoiceState.ISSUED:
        _end(row, "corrected", now=now, by=by)
    else:
        _close(row, InvoiceState.ISSUED, now=now, by=by)


@write_transaction()
def refuse_invoice(*, invoice_id: int, reason: str, seen: datetime, now: datetime, by: Actor) -> None:
    """Note that the business makes no invoice, and why; the customer reads it, and may ask again.

    Raises:
        InvoiceNotFound, StatusForbids, InvoiceClosed, InvoiceChanged: As `issue_invoice`.
        InvoiceInvalid: No reason was given.
    """
    row = _lock(invoice_id, seen=seen, by=by)
    row.reason = reason.strip()[:LONGEST_REASON]
    if not row.reason:
        raise InvoiceInvalid(errors={"reason": (REASON_MISSING,)})
    _close(row, InvoiceState.REFUSED, now=now, by=by)


def forget_tax_data(wishes: QuerySet[InvoiceWish], *, now: datetime) -> None:
    """Take from wishes to whom invoices were made out; belongs in the transaction that needs it.

    What the business has not answered ends with it. Number and date of an invoice stay.
    """
    for row in wishes.filter(state=InvoiceState.ASKED).select_for_update().order_by("pk"):
        _close(row, InvoiceState.WITHDRAWN, now=now, by=SYSTEM)
    remove_all_due_work(kind=WISH, row_ids=list(wishes.values_list("pk", flat=True)))
    erase_columns(wishes)


def _lock(invoice_id: int, *, seen: datetime, by: Actor, may_be_made: bool = False) -> InvoiceWish:
    """Return a wish, locked, that the business still has to answer, or has, and that is the one it saw."""
    check_step(by)
    row = InvoiceWish.objects.select_for_update().filter(pk=invoice_id).first()
    if row is None:
        raise InvoiceNotFound
    if may_be_made and row.state == InvoiceState.ISSUED and row.closed_at == seen:
        return row
    if row.state != InvoiceState.ASKED:
        raise InvoiceClosed(state=InvoiceState(row.state).label)
    if row.asked_at != seen:
        raise InvoiceChanged
    return row


def _close(row: InvoiceWish, state: InvoiceState, *, now: datetime, by: Actor) -> None:
    """End a wish.

    Raises:
        InvoiceClosed: The invoice was made: that is not taken back here.
    """
    if row.state != InvoiceState.ASKED:
        raise InvoiceClosed(state=InvoiceState(row.state).label)
    row.state = state
    _end(row, state.value, now=now, by=by)


def _end(row: InvoiceWish, step: str, *, now: datetime, by: Actor) -> None:
    row.closed_at, row.closed_by_id = now, by.user_id
    row.save()
    _tell(row, step, now=now, by=by)


def _tell(row: InvoiceWish, step: str, *, now: datetime, by: Actor) -> None:
    """Publish ``invoice.<step>``."""
    payload = {"booking_id": row.booking_id, "state": row.state, "by": by.kind}
    publish(kind=f"invoice.{step}", subject_id=row.pk, payload=payload, now=now)
