"""What a customer who is expected reads when the business closes."""

from __future__ import annotations

from datetime import datetime

from kernel.formats import get_formats, to_local
from notifications.services.messages import tell
from notifications.types.messages import Recipient, Thread
from scheduling.services.messages.customer import BY_STAFF, find_location_email
from scheduling.services.messages.standing import CUSTOMER, describe_state
from scheduling.services.messages.words import make_customer_words, make_subject
from scheduling.types import BookingView
from tenants.context import current_tenant
from tenants.enums import Urgency
from tenants.types import REMOVED_AFTER

TEMPLATE = "business_closed"


def tell_closing(booking: BookingView, *, text: str, key: str, now: datetime) -> None:
    """Queue the message; each address gets one of the same ``key``."""
    words = {
        language: {**said, "closing_text": text, "until": _say_end(now, language)}
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
        limit=BY_STAFF,
        thread=Thread(role=CUSTOMER, state=describe_state(booking)),
        urgency=Urgency.SOON,
    )


def _say_end(now: datetime, language: str) -> str:
    tenant = current_tenant()
    day = to_local(now + REMOVED_AFTER, tenant.timezone).date()
    return get_formats(language, tenant.country, tenant.profile.clock).format_day(day)
