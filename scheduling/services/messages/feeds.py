"""Calendar feeds (RFC 5545, RFC 7986): links that calendar programs subscribe to, one per person or thing.

The file is the same until a booking changes, so a program that asks every few minutes is told that nothing has.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from uuid import UUID

from django.db.models import BooleanField, ExpressionWrapper, Q, QuerySet
from django.utils import translation
from django.utils.translation import gettext
from icalendar import Calendar, Component, Event

from audit.enums import Action
from audit.selectors.log import find_last_version
from audit.services.log import log_changes
from audit.types import NewEntry
from database.transactions import write_transaction
from kernel.ids import hash_token
from kernel.lines import clean_line, make_printable
from scheduling.enums import BookingStatus
from scheduling.errors import ResourceNotFound
from scheduling.errors.feeds import FeedNotFound, TooManyFeeds
from scheduling.models import Booking, CalendarFeed, Resource
from scheduling.selectors.bookings.views import list_views
from scheduling.services.messages.calendar_files import WAITING
from scheduling.services.messages.manage_tokens import derive_token, find_current_token
from scheduling.types import Actor, BookingView, FeedView
from tenants.context import current_tenant
from tenants.enums import Ability
from tenants.hooks import register_restore_step
from tenants.hosts import make_base_url
from tenants.policies import check_business_may
from tenants.types import RestoredTenant

PAST, AHEAD, MOST_BOOKINGS = timedelta(days=30), timedelta(days=365), 2000
"""What a feed tells: visits that ended within the first, or start within the second; coming ones are told first."""
MOST_FEEDS = 100
NOUN = "calendar_feed"
"""In the log of changes."""
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
NOTE = "Calendar feeds have new links: whoever subscribed to one needs the one that its page in the workspace shows."


@write_transaction()
def add_feed(*, resource_id: int, is_full: bool, by: Actor, now: datetime) -> int:
    """Make a link to what a resource is booked for, and return the number of its row; the log keeps who did.

    Raises:
        StatusForbids: The state of the business allows no change.
        ResourceNotFound: There is no such resource in use.
        TooManyFeeds: There are as many links as there may be.
    """
    check_business_may(Ability.WRITE, is_staff=True)
    resource = Resource.objects.select_for_update().filter(pk=resource_id, is_active=True).first()
    if resource is None:
        raise ResourceNotFound
    if CalendarFeed.objects.count() >= MOST_FEEDS:
        raise TooManyFeeds(most=MOST_FEEDS)
    feed = CalendarFeed(resource=resource, is_full=is_full, created_at=now)
    feed.token_hash = _hash(feed.key)
    feed.save()
    _log(feed, Action.CREATED, by=by, now=now)
    return feed.pk


@write_transaction()
def revoke_feed(*, feed_id: int, by: Actor, now: datetime) -> None:
    """Let a link lead nowhere any more, in every state of the business; again changes nothing."""
    feed = CalendarFeed.objects.select_for_update().filter(pk=feed_id).first()
    if feed is not None:
        _log(feed, Action.DELETED, by=by, now=now)
        feed.delete()


def list_feeds() -> tuple[FeedView, ...]:
    """Return every link to what is in use, by whose it is; one query."""
    rows = _list_leading().order_by("resource__name", "pk")
    return tuple(
        FeedView(row.pk, row.resource_id, row.resource.name, row.is_full, row.created_at, url=_make_url(row))
        for row in rows
    )


def write_feed(*, token: str, now: datetime) -> bytes:
    """Return the file that a link leads to; ten queries at most, however many bookings there are.

    Raises:
        FeedNotFound: It leads nowhere, was revoked, or who or what it tells about is archived.
    """
    feed = _list_leading().filter(token_hash=hash_token(token)).first()
    if feed is None:
        raise FeedNotFound
    tenant = current_tenant()
    # Of a closed business its staff reads nothing, signed in or not.
    check_business_may(Ability.STAFF_READ, is_staff=True)
    views = list_views(_list_ids(feed.resource_id, now))
    calendar = Calendar()
    with translation.override(tenant.locale):
        name = clean_line(f"{feed.resource.name} · {tenant.name}")
        for key, value in (("prodid", "-//Turnero//Feed//EN"), ("version", "2.0"), ("method", "PUBLISH")):
            calendar.add(key, value)
        calendar.add("name", name)
        calendar.add("x-wr-calname", name)
        calendar.add("refresh-interval", timedelta(minutes=15), parameters={"VALUE": "DURATION"})
        told = set[tuple[object, object]]()
        for booking in sorted(views, key=lambda each: (each.starts_at, each.id)):
            for event in _make_events(booking, feed):
                stretch = event.start, event.end
                # A group has a booking for each who comes; that its time is taken is said once.
                if feed.is_full or stretch not in told:
                    calendar.add_component(event)
                told.add(stretch)
    if not calendar.subcomponents:
        calendar.add_component(Component.from_ical(NOTHING))
    content: bytes = calendar.to_ical()
    return content


def derive_feeds_anew(restored: RestoredTenant) -> tuple[str, ...]:  # noqa: ARG001 - as every restore step
    """Store the hashes of the links that lead here from now on: they are derived from the name of the schema."""
    rows = list(CalendarFeed.objects.all())
    for row in rows:
        row.token_hash = _hash(row.key)
    CalendarFeed.objects.bulk_update(rows, ["token_hash"])
    return (NOTE,) if rows else ()


def register() -> None:
    """Do this whenever a business is restored."""
    register_restore_step("feeds", 31, derive_feeds_anew)


def _log(feed: CalendarFeed, action: Action, *, by: Actor, now: datetime) -> None:
    """Write down who opened a calendar to others, or closed it."""
    values = {"resource_id": feed.resource_id, "is_full": feed.is_full}
    is_new = action == Action.CREATED
    fields = {name: (None, value) if is_new else (value, None) for name, value in values.items()}
    # A business that was imported has the log of before, and none of its links: their numbers come again.
    version = find_last_version(noun=NOUN, row_id=feed.pk) + 1
    log_changes([NewEntry(NOUN, feed.pk, version, action, fields)], user_id=by.user_id, now=now)


def _list_leading() -> QuerySet[CalendarFeed]:
    """List the links that lead somewhere: who has left reads nobody's names any more."""
    return CalendarFeed.objects.select_related("resource").filter(resource__is_active=True)


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


