"""Expected failures while a visit goes on."""

from __future__ import annotations

from kernel.errors import Conflict, Forbidden, Invalid
from kernel.text import mark


class PauseUnknown(Invalid):
    """The trade has no such pause."""

    code = "pause_unknown"
    text = mark("Visits of this kind of business are not paused like that.")


class TooManyNotes(Conflict):
    """A visit has as many notes as anybody reads."""

    code = "too_many_notes"
    text = mark("A visit has at most %(most)s notes. Remove one to write another.")

    def __init__(self, *, most: int) -> None:
        super().__init__(most=most)


class NoteOfAnother(Forbidden):
    """Only who manages bookings removes what somebody else wrote or took."""

    code = "note_of_another"
    text = mark("Somebody else added this. Whoever manages the bookings can remove it.")


class VisitWithoutPhotos(Invalid):
    """The trade takes no photos of what visits are about."""

    code = "visit_without_photos"
    text = mark("This kind of business takes no photos of visits.")
