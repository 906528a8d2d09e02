"""A booking as an iCalendar file (RFC 5545), for the customer's own calendar."""

from __future__ import annotations

from datetime import datetime

from django.utils import translation
from django.utils.translation import gettext
from icalendar import Calendar, Event

from kernel.lines import clean_line, make_printable
from scheduling.enums import CALLED_OFF, BookingStatus
from scheduling.services.messages.words import say_own
from scheduling.types import BookingView

WAITING = {BookingStatus.PENDING_APPROVAL, BookingStatus.PENDING_PAYMENT}


def make_calendar(booking: BookingView, *, tenant_name: str, description: str, now: datetime) -> bytes:
    """Return the file; its UID and SEQUENCE are those of the messages, so calendars see one event."""
    event = make_event(booking, tenant_name=tenant_name, now=now)
    event.add("description", description)
    event.add("status", _describe_status(booking.status))
    return write_calendar(event, method="PUBLISH")


def describe_event(booking: BookingView, *, language: str, url: str = "") -> str:
    """Return what the calendar tells of a visit: what to bring, the business's own terms, reference and link."""
    if booking.status in CALLED_OFF:
        said = []
    else:
        bring = booking.what_to_bring or say_own("bring", language)
        with translation.override(language):
            heading = gettext("What to bring")
        said = [f"{heading}: {bring}" if bring else "", say_own("policy", language)]
    return "\n".join(make_printable(each) for each in (*said, booking.reference, url) if each)


def make_event(booking: BookingView, *, tenant_name: str, now: datetime) -> Event:
    """Return what every calendar is told of a booking: identity, time in UTC, what, and where."""
    event = Event()
    event.add("uid", booking.ics_uid)
    event.add("sequence", booking.sequence)
    event.add("dtstamp", now)
    event.add("dtstart", booking.starts_at)
    event.add("dtend", booking.ends_at)
    place = ", ".join(part for part in (booking.location_name, booking.location_address) if part)
    summary = f"{booking.service_name} · {tenant_name}"
    event.add("summary", clean_line(f"{gettext('Test')}: {summary}" if booking.is_test else summary))
    event.add("location", make_printable(place))
    return event


def write_calendar(event: Event, *, method: str) -> bytes:
    """Return the file that holds one event; ``method`` is iTIP's (RFC 5546)."""
    calendar = Calendar()
    calendar.add("prodid", "-//Turnero//Booking//EN")
    calendar.add("version", "2.0")
    calendar.add("method", method)
    calendar.add_component(event)
    content: bytes = calendar.to_ical()
    return content


def _describe_status(status: str) -> str:
    if status in CALLED_OFF:
        return "CANCELLED"
    return "TENTATIVE" if status in WAITING else "CONFIRMED"
