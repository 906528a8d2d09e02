"""One message to the customer of a booking, by e-mail or, to one who only left a phone, by SMS."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from email.utils import parseaddr

from django.conf import settings

from notifications.enums import Channel
from notifications.services.messages import is_recipient_valid, queue_message
from notifications.services.rendering import pick_language
from notifications.types import Attachment
from scheduling.models import Location, Resource
from scheduling.services.messages.invitations import make_invitation
from scheduling.services.messages.words import ask_attendance, choose_again, make_customer_words
from scheduling.types import BookingDetail
from tenants.context import current_tenant


@dataclass(frozen=True, slots=True)
class Person:
    """A person who does the work, or a place; ``email`` may be empty."""

    name: str
    email: str
    is_person: bool


def tell_customer(
    booking: BookingDetail,
    *,
    template: str,
    method: str,
    people: tuple[Person, ...],
    dedup_key: str,
    now: datetime,
    previous: datetime | None = None,
    expires_at: datetime | None = None,
) -> int | None:
    """Queue one message to the customer: an e-mail, or an SMS to one who only left a phone.

    Returns the message's id, or None when there is nowhere to write to.
    """
    channel, to = _pick_contact(booking)
    if not to:
        return None
    language = pick_language(booking.customer_locale)
    names = tuple(dict.fromkeys(person.name for person in people if person.is_person))
    words = make_customer_words(booking, language=language, people=names, now=now, previous=previous)
    if template in {"booking_declined", "booking_cancelled"}:
        words = choose_again(words, language=language)
    elif template == "booking_reminder":
        words = ask_attendance(words, language=language)
    attachments: tuple[Attachment, ...] = ()
    if method and channel == Channel.EMAIL:
        attachments = (
            make_invitation(
                booking,
                method=method,
                business_name=current_tenant().name,
                organizer_email=_find_organizer(booking),
                description=f"{booking.reference}\n{words['manage_url']}",
                url=words["manage_url"],
                now=now,
            ),
        )
    return queue_message(
        channel=channel,
        template=template,
        to=to,
        locale=language,
        context=words,
        dedup_key=f"{dedup_key}:{channel}:{to.lower()}",
        booking_id=booking.id,
        now=now,
        attachments=attachments,
        reply_to=_find_location_email(booking),
        expires_at=expires_at,
    )


def list_people(booking: BookingDetail) -> tuple[Person, ...]:
    """Return what the booking takes, in the order of the visit."""
    ids = [taken.resource_id for taken in booking.resources]
    found = Resource.objects.select_related("resource_type", "user").in_bulk(ids)
    people = []
    for resource_id in dict.fromkeys(ids):
        resource = found.get(resource_id)
        if resource is not None:
            email = resource.email or (resource.user.email if resource.user is not None else "")
            people.append(Person(name=resource.name, email=email, is_person=resource.resource_type.is_person))
    return tuple(people)


def _pick_contact(booking: BookingDetail) -> tuple[Channel, str]:
    if booking.customer_email and is_recipient_valid(Channel.EMAIL, booking.customer_email):
        return Channel.EMAIL, booking.customer_email
    if booking.customer_phone:
        return Channel.SMS, booking.customer_phone
    return Channel.EMAIL, booking.customer_email


def _find_location_email(booking: BookingDetail) -> str:
    return Location.objects.filter(pk=booking.location_id).values_list("email", flat=True).first() or ""


def _find_organizer(booking: BookingDetail) -> str:
    return _find_location_email(booking) or parseaddr(settings.DEFAULT_FROM_EMAIL)[1]
