"""The calendar's side of a message: iTIP (RFC 5546) invitations and their cancellation."""

from __future__ import annotations

from datetime import datetime

from icalendar import vCalAddress, vText

from kernel.identity.greetings import greet_name
from kernel.lines import clean_line
from notifications.types.messages import Attachment
from scheduling.services.messages.calendar_files import make_event, write_calendar
from scheduling.types import BookingView

REQUEST, CANCEL = "REQUEST", "CANCEL"


def make_invitation(
    booking: BookingView,
    *,
    method: str,
    business_name: str,
    organizer_email: str,
    description: str,
    url: str,
    now: datetime,
) -> Attachment:
    """Return the file that puts a booking into the customer's calendar, or takes it out (``CANCEL``).

    The UID never changes; SEQUENCE grows with every move and once more with the cancellation, so
    that calendars know which of two messages is the newer one. Instants are in UTC, which every
    calendar shows in its owner's zone. No alarm: the reminders are ours.
    """
    is_cancelled = method == CANCEL
    event = make_event(booking, tenant_name=business_name, now=now)
    event.add("description", description)
    event.add("url", url)
    event.add("status", "CANCELLED" if is_cancelled else "CONFIRMED")
    event.add("transp", "OPAQUE")
    event.add("organizer", _make_address(organizer_email, business_name))
    # No RSVP: the answer belongs on the manage page, not into a mailbox that nobody reads.
    attendee = _make_address(booking.customer_email, greet_name(booking.customer_name))
    attendee.params["RSVP"] = vText("FALSE")
    attendee.params["PARTSTAT"] = vText("ACCEPTED")
    attendee.params["ROLE"] = vText("REQ-PARTICIPANT")
    event.add("attendee", attendee, encode=False)
    return Attachment(
        filename=f"{booking.reference}.ics",
        content_type=f"text/calendar; method={method}",
        content=write_calendar(event, method=method).decode(),
        is_alternative=True,
    )


def _make_address(email: str, name: str) -> vCalAddress:
    address = vCalAddress(f"mailto:{email}")
    if name:
        # A parameter's value is quoted and cannot hold a quotation mark (RFC 5545, 3.2).
        address.params["CN"] = vText(clean_line(name).replace('"', "'"))
    return address
