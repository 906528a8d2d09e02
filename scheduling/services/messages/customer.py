"""One message to the customer of a booking."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from email.utils import parseaddr

from django.conf import settings

from kernel.emails import clean_email
from notifications.services.messages import tell
from notifications.types.messages import Attachment, Recipient
from scheduling.enums import BookingSource, ContactKind
from scheduling.models import Location, Resource
from scheduling.services.messages.invitations import make_invitation
from scheduling.services.messages.manage_tokens import make_manage_token, make_manage_url
from scheduling.services.messages.words import make_customer_words, make_subject
from scheduling.types import BookingView
from tenants.context import current_tenant

BY_CUSTOMERS = frozenset({BookingSource.PAGE, BookingSource.WIDGET, BookingSource.API, BookingSource.WAITLIST})
"""Doors through which anybody books for any contact."""
BY_STAFF = "messages_staff"
"""What limits messages that the business itself causes."""


@dataclass(frozen=True, slots=True)
class Person:
    """A person who does the work, or a place.

    Attributes:
        email: May be empty; anybody's, unless they have an account: whoever set it up typed it.
    """

    name: str
    email: str
    is_person: bool
    has_account: bool = False


def tell_customer(
    booking: BookingView,
    *,
    template: str,
    method: str,
    people: tuple[Person, ...],
    key: str,
    now: datetime,
    limit: str,
    previous: datetime | None = None,
    expires_at: datetime | None = None,
) -> None:
    """Tell the customer, wherever one can write to; ``method`` is that of the calendar file (empty: none).

    ``limit`` is for a customer who booked without a code: whoever typed one gets more.
    """
    names = tuple(dict.fromkeys(person.name for person in people if person.is_person))
    tell(
        recipients=[
            Recipient(email=booking.customer_email, phone=booking.customer_phone, locale=booking.customer_locale)
        ],
        template=template,
        about=make_subject(booking.id),
        words=make_customer_words(booking, template=template, people=names, now=now, previous=previous),
        key=key,
        now=now,
        attachments=(_make_invitation(booking, method=method, now=now),) if method else (),
        reply_to=_find_location_email(booking),
        expires_at=expires_at,
        limit=_find_limit(booking, limit),
    )


def list_people(booking: BookingView) -> tuple[Person, ...]:
    """Return what the booking takes, in the order of the visit."""
    ids = [taken.resource_id for taken in booking.resources]
    found = Resource.objects.select_related("resource_type", "user").in_bulk(ids)
    people = []
    for resource_id in dict.fromkeys(ids):
        resource = found.get(resource_id)
        if resource is not None:
            own = resource.user.email if resource.user is not None else ""
            email = resource.email or own
            has_account = bool(own) and email.lower() == own.lower()
            people.append(Person(resource.name, email, resource.resource_type.is_person, has_account=has_account))
    return tuple(people)


def _find_limit(booking: BookingView, limit: str) -> str:
    """Return what limits the messages about a booking: who made it, and whether the recipient is proven."""
    if booking.source not in BY_CUSTOMERS:
        return BY_STAFF
    kind = ContactKind.EMAIL if booking.customer_email else ContactKind.PHONE
    return "messages_proven" if booking.proven_contact == kind else limit


def _make_invitation(booking: BookingView, *, method: str, now: datetime) -> Attachment:
    url = make_manage_url(make_manage_token(booking))
    return make_invitation(
        booking,
        method=method,
        business_name=current_tenant().name,
        organizer_email=clean_email(_find_location_email(booking)) or parseaddr(settings.DEFAULT_FROM_EMAIL)[1],
        description=f"{booking.reference}\n{url}",
        url=url,
        now=now,
    )


def _find_location_email(booking: BookingView) -> str:
    return Location.objects.filter(pk=booking.location_id).values_list("email", flat=True).first() or ""
