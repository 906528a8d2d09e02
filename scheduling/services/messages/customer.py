"""One message to the customer of a booking."""

from __future__ import annotations

from datetime import datetime
from email.utils import parseaddr

from django.conf import settings

from kernel.emails import clean_email
from notifications.services.messages import tell
from notifications.types.messages import Attachment, Recipient, Thread
from notifications.types.words import Words
from scheduling.enums import BookingSource, BookingStatus, ContactKind
from scheduling.models import Location
from scheduling.services.consent_links import CHOSEN, make_consent_url
from scheduling.services.messages.calendar_files import describe_event
from scheduling.services.messages.invitations import CANCEL, REQUEST, make_invitation
from scheduling.services.messages.manage_tokens import make_manage_token, make_manage_url
from scheduling.services.messages.words import make_customer_words, make_subject
from scheduling.types import BookingView
from tenants.context import current_tenant
from tenants.enums import Urgency

CUSTOMERS_DOORS = frozenset({BookingSource.PAGE, BookingSource.WIDGET, BookingSource.API, BookingSource.WAITLIST})
"""Doors through which anybody books for any contact."""
BY_STAFF = "messages_staff"
"""What limits messages that the business itself causes."""

METHODS = {
    "booking_approved": REQUEST,
    "booking_confirmed": REQUEST,
    "booking_moved": REQUEST,
    "booking_cancelled": CANCEL,
    "clock_changed": REQUEST,
}
"""What the calendar file of a message says (iTIP); others have none."""


def tell_customer(
    booking: BookingView,
    *,
    template: str,
    key: str,
    now: datetime,
    limit: str,
    thread: Thread,
    urgency: Urgency = Urgency.SOON,
    previous: datetime | None = None,
    expires_at: datetime | None = None,
    more: Words | None = None,
) -> None:
    """Tell the customer, wherever one can write to.

    ``more`` are words of this message alone.
    ``limit`` is for a customer who booked without a code: whoever typed one gets more.
    """
    tell(
        recipients=[
            Recipient(email=booking.customer_email, phone=booking.customer_phone, locale=booking.customer_locale)
        ],
        template=template,
        about=make_subject(booking.id),
        words=_add_way_out(
            _join_words(make_customer_words(booking, template=template, now=now, previous=previous), more or {}),
            template=template,
            to=booking.customer_email,
        ),
        key=key,
        now=now,
        attachments=make_attachments(booking, template=template, now=now),
        reply_to=find_location_email(booking),
        expires_at=expires_at,
        limit=_find_limit(booking, limit),
        thread=thread,
        urgency=urgency,
    )


def make_attachments(booking: BookingView, *, template: str, now: datetime) -> tuple[Attachment, ...]:
    """Return the calendar file of a message to the customer, if it has one."""
    method = METHODS.get(template) if booking.status != BookingStatus.PENDING_PAYMENT else None
    said = booking.say_in(booking.customer_locale)
    return (_make_invitation(said, method=method, now=now),) if method else ()


def _join_words(words: Words, more: Words) -> Words:
    return {language: {**said, **more.get(language, {})} for language, said in words.items()}


def _add_way_out(words: Words, *, template: str, to: str) -> Words:
    """Return the words with the link to one's switches, where a mail is one to which people may say no."""
    if template not in CHOSEN or not to:
        return words
    url = make_consent_url(to)
    return {language: {**said, "consent_url": url} for language, said in words.items()}


def _find_limit(booking: BookingView, limit: str) -> str:
    """Return what limits the messages about a booking: who made it, and whether the recipient is proven."""
    if booking.source not in CUSTOMERS_DOORS:
        return BY_STAFF
    kind = ContactKind.EMAIL if booking.customer_email else ContactKind.PHONE
    return "messages_proven" if booking.proven_contact == kind else limit


def _make_invitation(booking: BookingView, *, method: str, now: datetime) -> Attachment:
    url = make_manage_url(make_manage_token(booking))
    return make_invitation(
        booking,
        method=method,
        business_name=current_tenant().name,
        organizer_email=clean_email(find_location_email(booking)) or parseaddr(settings.DEFAULT_FROM_EMAIL)[1],
        description=describe_event(booking, language=booking.customer_locale, url=url),
        url=url,
        now=now,
    )


def find_location_email(booking: BookingView) -> str:
    """Return where answers of the customer go; empty: nowhere."""
    return Location.objects.filter(pk=booking.location_id).values_list("email", flat=True).first() or ""
