"""The file that a customer downloads and the one in the message are one event to a calendar."""

from __future__ import annotations

from datetime import UTC, datetime
from types import SimpleNamespace

from icalendar import Calendar

from scheduling.enums import BookingStatus
from scheduling.services.messages.calendar_files import make_calendar
from scheduling.services.messages.invitations import REQUEST, make_invitation

NOW = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)
BOOKING = SimpleNamespace(
    ics_uid="7f@taller",
    sequence=2,
    reference="7KQ2MB",
    status=BookingStatus.CONFIRMED,
    starts_at=datetime(2026, 12, 1, 15, 0, tzinfo=UTC),
    ends_at=datetime(2026, 12, 1, 16, 0, tzinfo=UTC),
    service_name="Afinación",
    location_name="Sucursal Roma",
    location_address="Calle 1",
    customer_email="laura@example.com",
    customer_name="Laura",
    is_test=False,
)
SHARED = ("uid", "sequence", "dtstart", "dtend", "summary", "location", "status")


def read_event(content):
    event = next(iter(Calendar.from_ical(content).walk("VEVENT")))
    return {name: event[name].to_ical() for name in SHARED}


def test_both_files_describe_the_same_event():
    downloaded = make_calendar(BOOKING, tenant_name="Taller", description="7KQ2MB", now=NOW)
    sent = make_invitation(
        BOOKING,
        method=REQUEST,
        business_name="Taller",
        organizer_email="taller@example.com",
        description="",
        url="https://taller.example/b/x/",
        now=NOW,
    )

    assert read_event(downloaded) == read_event(sent.content)
    assert read_event(downloaded)["location"] == rb"Sucursal Roma\, Calle 1"
