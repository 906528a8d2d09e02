"""Taking back the visits that an import booked, where nobody has touched them since, and with them their customers."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from database.transactions import write_transaction
from kernel.text import mark
from notifications.selectors.messages import list_messages
from notifications.services.forgetting import forget_subject
from scheduling.enums import ActorKind, BookingStatus, ImportState, RowOutcome
from scheduling.hooks import find_own_data
from scheduling.models import Booking, Import, ImportRow
from scheduling.services.imports.steps import lock_run
from scheduling.services.imports.undoing import UNDONE, take_back_customer
from scheduling.services.messages.reminders import cancel_reminders
from scheduling.services.messages.words import make_subject
from scheduling.services.photos import remove_photos_of
from scheduling.services.writing.releases import release
from scheduling.types import Actor

VISIT_GONE = mark("This visit is no longer here.")
VISIT_CHANGED = mark("Somebody changed this visit since.")
VISIT_TOLD = mark("The customer was told of this visit: cancel it, and they hear of that.")
VISIT_PAID = mark("There is money, a photo or a message with this visit.")
CUSTOMER_STAYS = mark("The visit is gone; its customer stays, for there is more about them by now.")


@write_transaction()
def undo_visit(import_id: int, *, now: datetime) -> bool:
    """Take back the last visit that is still there, and let its row say so; tell whether there may be more."""
    run = lock_run(Import.objects.filter(pk=import_id, state=ImportState.UNDOING))
    if run is None:
        return False
    row = run.rows.filter(outcome=RowOutcome.CREATED, undo="").order_by("-number").first()
    if row is None:
        kept = run.rows.exclude(undo__in=("", UNDONE)).count()
        run.state, run.undone_at = ImportState.UNDONE, now
        run.counts = {**run.counts, "kept": kept, UNDONE: run.rows.filter(undo=UNDONE).count()}
        run.save()
        return False
    row.undo = _undo(row, by_id=run.undone_by_id or run.by_id, now=now) or UNDONE
    row.save(update_fields=["undo"])
    run.done_rows += 1
    run.save(update_fields=["done_rows"])
    return True


def _undo(row: ImportRow, *, by_id: int, now: datetime) -> str:
    """Remove a booking with all that it left, and whoever is known by nothing else; return why not, or nothing."""
    done: Mapping[str, Any] = row.done
    booking = Booking.objects.select_for_update(of=("self",)).filter(pk=done["booking"]).first()
    if booking is None:
        return VISIT_GONE
    if refusal := _find_refusal(booking):
        return refusal
    customer_id = booking.customer_id
    cancel_reminders(booking_id=booking.pk, now=now)
    release(booking, BookingStatus.CANCELLED, by=Actor(kind=ActorKind.STAFF, user_id=by_id), now=now)
    remove_photos_of(booking_ids=[booking.pk], now=now)
    booking_id = int(booking.pk)
    booking.consents.all().take_back()
    booking.delete()
    # Nothing shows that it was ever here, as with the customers of an import.
    Booking.history.filter(id=booking_id).delete()
    forget_subject(make_subject(booking_id))
    if not (done["is_customer_new"] or done["asset"]):
        return ""
    kept = {"mark": done["customer_mark"], "before": None, "asset": done["asset"]}
    stays = take_back_customer(customer_id or 0, kept, is_made=bool(done["is_customer_new"]), by_id=by_id, now=now)
    return CUSTOMER_STAYS if stays else ""


def _find_refusal(booking: Booking) -> str:
    """Return why a booking is not removed: it is not as it was, or others know of it."""
    is_withdrawn = booking.consents.exclude(withdrawn_at=None).exists()
    if is_withdrawn or Booking.history.filter(id=booking.pk).count() > 1:
        return VISIT_CHANGED
    if list_messages(about=make_subject(booking.pk)):
        return VISIT_TOLD
    beside = (booking.photos, booking.notes, booking.conversation, booking.data_requests)
    has_more = any(rows.exists() for rows in beside)
    has_money = any(rows for found in find_own_data([booking.pk]).values() for rows in found.values())
    return VISIT_PAID if has_more or has_money else ""
