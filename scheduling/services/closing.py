"""The owner closes the business, or opens it again; customers who are expected are told, if the owner says so."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from kernel.iso import parse_instant
from kernel.lines import drop_invisible, is_unreadable
from kernel.text import mark
from notifications.hooks import register_event_handler
from notifications.services.outbox import publish
from notifications.types.messages import EventView
from scheduling.errors import ClosingInvalid
from scheduling.selectors.bookings.closing import EVENT, is_closed_since
from scheduling.selectors.bookings.coming import count_awaited, list_awaited
from scheduling.selectors.bookings.views import list_views
from scheduling.services.messages import closing as closing_messages
from scheduling.services.messages.closing import tell_closing
from tenants.context import current_tenant
from tenants.enums import TenantStatus
from tenants.services import acts
from tenants.types import REMOVED_AFTER, AskedAct

BY_OWNER = "Its owner said so (person {user_id} of the business)."
TEXT_LENGTH = 500
PART = 100
"""Bookings whose customers are told in one transaction: about a second, of a lease of sixty."""
TOO_LONG = mark("At most 500 characters.")
UNREADABLE = mark("This contains characters that cannot be used.")


@dataclass(frozen=True, slots=True)
class Closing:
    """What the owner typed.

    Attributes:
        typed_name: The short name of the business, so that nobody closes the wrong one.
        is_told: Customers with bookings to come are told; those whose visit is after the removal are in any case.
        text: What they read besides, in the owner's words; may be empty. Everybody reads it on the closed page when
            all are told. Nobody reads it while we have suspended the business.
    """

    typed_name: str
    is_told: bool
    text: str = ""


def close_business(closing: Closing, *, user_id: int, prove: Callable[[], object], now: datetime) -> None:
    """Close the current business: nobody books any more; for thirty days its owner can open it again.

    The platform's log keeps which of its people did it, ``user_id``, as a number.
    ``prove`` asks for the owner's password and code, and raises when they are wrong: last, because a code counts once.

    Raises:
        ClosingInvalid: What customers are to read cannot be sent.
        ReasonInvalid: The short name is another one; ``errors`` names ``typed_name``.
        ActRefused: It is closed already.
    """
    removed_at = now + REMOVED_AFTER
    first = None if closing.is_told else removed_at
    is_anybody_told = closing.is_told or count_awaited(now=now, later=removed_at)[1] > 0
    text = _clean_text(closing.text) if is_anybody_told and may_add_words() else ""
    acts.check_typed_name(current_tenant(), closing.typed_name)
    prove()
    with transaction.atomic():
        acts.close(_ask(user_id, now), typed_name=closing.typed_name)
        if is_anybody_told:
            publish(kind=EVENT, subject_id=current_tenant().id, payload={"text": text, "first": first}, now=now)


def may_add_words() -> bool:
    """Tell whether customers read the owner's words: not those of a business that we have suspended."""
    return current_tenant().status != TenantStatus.SUSPENDED


def reopen_business(*, user_id: int, now: datetime) -> None:
    """Open the current business again, as it was before it was closed; ``user_id`` as in `close_business`.

    Raises:
        ActRefused: It is not closed.
        ClosedByPlatform: An operator closed it.
        TenantUnknown: It was removed a moment ago.
    """
    acts.reopen(_ask(user_id, now))


def tell_customers(event: EventView) -> None:
    """Queue a message to everybody who is expected, in parts; to nobody when the business was opened again meanwhile.

    Each part is a transaction, and leaves an event for the next: thousands of bookings are too many for one.
    """
    if event.kind != EVENT or not is_closed_since(event.occurred_at):
        return
    first = event.payload.get("first")
    begin = parse_instant(first) if isinstance(first, str) else event.occurred_at
    part = list_awaited(now=begin, after=_read_place(event), limit=PART)
    # Whoever has several reads it once, about the next one.
    key = str(event.payload.get("key") or f"{EVENT}:{event.id}")
    told: set[tuple[str, str]] = set()
    views = list_views([booking_id for _, booking_id in part])
    for booking in sorted(views, key=lambda each: (each.starts_at, each.id)):
        contact = (booking.customer_email.lower(), booking.customer_phone)
        if contact not in told:
            tell_closing(booking, text=str(event.payload.get("text", "")), key=key, now=event.occurred_at)
            told.add(contact)
    if len(part) == PART:
        payload = {**event.payload, "key": key, "after": [part[-1][0].isoformat(), part[-1][1]]}
        publish(kind=EVENT, subject_id=event.subject_id, payload=payload, now=event.occurred_at)


def register() -> None:
    """Listen to what happens to the business."""
    register_event_handler("business.", tell_customers)
    closing_messages.register()


def _ask(user_id: int, now: datetime) -> AskedAct:
    reason = BY_OWNER.format(user_id=user_id)
    return AskedAct(current_tenant().schema_name, reason, author_id=None, now=now, is_owner=True)


def _read_place(event: EventView) -> tuple[datetime, int] | None:
    """Return the booking after which a part begins; None: it is the first part."""
    match event.payload.get("after"):
        case [str(starts_at), int(booking_id)]:
            return parse_instant(starts_at), booking_id
    return None


def _clean_text(raw: str) -> str:
    text = drop_invisible(raw.replace("\r\n", "\n")).strip()
    if len(text) > TEXT_LENGTH:
        raise ClosingInvalid(errors={"text": (TOO_LONG,)})
    if is_unreadable(text.replace("\n", " ").replace("\t", " ")):
        raise ClosingInvalid(errors={"text": (UNREADABLE,)})
    return text
