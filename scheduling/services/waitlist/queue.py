"""What joining, offering and answering share: an entry's links, its log, its end, and waking the queue."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from datetime import datetime
from typing import Any

from kernel.ids import hash_token
from scheduling.enums import WaitlistStatus, WaitlistStep
from scheduling.errors import HoldUnknown, HoldUsed
from scheduling.models import Booking, WaitlistEntry
from scheduling.selectors.waitlist.entries import has_waiting
from scheduling.services.bookings.holds import release_hold
from scheduling.services.messages.manage_tokens import derive_token, find_current_token
from scheduling.types import SYSTEM, Actor, CustomerDetails, LogLine, VisitDetails
from tenants.enums import Urgency
from tenants.services.due_work import add_due_work, remove_due_work
from tenants.types import RestoredTenant

MATCH_KIND, LAPSE_KIND = "waitlist_match", "waitlist_lapse"
QUEUE_ROW = 1
"""A business has one queue; the due work that goes through it needs a number."""


def make_link_token(entry: WaitlistEntry) -> str:
    """Return the token of the entry's own link: who waits sees it there, and leaves."""
    return find_current_token(f"waitlist:{entry.uid}", 0, entry.token_hash)


def make_offer_token(entry: WaitlistEntry) -> str:
    """Return the token of the last offer's link. Its message alone names it, so whoever has it reads that contact."""
    return find_current_token(f"waitlist-offer:{entry.uid}", entry.offer_number, entry.offer_token_hash)


def make_hold_token(entry: WaitlistEntry) -> str:
    """Return the token of the hold that keeps the offered time; nobody outside sees it."""
    kept = entry.offered_booking.hold_token_hash if entry.offered_booking else ""
    return find_current_token(f"waitlist-hold:{entry.uid}", entry.offer_number, kept)


def give_back(entry: WaitlistEntry, *, now: datetime) -> None:
    """Free the time that is kept for an entry; nothing where the hold has come to its end in another way."""
    if entry.offered_booking_id is None:
        return
    with suppress(HoldUnknown, HoldUsed):
        release_hold(hold_id=entry.offered_booking_id, token=make_hold_token(entry), now=now)


def number_offer(entry: WaitlistEntry) -> str:
    """Give an entry the links of its next offer; returns the token of the hold."""
    entry.offer_number += 1
    entry.offer_token_hash = hash_token(derive_token(f"waitlist-offer:{entry.uid}", entry.offer_number))
    if not entry.token_hash:  # it came with an import, which brings no links along
        entry.token_hash = hash_token(derive_token(f"waitlist:{entry.uid}", 0))
    return derive_token(f"waitlist-hold:{entry.uid}", entry.offer_number)


def note(
    entry: WaitlistEntry, step: WaitlistStep, *, now: datetime, by: Actor = SYSTEM, starts_at: datetime | None = None
) -> None:
    """Write a line into an entry's log; the caller saves it."""
    entry.log = [*entry.log, LogLine.make(step, by=by, at=now, starts_at=starts_at).to_json()]


def take_offer_back(entry: WaitlistEntry) -> None:
    """Let an entry wait again; its hold is the caller's affair, who saves the entry."""
    entry.status = WaitlistStatus.WAITING
    entry.offered_booking = None
    entry.offer_expires_at = None
    remove_due_work(kind=LAPSE_KIND, row_id=entry.pk)


def end_entry(entry: WaitlistEntry, status: WaitlistStatus, *, now: datetime) -> None:
    """Take an entry off the list for good and save it."""
    entry.status, entry.ended_at, entry.offer_expires_at = status, now, None
    if status != WaitlistStatus.BOOKED:
        entry.offered_booking = None
        entry.join_key = ""  # who left and comes back to the form joins again
    remove_due_work(kind=LAPSE_KIND, row_id=entry.pk)
    entry.save()


def wake_queue(*, now: datetime) -> None:
    """Let a worker go through the queue soon; nothing where nobody waits."""
    if has_waiting():
        add_due_work(kind=MATCH_KIND, row_id=QUEUE_ROW, due_at=now, now=now, urgency=Urgency.SOON)


def derive_holds_anew(restored: RestoredTenant) -> tuple[str, ...]:
    """Let the offers of a business that was made of an archive be answered; one without its link is taken back."""
    offered = WaitlistEntry.objects.filter(status=WaitlistStatus.OFFERED).select_related("offered_booking")
    for entry in offered.order_by("pk"):
        if entry.offer_token_hash:
            token = derive_token(f"waitlist-hold:{entry.uid}", entry.offer_number)
            Booking.objects.filter(pk=entry.offered_booking_id or 0).update(hold_token_hash=hash_token(token))
            continue
        note(entry, WaitlistStep.WITHDRAWN, now=restored.at)
        take_offer_back(entry)
        entry.save()
    return ()


def keep_details(details: VisitDetails, customer: CustomerDetails, *, asset_label: str) -> dict[str, object]:
    """Return what was typed as an entry keeps it, with the contact as it was cleaned."""
    return {
        "customer": {
            "name": customer.name,
            "phone": customer.phone,
            "email": customer.email,
            "locale": customer.locale,
        },
        "asset": dict(details.asset),
        "asset_label": asset_label,
        "answers": {key: list(each) if isinstance(each, tuple) else each for key, each in details.answers.items()},
        "arrival_mode": details.arrival_mode,
        "note": details.note,
        "consents": list(details.consents),
        "wants_reminders": details.wants_reminders,
        "photo_run": details.photo_run,
    }


def read_details(kept: Mapping[str, Any], *, proven_contact: str, is_sole: bool = False) -> VisitDetails:
    """Return what was typed, as it is sent with a booking."""
    customer = kept.get("customer", {})
    return VisitDetails(
        customer=CustomerDetails(
            name=customer.get("name", ""),
            phone=customer.get("phone"),
            email=customer.get("email"),
            locale=customer.get("locale", ""),
        ),
        asset=kept.get("asset", {}),
        answers=kept.get("answers", {}),
        arrival_mode=kept.get("arrival_mode"),
        note=kept.get("note", ""),
        consents=tuple(kept.get("consents", ())),
        wants_reminders=kept.get("wants_reminders", True),
        proven_contact=proven_contact,
        photo_run=kept.get("photo_run", ""),
        is_sole=is_sole,
    )
