"""What customers and the business are told when something happens to a booking.

Handlers of ``booking.*`` events: they run in a worker, after the booking's transaction, and
describe the booking as it is *now*. An event that later ones have overtaken is left untold; what
is undone before its message leaves, `leaving` finds.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime

from accounts.selectors.staff import list_managers
from notifications.hooks import register_event_handler
from notifications.services.messages import tell
from notifications.types.messages import EventView, Recipient, Thread
from scheduling.enums import ActorKind, BookingStatus
from scheduling.errors import BookingNotFound
from scheduling.selectors.bookings.history import was_confirmed
from scheduling.selectors.bookings.views import get_booking
from scheduling.services.messages.customer import BY_STAFF, tell_customer
from scheduling.services.messages.deposits import pick_for_deposit, plan_deposit_reminder
from scheduling.services.messages.managers import plan_nudge, tell_clash
from scheduling.services.messages.reminders import cancel_reminders, plan_reminders
from scheduling.services.messages.standing import (
    ANEW,
    BUSINESS,
    CONFIRMED,
    CUSTOMER,
    ENDINGS,
    WORKER,
    describe_state,
    describe_work,
    make_thread,
    read_instant,
)
from scheduling.services.messages.words import make_business_words, make_subject, make_worker_words
from scheduling.services.messages.workers import Worker, find_workers, list_workers
from scheduling.types import BookingView
from tenants.enums import Urgency


@dataclass(frozen=True, slots=True)
class Telling:
    """Whom an event concerns and in which state of the booking it is still true.

    Attributes:
        business: Template for owners and managers; empty: they are not told.
        worker: Template for those who do the work; empty: they are not told.
    """

    statuses: frozenset[BookingStatus]
    customer: str
    business: str = ""
    worker: str = ""


MOVED = "booking.rescheduled"
CHANGED = "booking.changed"
ENDED = "booking.expired"
CLOCK = "booking.clock_changed"
RESTORED = "booking.restored"
CORRECTED = "booking.corrected"
UNDONE = "booking.undone"
UNPAID = "booking.payment_requested"
IMPORTED = "booking.imported"
TOLD, TELL_ALL = "told", "all"
"""In the event of a visit that was agreed elsewhere: nothing, `TELL_ALL`, or that only reminders leave."""
AWAITED = frozenset({BookingStatus.CONFIRMED, BookingStatus.PENDING_APPROVAL, BookingStatus.PENDING_PAYMENT})
"""What is still to come, or to be paid or answered before."""
BOOKED = frozenset({"booking.requested", "booking.confirmed", UNPAID})

TELLINGS = {
    "booking.requested": Telling(
        frozenset({BookingStatus.PENDING_APPROVAL}), "booking_requested", "business_new_request"
    ),
    "booking.confirmed": Telling(CONFIRMED, "booking_confirmed", "business_new_booking", "worker_booked"),
    UNPAID: Telling(frozenset({BookingStatus.PENDING_PAYMENT}), "deposit_requested"),
    "booking.declined": Telling(frozenset({BookingStatus.DECLINED}), "booking_declined"),
    MOVED: Telling(CONFIRMED, "booking_moved", "business_booking_moved", "worker_moved"),
    CHANGED: Telling(CONFIRMED, "booking_moved", "business_booking_moved", "worker_moved"),
    "booking.cancelled": Telling(
        frozenset({BookingStatus.CANCELLED}), "booking_cancelled", "business_booking_cancelled", "worker_cancelled"
    ),
    CLOCK: Telling(CONFIRMED | {BookingStatus.PENDING_APPROVAL}, "clock_changed"),
    IMPORTED: Telling(CONFIRMED, "booking_confirmed"),
    RESTORED: Telling(CONFIRMED, "booking_confirmed", "", "worker_booked"),
    CORRECTED: Telling(CONFIRMED, "booking_confirmed"),
    ENDED: Telling(
        frozenset({BookingStatus.EXPIRED}),
        ENDINGS[BookingStatus.PENDING_APPROVAL],
        "business_booking_cancelled",
        "worker_cancelled",
    ),
}
SILENT: Mapping[str, str] = {
    "booking.held": "the page that holds the time says so; nobody has left a contact",
    "booking.extended": "the page that holds the time says so",
    "booking.attendance_confirmed": "the customer pressed it and reads it; the board and the booking show it",
    "booking.arrived": "the customer is there",
    "booking.started": "the customer is there",
    "booking.paused": "a note of the business's own; the board and the booking show it",
    "booking.resumed": "a note of the business's own; the board and the booking show it",
    "booking.delayed": "what the customer reads is written in the conversation, if staff wants that",
    "booking.completed": "the customer is there; how it was, `aftercare.asking` asks later",
    UNDONE: "what it takes back was not told either; a reminder that it kept back is sent",
    "booking.kept": "it stays as it was agreed",
    "booking.deposit_waived": "whoever reserved money sees it let go, and is told once the visit is approved",
    "booking.no_show": "a note of the business's own; a customer who is on the way would read an accusation",
}
"""What happens to bookings without a message, and why."""


def tell_customer_of(event: EventView) -> None:
    """Queue the customer's message about an event and keep the reminders in step."""
    if event.kind == UNDONE:
        _catch_up(event)
        return
    found = _find_telling(event)
    if found is None:
        return
    booking, telling = found
    if not booking.is_test:
        _keep_in_step(booking, now=event.occurred_at)
    if (
        _is_true(event, booking, telling)
        and _is_news(event, booking)
        and (template := _pick_template(event, telling, booking))
    ):
        _tell_customer(event, booking, template)


