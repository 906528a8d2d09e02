"""Reminders: planned when a booking is confirmed, moved with it, dropped with it.

Each is a row, and due work of the kind ``reminder``: nothing has to be scheduled anywhere else,
and an outage only makes them late. By night nobody is reminded.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import transaction

from notifications.types.messages import Thread
from scheduling.enums import BookingStatus, ReminderStatus
from scheduling.models import Booking, Reminder
from scheduling.selectors.bookings.views import get_booking
from scheduling.services.messages.customer import tell_customer
from scheduling.services.messages.standing import CUSTOMER, describe_state
from scheduling.services.messages.working_time import find_reminding, find_sending
from scheduling.types import AgreedPolicy
from tenants.context import current_tenant
from tenants.enums import Ability, Urgency
from tenants.errors import RetryLater
from tenants.hooks import register_due_handler
from tenants.policies import may_business
from tenants.services.due_work import add_due_work, remove_due_work

DUE_KIND = "reminder"
SHORTEST_WAIT = timedelta(minutes=5)
"""A reminder that would follow the confirmation sooner than this is left out."""
GRACE = timedelta(hours=1)
"""So late a reminder may be that cannot wait for the morning; one that an outage made later is left out."""


@transaction.atomic
def plan_reminders(*, booking_id: int, now: datetime, is_catching_up: bool = False) -> None:
    """Make the reminders of a confirmed booking agree with its start; safe to run twice.

    The offsets are those agreed with the booking. One that is too late is kept as skipped, one
    that was sent for this very start stays sent. ``is_catching_up``: one that was dropped when it came due, because
    the booking stood wrongly then, is sent at once while the visit is still ahead.
    """
    booking = Booking.objects.select_for_update(of=("self",)).select_related("service", "location").get(pk=booking_id)
    if booking.status != BookingStatus.CONFIRMED or not booking.wants_reminders:
        cancel_reminders(booking_id=booking_id, now=now)
        return
    known = {reminder.offset_minutes: reminder for reminder in booking.reminders.all()}
    offsets = _list_offsets(booking)
    for offset in offsets:
        due_at = _find_due(booking, offset)
        reminder = known.get(offset)
        if reminder is None:
            reminder = Reminder(booking=booking, offset_minutes=offset)
        elif reminder.due_at == due_at and reminder.status != ReminderStatus.CANCELLED:
            continue
        is_missed = is_catching_up and reminder.status == ReminderStatus.CANCELLED and booking.starts_at > now
        is_in_time = due_at >= now + SHORTEST_WAIT or is_missed
        reminder.due_at = due_at
        reminder.status = ReminderStatus.PLANNED if is_in_time else ReminderStatus.SKIPPED
        reminder.done_at = None if is_in_time else now
        reminder.save()
        if is_in_time:
            add_due_work(kind=DUE_KIND, row_id=reminder.pk, due_at=max(due_at, now), now=now)
        else:
            remove_due_work(kind=DUE_KIND, row_id=reminder.pk)
    for offset, reminder in known.items():
        if offset not in offsets:
            _end(reminder, ReminderStatus.CANCELLED, now)


@transaction.atomic
def cancel_reminders(*, booking_id: int, now: datetime) -> None:
    """Drop what is still planned for a booking."""
    planned = Reminder.objects.select_for_update().filter(booking_id=booking_id, status=ReminderStatus.PLANNED)
    for reminder in planned.order_by("pk"):
        _end(reminder, ReminderStatus.CANCELLED, now)


@transaction.atomic
def send_reminder(reminder_id: int, now: datetime) -> None:
    """Queue the message of a reminder, if it is due and its booking still stands (handler of due work).

    Raises:
        RetryLater: It has been moved to a later time, or it is night.
    """
    booking_id = Reminder.objects.filter(pk=reminder_id).values_list("booking_id", flat=True).first()
    if booking_id is None:
        return
    # The booking first, as everyone locks: nobody moves or cancels it meanwhile.
    booking = Booking.objects.select_for_update(of=("self",)).select_related("location").get(pk=booking_id)
    reminder = Reminder.objects.select_for_update().get(pk=reminder_id)
    if reminder.status != ReminderStatus.PLANNED:
        return
    if reminder.due_at > now:
        raise RetryLater(at=reminder.due_at)
    if reminder.due_at not in {_find_due(booking, reminder.offset_minutes), _find_wanted(booking, reminder)}:
        plan_reminders(booking_id=booking_id, now=now)  # it was moved, or the hours were: the law's, or the zone's
        return
    sent_at = _find_sending(booking, reminder, now)
    if booking.status != BookingStatus.CONFIRMED or not booking.wants_reminders or booking.is_sample:
        _end(reminder, ReminderStatus.CANCELLED, now)
    elif (
        booking.starts_at <= sent_at
        or _has_newer_one(reminder, now)
        or not may_business(Ability.REMIND)
        or current_tenant().is_kept_back(reminder.due_at)
    ):
        _end(reminder, ReminderStatus.SKIPPED, now)
    elif sent_at > now:
        raise RetryLater(at=sent_at)
    else:
        _tell(reminder, now)
        _end(reminder, ReminderStatus.SENT, now)


def register() -> None:
    """Do due work of the kind that `plan_reminders` leaves."""
    register_due_handler(DUE_KIND, send_reminder)


def _list_offsets(booking: Booking) -> tuple[int, ...]:
    agreed = AgreedPolicy.read(booking.policy).reminder_offsets_minutes
    offsets = booking.service.reminder_offsets_minutes if agreed is None else agreed
    return tuple(sorted({int(offset) for offset in offsets if int(offset) > 0}, reverse=True))


def _has_newer_one(reminder: Reminder, now: datetime) -> bool:
    """Tell whether a later reminder of the same booking is due as well: after an outage, or a night, one is enough."""
    return Reminder.objects.filter(
        booking_id=reminder.booking_id,
        status=ReminderStatus.PLANNED,
        offset_minutes__lt=reminder.offset_minutes,
        due_at__lte=now,
    ).exists()


def _find_sending(booking: Booking, reminder: Reminder, now: datetime) -> datetime:
    """Return when it is sent that is due now: by day, or at once where it is a little late and cannot wait for it."""
    sent_at = find_sending(now, timezone=booking.location.timezone)
    return now if booking.starts_at <= sent_at and now <= reminder.due_at + GRACE else sent_at


def _find_due(booking: Booking, offset_minutes: int) -> datetime:
    offset = timedelta(minutes=offset_minutes)
    return find_reminding(starts_at=booking.starts_at, offset=offset, timezone=booking.location.timezone)


def _find_wanted(booking: Booking, reminder: Reminder) -> datetime:
    """Return when it would be due by day: so were those planned that are older than the night's rest."""
    return booking.starts_at - timedelta(minutes=reminder.offset_minutes)


def _tell(reminder: Reminder, now: datetime) -> None:
    booking = get_booking(booking_id=reminder.booking_id)
    tell_customer(
        booking,
        template="booking_reminder",
        thread=Thread(role=CUSTOMER, state=describe_state(booking)),
        key=f"reminder:{reminder.pk}:{booking.starts_at:%Y%m%dT%H%M%SZ}",
        now=now,
        expires_at=booking.starts_at,
        limit="messages_reminders",
        urgency=Urgency.LATER,
    )


def _end(reminder: Reminder, status: ReminderStatus, now: datetime) -> None:
    reminder.status, reminder.done_at = status, now
    reminder.save(update_fields=["status", "done_at"])
    if status == ReminderStatus.CANCELLED:
        remove_due_work(kind=DUE_KIND, row_id=reminder.pk)
