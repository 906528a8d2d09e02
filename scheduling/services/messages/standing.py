"""How a booking stands for those who are told of it, and which message says so.

What they were told last is kept with the message that told it. Compared with how the booking
stands when the next message leaves, it shows whether there is news: a booking that was moved
there and back, or cancelled and restored, has none.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta

from kernel.iso import parse_instant
from kernel.undoing import TELLING_WAIT
from notifications.types import messages
from notifications.types.messages import Thread
from scheduling.enums import ActorKind, BookingStatus
from scheduling.types import BookingView

CUSTOMER, BUSINESS, WORKER = messages.CUSTOMER, "business", "worker"
"""Whom a message tells: who comes, who runs the business, who does the work."""
CONFIRMED = frozenset({BookingStatus.CONFIRMED, BookingStatus.ARRIVED, BookingStatus.IN_PROGRESS})
STATUSES = {
    BookingStatus.PENDING_PAYMENT: "unpaid",
    BookingStatus.PENDING_APPROVAL: "requested",
    **dict.fromkeys(CONFIRMED, "confirmed"),
    BookingStatus.CANCELLED: "cancelled",
    BookingStatus.DECLINED: "declined",
    BookingStatus.EXPIRED: "expired",
}
"""What a status amounts to; of others nobody is told."""
ENDINGS: Mapping[str, str] = {
    BookingStatus.PENDING_APPROVAL: "request_expired",
    BookingStatus.PENDING_PAYMENT: "payment_expired",
}
"""What a customer is told when a time is no longer kept, by what it was kept for; a hold is nobody's yet."""
STANDING = frozenset({"unpaid", "requested", "confirmed"})
"""What a booking is while it takes place; of one that does not, nothing else is news."""
COMPARED = ("starts_at", "ends_at", "location", "people")
CONTENTS = "contents"
"""What a visit is about; who was told before this word was kept does not hear it again for that."""
FIRST = frozenset(
    {
        "booking_requested",
        "booking_confirmed",
        "deposit_requested",
        "deposit_card",
        "business_new_booking",
        "business_new_request",
        "worker_booked",
    }
)
CHANGES = frozenset(
    {
        "booking_approved",
        "booking_cancelled",
        "booking_declined",
        "booking_moved",
        "business_booking_cancelled",
        "business_booking_moved",
        "worker_cancelled",
        "worker_moved",
    }
)
MERGED_WITHIN = timedelta(minutes=2)
"""After one change was told, others within this time are told together."""

ANEW = "is_anew"
"""In the state of a message to a corrected address: what others were told, nobody at this one has read."""

State = Mapping[str, object]


def describe_state(booking: BookingView, *, previous: datetime | None = None) -> dict[str, object]:
    """Return time, place, people, contents and status: what makes it news when it differs from what was told.

    ``previous`` is the start that the message names beside the present one. The number of the link is no
    news, but a message that waits with an older one is written anew.
    """
    return {
        "status": STATUSES.get(booking.status, ""),
        "starts_at": booking.starts_at.isoformat(),
        "ends_at": booking.ends_at.isoformat(),
        "location": booking.location_id,
        "people": sorted({taken.resource_id for taken in booking.resources if taken.is_person}),
        CONTENTS: [booking.party_size, *([line.name, *line.add_on_names] for line in booking.lines)],
        "previous": "" if previous is None else previous.isoformat(),
        "link": booking.token_version,
    }


def describe_work(booking: BookingView, *, is_theirs: bool, previous: datetime | None = None) -> dict[str, object]:
    """Return what counts for somebody who does the work: when, and whether it is theirs at all."""
    state = describe_state(booking, previous=previous)
    is_on = is_theirs and state["status"] == "confirmed"
    return state | {"status": "confirmed" if is_on else "cancelled", "people": []}


def is_same(told: State, present: State) -> bool:
    """Tell whether what was told is how the booking stands."""
    if told.get("status") != present["status"]:
        return False
    if present["status"] not in STANDING:
        return True
    is_content_same = CONTENTS not in told or told[CONTENTS] == present.get(CONTENTS)
    return is_content_same and all(told.get(word) == present[word] for word in COMPARED)


def find_previous(told: State | None, present: State) -> datetime | None:
    """Return the start that was told before, when it is another one."""
    if told is None or told.get("status") not in STANDING or told.get("starts_at") == present["starts_at"]:
        return None
    return read_instant(told.get("starts_at"))


def read_instant(text: object) -> datetime | None:
    """Return an instant as a state or an event keeps it, if there is one."""
    return parse_instant(text) if isinstance(text, str) and text else None


def make_thread(*, role: str, state: State, template: str, by: object) -> Thread:
    """Return how a message follows others about its booking; what staff (``by``) changed can be undone first."""
    is_undoable = by == ActorKind.STAFF and template not in FIRST
    return Thread(
        role=role,
        state=state,
        is_live=True,
        wait=TELLING_WAIT if is_undoable else timedelta(),
        changes=CHANGES,
        apart=MERGED_WITHIN,
    )


def pick_for_customer(told: State | None, present: State) -> str:
    """Return which message tells a customer how the booking stands; ``told`` is what they knew before."""
    before = None if told is None else told.get("status")
    match present["status"]:
        case "unpaid":
            return "deposit_requested"
        case "requested":
            return "booking_requested"
        case "confirmed" if before == "requested":
            return "booking_approved"
        case "confirmed" if before == "confirmed":
            return "booking_moved"
        case "confirmed":
            return "booking_confirmed"
        case status:
            return f"booking_{status}"


def pick_for_business(*, knows_it: bool, present: State) -> str:
    """Return which message tells the business; empty: none does."""
    match present["status"]:
        case "requested":
            return "business_new_request"
        case "confirmed":
            return "business_booking_moved" if knows_it else "business_new_booking"
        case "cancelled" | "expired" if knows_it:
            return "business_booking_cancelled"
        case _:
            return ""


def pick_for_worker(told: State | None, present: State) -> str:
    """Return which message tells somebody who does the work; empty: there is none."""
    knew = told is not None and told.get("status") == "confirmed"
    if present["status"] == "confirmed":
        return "worker_moved" if knew else "worker_booked"
    return "worker_cancelled" if knew else ""