def tell_business_of(event: EventView) -> None:
    """Queue the notices to those who run the business and to those who do the work; of a test only its author hears."""
    found = _find_telling(event)
    if found is None or found[0].is_test or not _is_true(event, *found):
        return
    booking, telling = found
    if event.kind == ENDED and not was_confirmed(booking_id=booking.id):
        return  # they never heard of it
    if event.kind == CLOCK and event.payload.get("is_clashing"):
        tell_clash(booking, key=_make_key(event, "business_clock_clash"), now=event.occurred_at)
    told = _tell_business(event, booking, template=telling.business) if telling.business else frozenset()
    if telling.worker:
        _tell_workers(event, booking, template=telling.worker, told=told)


def register() -> None:
    """Listen to what happens to bookings: customers are told first."""
    register_event_handler("booking.", tell_customer_of)
    register_event_handler("booking.", tell_business_of, is_urgent=False)


def _find_telling(event: EventView) -> tuple[BookingView, Telling] | None:
    """Return the booking as it is now, and whom the event concerns; nothing of samples."""
    if event.kind not in TELLINGS or event.payload.get("is_sample") or _is_told_elsewhere(event):
        return None
    if event.kind == CORRECTED and not (event.payload.get("is_contact_new") or event.payload.get("is_deposit_new")):
        return None  # a typing mistake is no news; whoever has a new address has not read anything yet
    try:
        booking = get_booking(booking_id=event.subject_id)
    except BookingNotFound:
        return None  # removed since: there is nobody to tell
    return booking, _pick_telling(event, booking)


def _pick_telling(event: EventView, booking: BookingView) -> Telling:
    if event.kind == CORRECTED and booking.status == BookingStatus.PENDING_PAYMENT:
        return TELLINGS[UNPAID]
    if event.kind == MOVED and booking.status == BookingStatus.PENDING_PAYMENT:
        return Telling(frozenset({BookingStatus.PENDING_PAYMENT}), "booking_moved")
    if event.kind in {MOVED, CHANGED, RESTORED, CORRECTED} and booking.status == BookingStatus.PENDING_APPROVAL:
        requested = TELLINGS["booking.requested"]  # a request for another time is a request
        return replace(requested, business="") if event.kind == CORRECTED else requested
    return TELLINGS[event.kind]


def _is_told_elsewhere(event: EventView) -> bool:
    return event.kind == IMPORTED and not event.payload.get(TOLD)


def _is_true(event: EventView, booking: BookingView, telling: Telling) -> bool:
    """Tell whether an event is still to be told: of two moves or changes the later one tells what holds."""
    is_last = event.kind not in {MOVED, CHANGED} or event.payload.get("sequence", booking.sequence) == booking.sequence
    return is_last and booking.status in telling.statuses


def _is_news(event: EventView, booking: BookingView) -> bool:
    """Tell whether a customer wants to hear it: how a visit stands again, or at another address, only before it.

    Nor what staff moved without telling them.
    """
    if event.payload.get("is_silent"):
        return False
    if event.kind == IMPORTED:
        return event.payload.get(TOLD) == TELL_ALL and booking.starts_at > event.occurred_at
    if event.kind not in {RESTORED, CORRECTED}:
        return True
    if booking.status == BookingStatus.CONFIRMED and event.payload.get("is_deposit_new"):
        return bool(event.payload.get("is_contact_new"))  # it was paid meanwhile
    is_awaited = booking.status in AWAITED
    return is_awaited and booking.starts_at > event.occurred_at


def _catch_up(event: EventView) -> None:
    """Plan anew what came due while a booking stood elsewhere by mistake."""
    with suppress(BookingNotFound):
        booking = get_booking(booking_id=event.subject_id)
        if booking.status == BookingStatus.CONFIRMED and not (booking.is_sample or booking.is_test):
            plan_reminders(booking_id=booking.id, now=event.occurred_at, is_catching_up=True)


def _keep_in_step(booking: BookingView, *, now: datetime) -> None:
    """Let what is due for a booking follow where it stands: reminders of a visit, the nudge of a request."""
    if booking.status in CONFIRMED:
        plan_reminders(booking_id=booking.id, now=now)
        return
    cancel_reminders(booking_id=booking.id, now=now)
    if booking.status == BookingStatus.PENDING_APPROVAL:
        plan_nudge(booking, now=now)
    elif booking.status == BookingStatus.PENDING_PAYMENT:
        plan_deposit_reminder(booking, now=now)


