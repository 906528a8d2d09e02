"""Asking how a visit was, when the trade or the business says: due work of the kind ``feedback_request``.

Nobody is asked more than once in `PAUSE`, however often they come. It is planned when a visit is completed, and looked
at again when it is due: who was marked by mistake is asked nothing, and whoever is completed twice is asked once,
because the message has one key.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from notifications.hooks import register_event_handler
from notifications.selectors.messages import is_told_since
from notifications.types.messages import TALK, EventView, Thread
from scheduling.enums import BookingStatus
from scheduling.errors import BookingNotFound
from scheduling.models import Booking
from scheduling.policies import LINK_LIFE
from scheduling.selectors.aftercare.feedback import is_rated
from scheduling.selectors.bookings.views import get_booking
from scheduling.services.aftercare.times import find_asking_instant
from scheduling.services.messages.customer import tell_customer
from scheduling.services.messages.words import SUBJECT_KIND
from scheduling.services.messages.working_time import find_sending
from scheduling.types import BookingView
from tenants.context import current_tenant
from tenants.enums import Ability, Urgency
from tenants.errors import RetryLater
from tenants.hooks import register_due_handler, register_exported_work
from tenants.policies import may_business
from tenants.services.due_work import add_due_work
from verticals.contract import FeedbackAsk, VerticalUnknown
from verticals.registry import get_vertical

DUE_KIND = TEMPLATE = "feedback_request"
COMPLETED = "booking.completed"
LATEST = timedelta(days=3)
"""So long after its time a question is still asked; later nobody remembers, and an outage was ours."""
PAUSE = timedelta(days=30)
"""How long nobody asks a customer again."""


def find_ask() -> FeedbackAsk:
    """Return when customers of the current business are asked: as it chose, else as its trade does."""
    tenant = current_tenant()
    if tenant.profile.feedback in set(FeedbackAsk):
        return FeedbackAsk(tenant.profile.feedback)
    try:
        return get_vertical(tenant.vertical).feedback
    except VerticalUnknown:
        return FeedbackAsk.OFF


def plan_question(event: EventView) -> None:
    """Plan to ask about a visit that was completed (handler of events); safe to run twice."""
    if event.kind != COMPLETED:
        return
    try:
        booking = get_booking(booking_id=event.subject_id)
    except BookingNotFound:
        return  # removed since
    due_at = find_asking_instant(completed_at=event.occurred_at, ask=find_ask(), timezone=booking.timezone)
    if due_at is not None and _may_be_asked(booking):
        add_due_work(kind=DUE_KIND, row_id=booking.id, due_at=due_at, now=event.occurred_at, urgency=Urgency.LAST)


def ask_customer(booking_id: int, now: datetime) -> None:
    """Ask how a visit was (handler of due work); safe to run twice.

    Raises:
        RetryLater: It was completed anew since, the business asks later by now, or it is night.
    """
    try:
        booking = get_booking(booking_id=booking_id)
    except BookingNotFound:
        return
    completed_at = Booking.objects.filter(pk=booking.id).values_list("completed_at", flat=True).first()
    if completed_at is None or not _may_be_asked(booking) or is_rated(booking_id=booking.id):
        return
    due_at = find_asking_instant(completed_at=completed_at, ask=find_ask(), timezone=booking.timezone)
    if due_at is None:
        return  # the business asks nobody any more
    if due_at > now:
        raise RetryLater(at=due_at)
    is_too_late = now > due_at + LATEST or now >= booking.ends_at + LINK_LIFE
    if is_too_late or not may_business(Ability.REMIND) or current_tenant().is_kept_back(due_at):
        return
    if _is_asked_lately(booking, now):
        return
    sent_at = find_sending(now, timezone=booking.timezone)
    if sent_at > now:
        raise RetryLater(at=sent_at)
    tell_customer(
        booking,
        template=TEMPLATE,
        key=f"feedback:{booking.id}",
        now=now,
        limit="messages_reminders",
        thread=Thread(role=TALK, state={}),
        expires_at=due_at + LATEST,
        urgency=Urgency.LAST,
    )


def register() -> None:
    """Listen to visits that are completed, and do due work of the kind that they leave."""
    register_event_handler(COMPLETED, plan_question, is_urgent=False)
    register_due_handler(DUE_KIND, ask_customer)
    register_exported_work([DUE_KIND])


def _is_asked_lately(booking: BookingView, now: datetime) -> bool:
    """Tell whether the customer was asked about this visit or another one within `PAUSE`."""
    asked = [booking.id]
    if booking.customer_id is not None:
        theirs = Booking.objects.filter(customer_id=booking.customer_id, ends_at__gt=now - PAUSE - LINK_LIFE)
        asked += theirs.values_list("pk", flat=True)
    return is_told_since(template=TEMPLATE, subject_kind=SUBJECT_KIND, subject_ids=asked, since=now - PAUSE)


def _may_be_asked(booking: BookingView) -> bool:
    """Tell whether the visit took place, and its customer wants messages that nobody owes them."""
    is_real = not (booking.is_sample or booking.is_test)
    return is_real and booking.status == BookingStatus.COMPLETED and booking.wants_reminders