def _make_events(booking: BookingView, feed: CalendarFeed) -> Iterator[Event]:
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
        _describe(event, booking, is_full=feed.is_full)
        yield event


def _describe(event: Event, booking: BookingView, *, is_full: bool) -> None:
    if not is_full:
        event.add("summary", gettext("Busy"))
        event.add("class", "PRIVATE")
        return
    who = booking.customer_name
    event.add("summary", clean_line(f"{booking.service_name} · {who}" if who else booking.service_name))
    event.add("location", make_printable(", ".join(filter(None, (booking.location_name, booking.location_address)))))
    page = f"{make_base_url(current_tenant().home_host)}/workspace/bookings/{booking.id}/"
    contact = booking.customer_phone or booking.customer_email
    said = (contact, booking.asset_label, booking.note, booking.reference, page)
    event.add("description", "\n".join(make_printable(each) for each in said if each))


def _hash(key: UUID) -> str:
    return hash_token(derive_token(_name(key), 1))


def _make_url(feed: CalendarFeed) -> str:
    token = find_current_token(_name(feed.key), 1, feed.token_hash)
    return f"{make_base_url(current_tenant().primary_host)}/feeds/{token}/calendar.ics"


def _name(key: UUID) -> str:
    """Return what a link is derived from; no booking's calendar identity begins so."""
    return f"feed:{key}"