def _pick_template(event: EventView, telling: Telling, booking: BookingView) -> str:
    """Return what the customer is told.

    Nothing of a hold that ended: nobody had left a contact. Of clocks that changed only who has it in a calendar: on
    the wall the time is the same. Nothing of a deposit by card to who books: the page that asks for it says all.
    """
    if telling.customer == "deposit_requested":
        return pick_for_deposit(booking, is_on_page=event.payload.get("by") == ActorKind.CUSTOMER)
    if event.kind == CLOCK:
        return telling.customer if booking.status in CONFIRMED and booking.customer_email else ""
    if event.kind == ENDED:
        return ENDINGS.get(str(event.payload.get("previous_status")), "")
    if telling.customer == "booking_confirmed" and event.payload.get("was_requested"):
        return "booking_approved"
    return telling.customer


def _tell_customer(event: EventView, booking: BookingView, template: str) -> None:
    previous = _read_previous(event, booking)
    state = describe_state(booking, previous=previous)
    thread = make_thread(role=CUSTOMER, state=state, template=template, by=event.payload.get("by"))
    tell_customer(
        booking,
        template=template,
        previous=previous,
        key=_make_key(event, template),
        now=event.occurred_at,
        limit=_find_limit(event),
        # What another address was told, nobody at this one has read.
        thread=replace(thread, state={**state, ANEW: True})
        if event.kind == CORRECTED
        else _put_in_bundle(thread, event),
    )


def _put_in_bundle(thread: Thread, event: EventView, *, suffix: str = "") -> Thread:
    """Let what one step did to several bookings of a customer be told in one message.

    With a ``suffix`` to others than the customer, who may read their mail at the same address.
    """
    bundle, size = event.payload.get("bundle"), event.payload.get("bundle_size")
    if event.kind == UNPAID or not bundle or not isinstance(size, int):  # each deposit has its own reference
        return thread
    return replace(thread, bundle=f"{bundle}{suffix}", bundle_size=size)


def _tell_business(event: EventView, booking: BookingView, *, template: str) -> frozenset[str]:
    """Tell owners and managers, only what staff did not do; return whom."""
    if event.payload.get("by") == ActorKind.STAFF:
        return frozenset()
    readers = list_managers(notice=template)
    previous = _read_previous(event, booking)
    state = describe_state(booking, previous=previous)
    thread = make_thread(role=BUSINESS, state=state, template=template, by=event.payload.get("by"))
    tell(
        recipients=[Recipient(email=reader.email, locale=reader.locale) for reader in readers],
        template=template,
        about=make_subject(booking.id),
        words=make_business_words(booking, previous=previous),
        key=_make_key(event, template),
        now=event.occurred_at,
        reply_to=booking.customer_email,
        limit="messages_business",
        thread=_put_in_bundle(thread, event, suffix="-b"),
        urgency=Urgency.LAST,
    )
    return frozenset(reader.email.lower() for reader in readers)


def _tell_workers(event: EventView, booking: BookingView, *, template: str, told: frozenset[str]) -> None:
    """Tell those who do the work, and did it until now; nobody what they did themselves or have read already."""
    present = list_workers(booking)
    before = event.payload.get("previous_resource_ids")
    gone = find_workers(before) if isinstance(before, list) else ()
    _tell_each(event, booking, present, template=template, told=told, is_theirs=True)
    reached = told.union(*({worker.email.lower(), worker.phone} for worker in present)) - {""}
    _tell_each(event, booking, gone, template="worker_cancelled", told=reached, is_theirs=False)


def _tell_each(
    event: EventView,
    booking: BookingView,
    workers: Sequence[Worker],
    *,
    template: str,
    told: frozenset[str],
    is_theirs: bool,
) -> None:
    previous = _read_previous(event, booking) if template == "worker_moved" else None
    state = describe_work(booking, is_theirs=is_theirs, previous=previous)
    by_user_id = event.payload.get("by_user_id")
    for worker in workers:
        if worker.email.lower() in told or (worker.user_id is not None and worker.user_id == by_user_id):
            continue
        tell(
            recipients=[worker.as_recipient()],
            template=template,
            about=make_subject(booking.id),
            words=make_worker_words(booking, has_account=worker.has_account, previous=previous),
            key=_make_key(event, template),
            now=event.occurred_at,
            limit="messages_business" if worker.has_account else BY_STAFF,
            thread=make_thread(role=WORKER, state=state, template=template, by=event.payload.get("by")),
            urgency=Urgency.LAST,
        )


def _read_previous(event: EventView, booking: BookingView) -> datetime | None:
    """Return when the visit was to start before; None when only its people or things are others."""
    previous = read_instant(event.payload.get("previous_starts_at"))
    return None if previous == booking.starts_at else previous


def _find_limit(event: EventView) -> str:
    if event.payload.get("by") == ActorKind.STAFF:
        return BY_STAFF
    return "messages_unproven" if event.kind in BOOKED else "messages_changes"


def _make_key(event: EventView, template: str) -> str:
    return f"event:{event.id}:{template}"
