"""Bookings as pages and messages show them; each in a fixed number of queries."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from dataclasses import replace
from datetime import datetime
from typing import Any, TypedDict

from django.db.models import Case, Prefetch, Q, QuerySet, When

from kernel.identity.customer_numbers import read_customer_number
from kernel.ids import hash_link_token
from kernel.maps import make_map_url
from kernel.money import PriceKind
from kernel.page import Page, cut_page, limit_rows, read_cursor
from kernel.text import mark
from scheduling.enums import BookingLevel, BookingSource, BookingStatus
from scheduling.errors import BookingNotFound, RequestInvalid, TokenUnknown
from scheduling.models import Allocation, Booking, Customer, Location
from scheduling.policies import check_link, find_cancel_limit, find_delay, find_move_limit, find_pause
from scheduling.selectors.bookings.search import Found, find_bookings
from scheduling.selectors.bookings.wishes import wish_of
from scheduling.selectors.reports.counted import IS_COUNTED, came_through, was_with
from scheduling.selectors.reports.parts import belongs_to
from scheduling.types import (
    AgreedPolicy,
    BookingFilters,
    BookingRow,
    BookingView,
    LineView,
    Progress,
    TakenResource,
)

CHUNK = 1000
"""So many of the rows of a file are in memory at a time."""
ROW_COLUMNS = (
    "pk", "reference", "status", "source", "starts_at", "ends_at", "location__timezone", "service_id", "service__name",
    "customer_id", "customer_name", "customer_phone", "customer_email", "asset_label", "party_size", "price_minor",
    "currency", "attendance_confirmed_at", "created_at",
)  # fmt: skip
"""What `BookingRow` says, in its order."""
STATUSES = {each.value: each for each in BookingStatus}
SOURCES = {each.value: each for each in BookingSource}
HOLD_STATUSES = (BookingStatus.HELD, BookingStatus.EXPIRED)


def get_booking(*, booking_id: int) -> BookingView:
    """Return a booking for staff.

    Raises:
        BookingNotFound: There is none.
    """
    booking = _details().filter(pk=booking_id).first()
    if booking is None:
        raise BookingNotFound
    return view_booking(booking)


def list_views(booking_ids: Collection[int]) -> tuple[BookingView, ...]:
    """Return bookings for staff, in no order; eight queries, whatever their number."""
    return tuple(view_booking(booking) for booking in _details().filter(pk__in=booking_ids))


def get_by_token(*, token: str, now: datetime) -> BookingView:
    """Return the booking that a manage link shows.

    Raises:
        TokenUnknown: The token belongs to none.
        LinkEnded: The visit is long over.
    """
    booking = _details().filter(token_hash=hash_link_token(token)).first()
    if booking is None:
        raise TokenUnknown
    check_link(booking, now=now)
    return view_booking(booking)


def find_linked_id(*, token: str, now: datetime) -> int:
    """Return the id of the booking that a manage link shows; one query.

    Raises:
        TokenUnknown, LinkEnded: As `get_by_token`.
    """
    booking = Booking.with_tests.filter(token_hash=hash_link_token(token)).only("ends_at").first()
    if booking is None:
        raise TokenUnknown
    check_link(booking, now=now)
    return booking.pk


def list_bookings(filters: BookingFilters) -> Page[BookingRow]:
    """List bookings by start, a page at a time; one query. A search has its own order, see `find_bookings`.

    A search for a customer's number (C-1042) lists theirs.

    Raises:
        Invalid: The cursor is not one of ours, or a status is unknown.
    """
    limit = limit_rows(filters.limit)
    filters = _check_filters(filters)
    if filters.search.strip():
        found = find_bookings(filters, hidden=HOLD_STATUSES)
        return cut_page(found, limit=limit, view=_view_found, key=lambda each: each.cursor_key)
    rows = list(_list_from(filters).select_related("service", "location")[: limit + 1])
    return cut_page(rows, limit=limit, view=_view_row, key=_make_key)


def iterate_bookings(filters: BookingFilters) -> Iterator[BookingRow]:
    """Return all bookings that fit, by start, without a search; use them up in the business's own context.

    Raises:
        Invalid: As `list_bookings`; when the first one is asked for.
    """
    rows = Booking.objects.filter(_make_condition(_check_filters(filters))).order_by("starts_at", "pk")
    # Of many thousand rows, making each a booking with all of its columns takes longer than anything else.
    part = rows = rows.values_list(*ROW_COLUMNS)
    while found := list(part[:CHUNK]):
        yield from map(_view_columns, found)
        last_id, at = found[-1][0], found[-1][ROW_COLUMNS.index("starts_at")]
        part = rows.filter(Q(starts_at__gt=at) | Q(pk__gt=last_id), starts_at__gte=at)


def list_visits_before(*, customer_id: int, before: datetime, limit: int) -> tuple[tuple[BookingRow, ...], int]:
    """Return the visits of a customer that began before a moment, and how many there are; two queries.

    At most ``limit``: those that took place first, and the newest of them.
    """
    rows = Booking.objects.filter(customer_id=customer_id, starts_at__lt=before).exclude(status__in=HOLD_STATUSES)
    did_not = Case(When(status=BookingStatus.COMPLETED, then=0), default=1)
    found = rows.select_related("service", "location").order_by(did_not, "-starts_at", "-pk")[:limit]
    return tuple(_view_row(each) for each in found), rows.count()


def list_rows(bookings: QuerySet[Booking]) -> tuple[BookingRow, ...]:
    """Return bookings, of which somebody says which and how many, as a list has them; one query."""
    return tuple(_view_row(each) for each in bookings.select_related("service", "location"))


def list_page_of_views(filters: BookingFilters) -> Page[BookingView]:
    """List bookings by start with everything, a page at a time, without a search; twelve queries at most.

    Raises:
        Invalid: As `list_bookings`.
    """
    limit = limit_rows(filters.limit)
    rows = list(_list_from(_check_filters(filters)).only("starts_at")[: limit + 1])
    found = _details_of_many().filter(pk__in=[booking.pk for booking in rows[:limit]])
    views = {booking.pk: view_booking(booking) for booking in found}
    rows = [booking for place, booking in enumerate(rows) if place == limit or booking.pk in views]
    return cut_page(rows, limit=limit, view=lambda booking: views[booking.pk], key=_make_key)


def _make_key(booking: Booking) -> tuple[datetime, int]:
    return (booking.starts_at, booking.pk)


def _check_filters(filters: BookingFilters) -> BookingFilters:
    unknown = set(filters.statuses) - set(BookingStatus.values)
    if unknown:
        raise RequestInvalid(errors={"status": (mark("This status is not known."),)})
    return _read_number(filters)


def _list_from(filters: BookingFilters) -> QuerySet[Booking]:
    bookings = Booking.objects.filter(_make_condition(filters))
    if filters.cursor:
        starts_at, last_id = read_cursor(filters.cursor, datetime, int)
        bookings = bookings.filter(Q(starts_at__gt=starts_at) | Q(starts_at=starts_at, pk__gt=last_id))
    return bookings.order_by("starts_at", "pk")


def _read_number(filters: BookingFilters) -> BookingFilters:
    """Ask for a customer's bookings where their number was typed; one query, only then."""
    number = read_customer_number(filters.search)
    customer_id = None if number is None else find_customer_id(number)
    return filters if customer_id is None else replace(filters, search="", customer_id=customer_id)


