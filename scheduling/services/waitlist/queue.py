"""What joining, offering and answering share: an entry's links, its log, its end, and waking the queue."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from datetime import datetime, timedelta
from typing import Any

from database.transactions import write_transaction
from kernel.ids import hash_token
from scheduling.enums import WaitlistStatus, WaitlistStep
from scheduling.errors import HoldUnknown, HoldUsed
from scheduling.models import Booking, FormerLink, WaitlistEntry
from scheduling.selectors.waitlist.entries import has_waiting
from scheduling.services.bookings.holds import release_hold
from scheduling.services.messages.manage_tokens import derive_token, find_current_token
from scheduling.types import SYSTEM, Actor, CustomerDetails, LogLine, VisitDetails
from tenants.context import current_tenant
from tenants.enums import Urgency
from tenants.errors import RetryLater
from tenants.services.due_work import add_due_work, remove_due_work
from tenants.types import RestoredTenant

MATCH_KIND, LAPSE_KIND = "waitlist_match", "waitlist_lapse"
FORGET_KIND = "waitlist_forget"
KEPT = timedelta(days=90)
"""How long after its end an entry knows what whoever waited had typed: name, contacts, note, answers."""
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
    add_due_work(kind=FORGET_KIND, row_id=entry.pk, due_at=now + KEPT, now=now)
    entry.save()


@write_transaction()
def forget_details(entry_id: int, now: datetime) -> None:
    """Remove what was typed for an entry that has ended long ago (handler of due work); safe to run twice.

    That somebody waited, for what, and what became of it, stays.

    Raises:
        RetryLater: It has not ended so long ago.
    """
    entry = WaitlistEntry.objects.select_for_update().filter(pk=entry_id).first()
    if entry is None or entry.ended_at is None:
        return
    if entry.ended_at + KEPT > now:
        raise RetryLater(at=entry.ended_at + KEPT)
    entry.details, entry.note = {}, ""
    entry.save(update_fields=["details", "note"])


def wake_queue(*, now: datetime) -> None:
    """Let a worker go through the queue soon; nothing where nobody waits."""
    if has_waiting():
        add_due_work(kind=MATCH_KIND, row_id=QUEUE_ROW, due_at=now, now=now, urgency=Urgency.SOON)


def derive_links_anew(restored: RestoredTenant) -> tuple[str, ...]:
    """Let the offers of a business that was made of an archive be answered, by links that messages name from now on.

    Links of before are kept beside, as those of bookings are (`find_new_link`); an offer without its link is taken
    back.
    """
    for entry in WaitlistEntry.objects.filter(ended_at=None).order_by("pk"):
        _keep_links(entry)
        if entry.token_hash:
            entry.token_hash = hash_token(derive_token(f"waitlist:{entry.uid}", 0))
        if entry.offer_token_hash:
            entry.offer_token_hash = hash_token(derive_token(f"waitlist-offer:{entry.uid}", entry.offer_number))
            token = derive_token(f"waitlist-hold:{entry.uid}", entry.offer_number)
            Booking.objects.filter(pk=entry.offered_booking_id or 0).update(hold_token_hash=hash_token(token))
        elif entry.status == WaitlistStatus.OFFERED:
            note(entry, WaitlistStep.WITHDRAWN, now=restored.at)
            take_offer_back(entry)
        entry.save()
    return ()


def find_new_link(token: str) -> str | None:
    """Return the new token of the entry or offer that an earlier link led to; None: it led to none, or is over.

    Costs a business that was never restored nothing, others one query.
    """
    if not current_tenant().former_schemas:
        return None
    kept = FormerLink.objects.select_related("entry__offered_booking").filter(token_hash=hash_token(token)).first()
    entry = None if kept is None else kept.entry
    if kept is None or entry is None or entry.ended_at is not None:
        return None
    if kept.token_version == 0:
        return make_link_token(entry)
    return make_offer_token(entry) if kept.token_version == entry.offer_number else None


def _keep_links(entry: WaitlistEntry) -> None:
    links = [
        FormerLink(entry=entry, token_hash=token_hash, token_version=number)
        for number, token_hash in ((0, entry.token_hash), (entry.offer_number, entry.offer_token_hash))
        if token_hash
    ]
    FormerLink.objects.bulk_create(links, ignore_conflicts=True)


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
