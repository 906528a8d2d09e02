"""The conversation about a booking: a customer writes with the link, staff answers in the booking."""

from __future__ import annotations

from datetime import datetime, timedelta

from database.transactions import write_transaction
from notifications.services.outbox import publish
from scheduling.enums import ActorKind
from scheduling.errors import TooManyLines
from scheduling.models import Booking, ConversationLine
from scheduling.policies import check_step
from scheduling.services.aftercare.feedback import read_words
from scheduling.services.writing.lookups import lock_booking
from scheduling.types import CUSTOMER, Actor
from scheduling.types.aftercare.views import LONGEST_LINE
from tenants.enums import Ability
from tenants.policies import check_business_may

CUSTOMER_WROTE, STAFF_WROTE = "conversation.customer_wrote", "conversation.staff_wrote"
MOST_A_DAY = 20
"""Lines of one customer about one booking."""
DAY = timedelta(days=1)
SAME_WITHIN = timedelta(minutes=5)
"""The same words again so soon are a second click, not a second message."""


@write_transaction()
def write_as_customer(*, token: str, text: str, now: datetime) -> bool:
    """Write to the business about a booking, and tell whether it is new.

    Raises:
        StatusForbids: In this state of the business nobody could answer.
        TokenUnknown, LinkEnded: There is no such booking, or its visit is long over.
        RequestInvalid: The text is empty, too long or unreadable.
        TooManyLines: The customer wrote very often today.
    """
    check_step(CUSTOMER, Ability.STEP)
    booking = lock_booking(now=now, token=token)
    words = read_words(text, field="text", longest=LONGEST_LINE)
    own = ConversationLine.objects.filter(booking=booking, author=ActorKind.CUSTOMER)
    if _is_said(booking, author=ActorKind.CUSTOMER, words=words, now=now):
        return False
    if own.filter(written_at__gt=now - DAY).count() >= MOST_A_DAY:
        raise TooManyLines(wait_seconds=int(DAY.total_seconds()))
    line = ConversationLine.objects.create(booking=booking, author=ActorKind.CUSTOMER, text=words, written_at=now)
    _publish(booking, kind=CUSTOMER_WROTE, line=line, now=now)
    return True


@write_transaction()
def write_as_staff(*, booking_id: int, text: str, seen_line_id: int, now: datetime, by: Actor) -> bool:
    """Write to the customer of a booking, and tell whether it is new; what the customer wrote waits no longer.

    ``seen_line_id`` is the last line that the writer saw: what came after it was not answered, and waits on.

    Raises:
        StatusForbids: Staff takes no steps in this state of the business.
        BookingNotFound: There is none.
        RequestInvalid: The text is empty, too long or unreadable.
    """
    check_business_may(Ability.STEP, is_staff=True)
    booking = lock_booking(now=now, booking_id=booking_id)
    words = read_words(text, field="text", longest=LONGEST_LINE)
    if _is_said(booking, author=ActorKind.STAFF, words=words, now=now):
        return False
    _settle(booking, seen_line_id, now)
    line = ConversationLine.objects.create(
        booking=booking, author=ActorKind.STAFF, user_id=by.user_id, text=words, written_at=now, settled_at=now
    )
    _publish(booking, kind=STAFF_WROTE, line=line, now=now)
    return True


@write_transaction()
def settle_conversation(*, booking_id: int, seen_line_id: int, now: datetime) -> bool:
    """Say that what a customer wrote up to a line needs no answer, and tell whether anything waited.

    Raises:
        StatusForbids, BookingNotFound: As `write_as_staff`.
    """
    check_business_may(Ability.STEP, is_staff=True)
    return _settle(lock_booking(now=now, booking_id=booking_id), seen_line_id, now) > 0


def _settle(booking: Booking, seen_line_id: int, now: datetime) -> int:
    waiting = ConversationLine.objects.filter(
        booking=booking, settled_at=None, written_at__lte=now, pk__lte=seen_line_id
    )
    return waiting.update(settled_at=now)


def _is_said(booking: Booking, *, author: ActorKind, words: str, now: datetime) -> bool:
    last = ConversationLine.objects.filter(booking=booking).order_by("-written_at", "-pk").first()
    return last is not None and last.author == author and last.text == words and last.written_at > now - SAME_WITHIN


def _publish(booking: Booking, *, kind: str, line: ConversationLine, now: datetime) -> None:
    payload = {
        "line_id": line.pk,
        "is_sample": booking.is_sample,
        "is_test": booking.is_test,
        "by_user_id": line.user_id,
    }
    publish(kind=kind, subject_id=booking.pk, payload=payload, now=now)
