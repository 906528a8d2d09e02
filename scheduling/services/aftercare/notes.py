"""What the team writes down about a visit, for itself alone; the person gets it with all that is kept of them."""

from __future__ import annotations

from datetime import datetime, timedelta

from database.transactions import write_transaction
from scheduling.errors.visits import NoteOfAnother, TooManyNotes
from scheduling.models import VisitNote
from scheduling.policies import check_step, refuse_step
from scheduling.services.aftercare.feedback import read_words
from scheduling.services.aftercare.work_photos import UNBOOKED
from scheduling.services.writing.inputs import NOTE_LENGTH
from scheduling.services.writing.lookups import lock_booking
from scheduling.types import Actor

MOST_NOTES = 50
"""Of one visit."""
SAME_WITHIN = timedelta(minutes=5)
"""The same words again so soon are a second tap, not a second note."""


@write_transaction()
def write_note(*, booking_id: int, text: str, now: datetime, by: Actor, is_pinned: bool = False) -> bool:
    """Write something down about a visit, and tell whether it is new; the same words soon again change nothing.

    The caller has seen that the visit is theirs, or that they manage bookings. ``is_pinned``: it is read first.

    Raises:
        StatusForbids: Staff takes no steps in this state of the business.
        BookingNotFound: There is none.
        TransitionRefused: Nobody has booked it yet.
        RequestInvalid: The text is empty, too long or unreadable (``text``).
        TooManyNotes: There are fifty.
    """
    check_step(by)
    words = read_words(text, field="text", longest=NOTE_LENGTH)
    booking = lock_booking(now=now, booking_id=booking_id)
    if booking.status in UNBOOKED:
        raise refuse_step(booking)
    last = booking.notes.last()
    if last is not None and last.written_at > now - SAME_WITHIN and (last.text, last.user_id) == (words, by.user_id):
        return False
    if booking.notes.count() >= MOST_NOTES:
        raise TooManyNotes(most=MOST_NOTES)
    VisitNote.objects.create(booking=booking, user_id=by.user_id, text=words, is_pinned=is_pinned, written_at=now)
    return True


@write_transaction()
def pin_note(*, booking_id: int, note_id: int, is_pinned: bool, now: datetime, by: Actor) -> None:
    """Let a note be read first, or in its turn; again, or where it is gone, it changes nothing.

    Raises:
        StatusForbids, BookingNotFound: As `write_note`.
    """
    check_step(by)
    lock_booking(now=now, booking_id=booking_id).notes.filter(pk=note_id).update(is_pinned=is_pinned)


@write_transaction()
def remove_note(*, booking_id: int, note_id: int, is_anyones: bool, now: datetime, by: Actor) -> None:
    """Remove a note; again changes nothing.

    Raises:
        StatusForbids, BookingNotFound: As `write_note`.
        NoteOfAnother: Somebody else wrote it, and not ``is_anyones`` may be removed.
    """
    check_step(by)
    note = lock_booking(now=now, booking_id=booking_id).notes.filter(pk=note_id).first()
    if note is None:
        return
    if not is_anyones and note.user_id != by.user_id:
        raise NoteOfAnother
    note.delete()
