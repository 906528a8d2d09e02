"""What can go wrong on the waitlist."""

from __future__ import annotations

from kernel.errors import Conflict, LimitReached, NotFound
from kernel.text import mark


class WaitlistEntryNotFound(NotFound):
    """There is no such entry of the waitlist, or the link is another's."""

    code = "waitlist_entry_not_found"
    text = mark("This link does not lead to the waitlist any more.")


class OfferOver(Conflict):
    """An offer of the waitlist was answered after its end, or is somebody else's by now; the entry stays."""

    code = "offer_over"
    text = mark("This offer has ended, and the time went to the next person.")


class EntryEnded(Conflict):
    """The entry is not on the waitlist any more."""

    code = "entry_ended"
    text = mark("You are not on the waitlist any more.")


class TooManyEntries(LimitReached):
    """One contact waits for many things already; told only to whoever has the code that went there."""

    code = "too_many_entries"
    text = mark("You are already on the waitlist several times. Leave one of them, or call the business.")
