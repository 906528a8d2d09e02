"""Erasing a customer: nothing of what the business keeps names the person any more; that there were visits, stays.

Called by `tenants.services.erasures.erasing.erase`, which also sees to it that nobody comes back out of an archive.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import datetime

from django.db.models import Q
from django.db.models.functions import Coalesce
from django.utils import translation
from django.utils.translation import gettext

from notifications.services.forgetting import erase_codes, erase_subjects
from scheduling.enums import BookingLevel, CustomerEvent, ReminderStatus, WaitlistStatus
from scheduling.models import (
    Asset,
    AssetDue,
    AssetMark,
    Booking,
    BookingSearch,
    Consent,
    Contact,
    ConversationLine,
    Customer,
    CustomerMerge,
    CustomerSearch,
    DataRequest,
    Feedback,
    ImportRow,
    Reminder,
    VisitNote,
    VisitsLink,
    WaitlistEntry,
)
from scheduling.services.messages.reminders import cancel_reminders
from scheduling.services.messages.waitlist import SUBJECT_KIND as WAITLIST_KIND
from scheduling.services.messages.words import SUBJECT_KIND
from scheduling.services.photos import remove_photos_of, remove_photos_sent
from scheduling.services.visits.telling import SUBJECT_KIND as LINK_KIND
from scheduling.services.writing.customers import tell_customer
from tenants.context import current_tenant
from tenants.hooks import register_erasable, register_eraser
from tenants.services.erasures.columns import erase_columns
from tenants.types import ErasedRows

KIND = "scheduling.Customer"
"""What a customer is called in `erase`."""


def register() -> None:
    """Let customers be erased."""
    register_erasable(KIND, list_customers)
    register_eraser(KIND, "customers", 10, erase_customers)


def list_customers(row_ids: Collection[int] | None) -> Iterable[tuple[int, datetime]]:
    """Return the number of each customer, and when it was made; of those asked for, with all records of that person.

    A record that was merged into another one is its person's as well: in an archive of before it stands alone.
    """
    rows = Customer.with_merged.all()
    if row_ids is not None:
        rows = rows.filter(pk__in=_list_merged(row_ids))
    return list(rows.order_by("pk").values_list("pk", "created_at"))


def _list_merged(row_ids: Collection[int]) -> set[int]:
    found, last = set(row_ids), set(row_ids)
    while last:
        into = Customer.with_merged.filter(merged_into_id__in=last).values_list("pk", flat=True)
        onto = Customer.with_merged.filter(pk__in=last, merged_into__isnull=False)
        last = {*into, *onto.values_list("merged_into_id", flat=True)} - found
        found |= last
    return found


def lock_persons(customer_ids: Collection[int]) -> None:
    """Hold back whoever books for these customers or changes their visits, until the caller's transaction ends.

    Who waits, then visits, then the records: the order in which an offer is accepted and records are merged.
    """
    waiting = WaitlistEntry.objects.filter(customer_id__in=customer_ids)
    theirs = Booking.with_tests.filter(Q(customer_id__in=customer_ids) | Q(payer_id__in=customer_ids))
    for rows in (waiting, theirs, Customer.with_merged.filter(pk__in=customer_ids)):
        list(rows.select_for_update().order_by("pk").values_list("pk"))


def erase_customers(rows: ErasedRows) -> None:
    """Take whoever these customers were out of every table of this room, history and messages included.

    Bookings that are to come stay: the place is taken, and staff sees by whom no more.
    """
    ids = rows.row_ids
    lock_persons(ids)
    # What somebody else was given since then is that person's; what they had before is the history's.
    theirs = Booking.with_tests.filter(customer_id__in=ids)
    bookings = list(theirs.order_by("pk").values_list("pk", flat=True))
    with translation.override(current_tenant().locale):
        nobody = gettext("Erased person")
    addresses = _list_addresses(ids, bookings)  # while it is known which they were
    erase_codes(addresses, also=[LINK_KIND])
    erase_columns(VisitsLink.objects.filter(contact__in=addresses))
    consents = Consent.objects.filter(customer_id__in=ids)
    erase_columns(consents)
    consents.erase_words()
    for customer in Customer.with_merged.filter(pk__in=ids, erased_at=None).order_by("pk"):
        tell_customer(customer, CustomerEvent.ERASED, now=rows.at)
    CustomerMerge.objects.filter(Q(kept_id__in=ids) | Q(gone_id__in=ids)).delete()
    erase_columns(
        Customer.with_merged.filter(pk__in=ids),
        stand_ins={"name": nobody},
        booking_level=BookingLevel.NORMAL,
        erased_at=Coalesce("erased_at", rows.at),
    )
    erase_columns(Customer.history.filter(id__in=ids), stand_ins={"name": nobody})
    erase_columns(Contact.objects.filter(customer_id__in=ids))
    erase_columns(CustomerSearch.objects.filter(customer_id__in=ids))
    erase_columns(ImportRow.objects.filter(customer_id__in=ids))
    erase_columns(AssetDue.objects.filter(asset__owner_id__in=ids))
    erase_columns(AssetMark.objects.filter(owner_id__in=ids))
    erase_columns(Asset.objects.filter(owner_id__in=ids))
    _end_waiting(ids, now=rows.at)
    erase_columns(WaitlistEntry.objects.filter(customer_id__in=ids))
    erase_columns(
        Booking.with_tests.filter(pk__in=bookings), stand_ins={"customer_name": nobody}, wants_reminders=False
    )
    erase_columns(
        Booking.history.filter(Q(id__in=bookings) | Q(customer_id__in=ids)), stand_ins={"customer_name": nobody}
    )
    erase_columns(BookingSearch.objects.filter(booking_id__in=bookings))
    erase_columns(Feedback.objects.filter(booking_id__in=bookings), may_publish=False, answered_at=None, hidden_at=None)
    erase_columns(ConversationLine.objects.filter(booking_id__in=bookings))
    erase_columns(VisitNote.objects.filter(booking_id__in=bookings))
    requests = DataRequest.objects.filter(booking_id__in=bookings)
    erase_columns(requests)
    requests.filter(done_at=None).update(done_at=rows.at)  # what was asked for is done
    remove_photos_of(booking_ids=bookings, now=rows.at)
    planned = Reminder.objects.filter(booking_id__in=bookings, status=ReminderStatus.PLANNED)
    for booking_id in planned.order_by("booking_id").values_list("booking_id", flat=True).distinct():
        cancel_reminders(booking_id=booking_id, now=rows.at)
    erase_subjects(SUBJECT_KIND, bookings)


def _end_waiting(customer_ids: Collection[int], *, now: datetime) -> None:
    """Take people off the waitlist; a time that was kept for them is free when its offer would have ended."""
    theirs = WaitlistEntry.objects.filter(customer_id__in=customer_ids)
    runs = theirs.filter(details__photo_run__gt="").values_list("details__photo_run", flat=True)
    remove_photos_sent(runs=list(runs), now=now)
    theirs.filter(ended_at=None).update(status=WaitlistStatus.CANCELLED, offer_expires_at=None, ended_at=now)
    erase_subjects(WAITLIST_KIND, list(theirs.order_by("pk").values_list("pk", flat=True)))


def _list_addresses(customer_ids: Collection[int], booking_ids: Collection[int]) -> frozenset[str]:
    """Return the e-mail addresses and numbers by which these customers could ever be reached."""
    found = set(Contact.objects.filter(customer_id__in=customer_ids).values_list("value", flat=True))
    theirs = Q(id__in=booking_ids) | Q(customer_id__in=customer_ids)
    for rows in (Booking.with_tests.filter(pk__in=booking_ids), Booking.history.filter(theirs)):
        for pair in rows.values_list("customer_email", "customer_phone"):
            found.update(pair)
    return frozenset(found - {""})