def find_customer_id(number: int) -> int | None:
    """Return which customer has a number, if anybody has it."""
    return Customer.objects.filter(number=number, erased_at=None).values_list("pk", flat=True).first()


def view_booking(booking: Booking) -> BookingView:
    """Freeze a booking that was loaded with everything."""
    return BookingView(
        id=booking.pk,
        reference=booking.reference,
        status=BookingStatus(booking.status),
        source=BookingSource(booking.source),
        starts_at=booking.starts_at,
        ends_at=booking.ends_at,
        **_view_place(booking.location),
        service_id=booking.service_id,
        lines=(lines := _view_lines(booking)),
        service_name=" + ".join(line.name for line in lines) or booking.service.name,
        resources=_view_taken(booking),
        wish=wish_of(booking),
        party_size=booking.party_size,
        customer_id=booking.customer_id,
        customer_number=booking.customer.number if booking.customer else None,
        customer_level=BookingLevel(booking.customer.booking_level) if booking.customer else BookingLevel.NORMAL,
        customer_name=booking.customer_name,
        customer_phone=booking.customer_phone,
        customer_email=booking.customer_email,
        customer_locale=booking.customer_locale,
        proven_contact=booking.proven_contact,
        wants_reminders=booking.wants_reminders,
        asset_label=booking.asset_label,
        asset_data=booking.asset_data,
        answers=booking.answers,
        arrival_mode=booking.arrival_mode,
        note=booking.note,
        price_minor=booking.price_minor,
        is_price_from=_is_price_from(booking),
        deposit_minor=booking.deposit_minor,
        currency=booking.currency,
        sequence=booking.sequence,
        ics_uid=booking.ics_uid,
        token_version=booking.token_version,
        token_hash=booking.token_hash,
        hold_expires_at=booking.hold_expires_at,
        attendance_confirmed_at=booking.attendance_confirmed_at,
        confirmed_at=booking.confirmed_at,
        cancelled_at=booking.cancelled_at,
        cancelled_by=booking.cancelled_by,
        cancelled_reason=booking.cancelled_reason,
        override_kind=booking.override_kind,
        cancelled_cause=booking.cancelled_cause,
        override_reason=booking.override_reason,
        created_at=booking.created_at,
        move_until=find_move_limit(booking),
        cancel_until=find_cancel_limit(booking),
        series_id=booking.series_id,
        is_sample=booking.is_sample,
        is_test=booking.is_test,
        agreed=AgreedPolicy.read(booking.policy),
        is_group=booking.session_id is not None,
        progress=_view_progress(booking),
    )


