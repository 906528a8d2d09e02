"""Test bookings: staff goes the customer's way, nothing is taken, and nobody else hears of it."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from django.db import transaction

from accounts.selectors.staff import get_member
from database.transactions import write_transaction
from notifications.services.forgetting import forget_subject
from scheduling.enums import BookingSource, ContactKind
from scheduling.errors import BookingNotFound
from scheduling.models import Booking
from scheduling.services.bookings.submissions import book_slot
from scheduling.services.messages.words import make_subject
from scheduling.services.photos import remove_photos_of
from scheduling.services.writing.releases import HOLD_DUE_KIND
from scheduling.types import CUSTOMER, SlotRequest, SubmittedBooking, VisitDetails
from tenants.enums import Ability
from tenants.policies import check_business_may
from tenants.services.due_work import remove_due_work
from tenants.services.publishing import note_test


def book_test(*, request: SlotRequest, details: VisitDetails, tester_id: int, now: datetime) -> SubmittedBooking:
    """Book as a customer would, for somebody of the staff: messages go to their own e-mail, whatever was typed.

    Raises:
        StatusForbids: The business takes no bookings now.
        PersonUnknown: Nobody of the staff has this id.
        As `book_slot`.
    """
    tester = get_member(tester_id)
    own = replace(details.customer, phone=None, email=tester.email, locale=details.customer.locale or tester.locale)
    kept = replace(
        details, customer=own, proven_contact=ContactKind.EMAIL, wants_reminders=False, consents=details.consents
    )
    with transaction.atomic():
        booked = book_slot(request=request, details=kept, now=now, source=BookingSource.PAGE, by=CUSTOMER, is_test=True)
        note_test(now=now)
    return booked


@write_transaction()
def delete_test(*, booking_id: int, now: datetime) -> None:
    """Delete a test with everything that it left: history, events, messages, photos, what is due.

    Raises:
        StatusForbids: The state of the business lets nobody change anything.
        BookingNotFound: There is no such test; a booking is never deleted this way.
    """
    check_business_may(Ability.WRITE, is_staff=True)
    booking = Booking.with_tests.select_for_update().filter(pk=booking_id, is_test=True).first()
    if booking is None:
        raise BookingNotFound
    remove_due_work(kind=HOLD_DUE_KIND, row_id=booking_id)
    forget_subject(make_subject(booking_id))
    remove_photos_of(booking_ids=[booking_id], now=now)
    booking.delete()
    Booking.history.filter(id=booking_id).delete()  # that it was deleted, too
