"""The files that calendar feeds lead to (RFC 5545, RFC 7986): visits, and time off.

The file is the same until a booking or an absence changes, so a program that asks every few minutes is told that
nothing has.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta

from django.db.models import BooleanField, ExpressionWrapper, Q
from django.utils import translation
from django.utils.translation import gettext
from icalendar import Calendar, Component, Event

from kernel.lines import clean_line, make_printable
from scheduling.enums import BookingStatus
from scheduling.models import Booking, CalendarFeed, TimeOff
from scheduling.selectors.bookings.views import list_views
from scheduling.services.messages.calendar_files import WAITING
from scheduling.services.messages.feeds.links import tells_names, use_feed
from scheduling.types import BookingView
from tenants.context import current_tenant
from tenants.enums import Ability
from tenants.hosts import make_base_url
from tenants.policies import check_business_may

PAST, AHEAD, MOST_BOOKINGS, MOST_ABSENCES = timedelta(days=30), timedelta(days=365), 2000, 1000
"""What a feed tells: what ended within the first, or starts within the second; coming visits are told first."""
TOLD = (
    BookingStatus.PENDING_PAYMENT,
    BookingStatus.PENDING_APPROVAL,
    BookingStatus.CONFIRMED,
    BookingStatus.ARRIVED,
    BookingStatus.IN_PROGRESS,
    BookingStatus.COMPLETED,
)
"""What is called off is not in the file any more, and so goes from the calendar."""
NOTHING = """BEGIN:VTIMEZONE
TZID:UTC
BEGIN:STANDARD
DTSTART:19700101T000000
TZOFFSETFROM:+0000
TZOFFSETTO:+0000
END:STANDARD
END:VTIMEZONE
"""
"""What stands in a calendar without events: one without any component is none (RFC 5545, 3.6), and some refuse it."""


def write_feed(*, token: str, now: datetime) -> bytes:
    """Return the file that a link leads to; ten queries at most, however many bookings there are.

    Raises:
        FeedNotFound: It leads nowhere, was revoked, or who or what it tells about is archived.
        StatusForbids: Of a closed business its staff reads nothing, signed in or not.
    """
    feed = use_feed(token, now=now)
    tenant = current_tenant()
    check_business_may(Ability.STAFF_READ, is_staff=True)
    views = list_views(_list_ids(feed.resource_id, now))
    is_full = tells_names(feed)
    calendar = Calendar()
    with translation.override(tenant.locale):
        name = clean_line(f"{feed.resource.name} · {tenant.name}")
        for key, value in (("prodid", "-//Turnero//Feed//EN"), ("version", "2.0"), ("method", "PUBLISH")):
            calendar.add(key, value)
        calendar.add("name", name)
        calendar.add("x-wr-calname", name)
        calendar.add("refresh-interval", timedelta(minutes=15), parameters={"VALUE": "DURATION"})
        told = set[tuple[object, object]]()
        for event in _make_events(views, feed, now, is_full=is_full):
            stretch = event.start, event.end
            # A group has a booking for each who comes; that its time is taken is said once.
            if is_full or stretch not in told:
                calendar.add_component(event)
            told.add(stretch)
    if not calendar.subcomponents:
        calendar.add_component(Component.from_ical(NOTHING))
    content: bytes = calendar.to_ical()
    return content


def _list_ids(resource_id: int, now: datetime) -> Sequence[int]:
    """Return which bookings take a resource, by themselves or in a group's session; tests are none of them."""
    rows = Booking.objects.filter(
        Q(allocations__resource_id=resource_id) | Q(session__allocations__resource_id=resource_id),
        status__in=TOLD,
        ends_at__gt=now - PAST,
        starts_at__lt=now + AHEAD,
    )
    is_over = ExpressionWrapper(Q(ends_at__lte=now), output_field=BooleanField())
    return list(rows.order_by(is_over, "starts_at", "pk").values_list("pk", flat=True).distinct()[:MOST_BOOKINGS])


def _make_events(views: Sequence[BookingView], feed: CalendarFeed, now: datetime, *, is_full: bool) -> Iterator[Event]:
    """Yield everything that takes the resource: visits, then absences, each by its start."""
    for booking in sorted(views, key=lambda each: (each.starts_at, each.id)):
        yield from _make_visits(booking, feed, is_full=is_full)
    absences = TimeOff.objects.filter(
        resource_id=feed.resource_id, is_active=True, ends_at__gt=now - PAST, starts_at__lt=now + AHEAD
    )
    for row in absences.order_by("-ends_at", "pk")[:MOST_ABSENCES]:
        yield _make_absence(row, feed, is_full=is_full)


def _make_visits(booking: BookingView, feed: CalendarFeed, *, is_full: bool) -> Iterator[Event]:
    """Yield an event for each stretch of a visit that takes the resource; times are UTC."""
    taken = [each for each in booking.resources if each.resource_id == feed.resource_id]
    for number, each in enumerate(taken):
        event = Event()
        event.add("uid", booking.ics_uid if not number else f"{number}-{booking.ics_uid}")
        event.add("sequence", booking.sequence)
        # Not the clock of now: the file is the same as long as nothing changes.
        event.add("dtstamp", booking.created_at)
        event.add("dtstart", each.starts_at)
        event.add("dtend", each.ends_at)
        event.add("status", "TENTATIVE" if booking.status in WAITING else "CONFIRMED")
        if is_full:
            _describe(event, booking)
        else:
            _keep_private(event)
        yield event


def _make_absence(row: TimeOff, feed: CalendarFeed, *, is_full: bool) -> Event:
    """Return an absence; why somebody is away stays here, whatever the link tells."""
    event = Event()
    event.add("uid", f"off-{row.pk}-{feed.key}")
    event.add("sequence", row.version - 1)
    event.add("dtstamp", feed.created_at)
    event.add("dtstart", row.starts_at)
    event.add("dtend", row.ends_at)
    event.add("status", "CONFIRMED")
    if is_full:
        event.add("summary", gettext("Time off"))
    else:
        _keep_private(event)
    return event


def _keep_private(event: Event) -> None:
    event.add("summary", gettext("Busy"))
    event.add("class", "PRIVATE")


def _describe(event: Event, booking: BookingView) -> None:
    who = booking.customer_name
    event.add("summary", clean_line(f"{booking.service_name} · {who}" if who else booking.service_name))
    event.add("location", make_printable(", ".join(filter(None, (booking.location_name, booking.location_address)))))
    page = f"{make_base_url(current_tenant().home_host)}/workspace/bookings/{booking.id}/"
    contact = booking.customer_phone or booking.customer_email
    said = (contact, booking.asset_label, booking.note, booking.reference, page)
    event.add("description", "\n".join(make_printable(each) for each in said if each))