def _view_progress(booking: Booking) -> Progress:
    return Progress(
        started_at=booking.started_at,
        completed_at=booking.completed_at,
        pause=find_pause(booking),
        paused_at=booking.paused_at,
        paused_minutes=booking.paused_minutes,
        late_minutes=find_delay(booking),
    )


class _Place(TypedDict):
    timezone: str
    location_id: int
    location_name: str
    location_address: str
    location_phone: str
    location_map_url: str
    what_to_bring: str


def _view_place(location: Location) -> _Place:
    return {
        "timezone": location.timezone,
        "location_id": location.pk,
        "location_name": location.name,
        "location_address": location.address,
        "location_phone": location.phone,
        "location_map_url": make_map_url(location.address, location.map_url),
        "what_to_bring": location.what_to_bring,
    }


def _is_price_from(booking: Booking) -> bool:
    """Tell whether the price is a lowest one: as agreed, else as its service says."""
    agreed = AgreedPolicy.read(booking.policy).is_price_from
    return booking.service.price_kind == PriceKind.FROM if agreed is None else agreed


def _view_lines(booking: Booking) -> tuple[LineView, ...]:
    return tuple(
        LineView(
            service_id=line.service_id,
            name=line.service_name,
            duration_minutes=line.duration_minutes,
            price_minor=line.price_minor,
            add_on_names=tuple(add_on["name"] for add_on in line.add_ons),
            names=line.service_names,
            add_on_others=tuple(add_on.get("names", {}) for add_on in line.add_ons),
            extras_minor=sum(int(add_on["price_minor"]) for add_on in line.add_ons),
        )
        for line in booking.lines.all()
    )


def _details() -> QuerySet[Booking]:
    taken = Allocation.objects.select_related("resource__resource_type").order_by("part_index", "starts_at", "pk")
    return Booking.with_tests.select_related("service", "location", "customer").prefetch_related(
        "lines", Prefetch("allocations", taken), Prefetch("session__allocations", taken)
    )


