"""What a customer who is expected reads when the business closes."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from kernel.formats import get_formats, to_local
from kernel.iso import parse_instant
from notifications.hooks import register_proviso
from notifications.services.messages import tell
from notifications.types.messages import Recipient, Subject, Thread
from scheduling.selectors.bookings.closing import is_closed_since
from scheduling.selectors.bookings.coming import is_awaited
from scheduling.services.messages.customer import BY_STAFF, find_location_email
from scheduling.services.messages.standing import CUSTOMER, describe_state
from scheduling.services.messages.words import make_customer_words, make_subject
from scheduling.types import BookingView
from tenants.context import current_tenant
from tenants.enums import Urgency
from tenants.types import REMOVED_AFTER

TEMPLATE = "business_closed"
CLOSED_AT = "closed_at"
"""In the state of a message: of which closing it tells."""


def tell_closing(booking: BookingView, *, text: str, key: str, now: datetime) -> None:
    """Queue the message about the closing at ``now``; each address gets one of the same ``key``.

    It leaves only while the business is closed, and before the appointment.
    """
    is_late = "yes" if booking.starts_at > now + REMOVED_AFTER else ""
    words = {
        language: {**said, "closing_text": text, "until": _say_end(now, language), "is_late": is_late}
        for language, said in make_customer_words(booking, template=TEMPLATE, now=now).items()
    }
    tell(
        recipients=[
            Recipient(email=booking.customer_email, phone=booking.customer_phone, locale=booking.customer_locale)
        ],
        template=TEMPLATE,
        about=make_subject(booking.id),
        words=words,
        key=key,
        now=now,
        reply_to=find_location_email(booking),
        expires_at=booking.starts_at,
        limit=BY_STAFF,
        thread=Thread(role=CUSTOMER, state=describe_state(booking) | {CLOSED_AT: now.isoformat()}),
        urgency=Urgency.SOON,
    )


def register() -> None:
    """Be asked before a message about a closing leaves."""
    register_proviso(TEMPLATE, _holds)


def _holds(about: Subject, state: Mapping[str, Any]) -> bool:
    return is_closed_since(parse_instant(state[CLOSED_AT])) and is_awaited(booking_id=about.id)


def _say_end(now: datetime, language: str) -> str:
    tenant = current_tenant()
    day = to_local(now + REMOVED_AFTER, tenant.timezone).date()
    return get_formats(language, tenant.country, tenant.profile.clock).format_day(day)