def _details_of_many() -> QuerySet[Booking]:
    """As `_details`; what many bookings share (services, places, resources) is read and made once, not for each."""
    taken = Allocation.objects.prefetch_related("resource__resource_type").order_by("part_index", "starts_at", "pk")
    return Booking.with_tests.select_related("customer").prefetch_related(
        "service", "location", "lines", Prefetch("allocations", taken), Prefetch("session__allocations", taken)
    )


def _view_taken(booking: Booking) -> tuple[TakenResource, ...]:
    """Join the pieces of each resource; of a booking that is over, what it took last."""
    rows: Iterable[Allocation] = booking.session.allocations.all() if booking.session else booking.allocations.all()
    rows = list(rows)
    active = [row for row in rows if row.is_active] or rows
    spans: dict[tuple[int, int], list[Allocation]] = {}
    for row in active:
        spans.setdefault((row.part_index, row.resource_id), []).append(row)
    return tuple(
        TakenResource(
            resource_id=resource_id,
            name=pieces[0].resource.name,
            type_name=pieces[0].resource.resource_type.name,
            is_person=pieces[0].resource.resource_type.is_person,
            starts_at=max(min(piece.starts_at for piece in pieces), booking.starts_at),
            ends_at=min(max(piece.ends_at for piece in pieces), booking.ends_at),
            is_sample=pieces[0].resource.is_sample,
        )
        for (_, resource_id), pieces in spans.items()
    )


def _make_condition(filters: BookingFilters) -> Q:
    condition = Q()
    if filters.statuses:
        condition &= Q(status__in=filters.statuses)
    elif not filters.include_holds:
        condition &= ~Q(status__in=HOLD_STATUSES)
    if filters.reference:
        condition &= Q(reference=filters.reference)
    for field in ("service_id", "customer_id", "location_id"):
        value = getattr(filters, field)
        if value is not None:
            condition &= Q(**{field: value})
    if filters.resource_id is not None:
        taken = Allocation.objects.filter(resource_id=filters.resource_id, is_active=True)
        condition &= Q(pk__in=taken.values("booking_id").filter(booking_id__isnull=False)) | Q(
            session_id__in=taken.values("session_id").filter(session_id__isnull=False)
        )
    if filters.starts_after is not None:
        condition &= Q(starts_at__gte=filters.starts_after)
    if filters.starts_before is not None:
        condition &= Q(starts_at__lt=filters.starts_before)
    return condition & _make_report_condition(filters)


def _make_report_condition(filters: BookingFilters) -> Q:
    """Return what of the bookings belongs to a figure of a report."""
    condition = IS_COUNTED if filters.is_counted else Q()
    if filters.door:
        condition &= came_through(filters.door)
    if filters.last_of_id is not None:
        condition &= was_with(filters.last_of_id)
    if filters.part is not None:
        condition &= belongs_to(filters.part)
    return condition


def _view_found(found: Found) -> BookingRow:
    return replace(_view_row(found.booking), is_similar=found.is_similar)


def _view_columns(row: tuple[Any, ...]) -> BookingRow:
    booking_id, reference, status, source, *rest, attended_at, created_at = row
    made = (booking_id, reference, STATUSES[status], SOURCES[source], *rest, attended_at is not None, created_at)
    return BookingRow(*made)


def _view_row(booking: Booking) -> BookingRow:
    return BookingRow(
        id=booking.pk,
        reference=booking.reference,
        status=BookingStatus(booking.status),
        source=BookingSource(booking.source),
        starts_at=booking.starts_at,
        ends_at=booking.ends_at,
        timezone=booking.location.timezone,
        service_id=booking.service_id,
        service_name=booking.service.name,
        customer_id=booking.customer_id,
        customer_name=booking.customer_name,
        customer_phone=booking.customer_phone,
        customer_email=booking.customer_email,
        asset_label=booking.asset_label,
        party_size=booking.party_size,
        price_minor=booking.price_minor,
        currency=booking.currency,
        is_attendance_confirmed=booking.attendance_confirmed_at is not None,
        created_at=booking.created_at,
    )
