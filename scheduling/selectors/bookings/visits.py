"""A person's own visits, as the link to their contact shows them.

Whose a booking is, here, says the booking alone: it is shown to the contact that gets its messages, or whose code was
typed for it. Never by customer: whoever types somebody's name and number first makes a customer with a contact of
their own beside it, and would read every later visit of that person.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Exists, OuterRef, Q, QuerySet

from kernel.ids import hash_token
from kernel.page import Page, cut_page, read_cursor
from scheduling.enums import BookingStatus, ContactKind
from scheduling.errors import BookingNotFound, VisitsLinkUnknown
from scheduling.models import Booking, Feedback, VisitsLink
from scheduling.selectors.bookings.photos import VisitPhotoView, list_visit_photos
from scheduling.selectors.bookings.views import list_views
from scheduling.types import BookingView

COMING = (
    BookingStatus.PENDING_PAYMENT,
    BookingStatus.PENDING_APPROVAL,
    BookingStatus.CONFIRMED,
    BookingStatus.ARRIVED,
    BookingStatus.IN_PROGRESS,
)
MOST_COMING, PAST_ROWS, OWN_ROWS, FILE_ROWS = 500, 10, 200, 500
"""Of what comes nobody has that many: a year of weeks is 52, and all of it is told."""


@dataclass(frozen=True, slots=True)
class VisitsContact:
    """A contact whose reader has opened a link; ``value`` is an e-mail in lower case or a phone number in E.164."""

    kind: ContactKind
    value: str
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class OwnAsset:
    """What somebody came with, as it was told last."""

    label: str
    data: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class OwnData:
    """What a person's visits say of them, the newest first, each value once."""

    names: tuple[str, ...]
    phones: tuple[str, ...]
    emails: tuple[str, ...]
    assets: tuple[OwnAsset, ...]


@dataclass(frozen=True, slots=True)
class Visits:
    """Visits of a contact: coming ones by start, past ones the last one first, and what asks for earlier ones.

    Attributes:
        published: The past ones of which everybody may read what their customer said.
    """

    coming: tuple[BookingView, ...]
    past: tuple[BookingView, ...]
    next_cursor: str | None
    published: frozenset[int] = frozenset()


def get_visits_contact(*, token: str, now: datetime) -> VisitsContact:
    """Return whose visits a link shows.

    Raises:
        VisitsLinkUnknown: There is none, or it has ended.
    """
    link = VisitsLink.objects.filter(token_hash=hash_token(token), expires_at__gt=now).first() if token else None
    if link is None:
        raise VisitsLinkUnknown
    return VisitsContact(ContactKind(link.kind), link.contact, link.expires_at)


def find_visits_contact(*, token: str, now: datetime) -> VisitsContact | None:
    """Return the same, or None where `get_visits_contact` refuses."""
    try:
        return get_visits_contact(token=token, now=now)
    except VisitsLinkUnknown:
        return None


def has_visits(contact: str) -> bool:
    """Tell whether a link to a contact would show anything; one query."""
    return _list_theirs(contact).exists()


def list_visits(*, contact: str, now: datetime, cursor: str = "") -> Visits:
    """Return the visits of a contact: all that come, and a page of those before; five queries, however many.

    With a cursor none that come: the page before had them.

    Raises:
        Invalid: The cursor is not one of ours.
    """
    is_coming = _make_coming(now)
    coming: list[int] = []
    earlier = _list_theirs(contact).exclude(is_coming)
    if not cursor:
        rising = _list_theirs(contact).filter(is_coming).order_by("starts_at", "pk")
        coming = list(rising.values_list("pk", flat=True)[:MOST_COMING])
    else:
        starts_at, last_id = read_cursor(cursor, datetime, int)
        earlier = earlier.filter(Q(starts_at__lt=starts_at) | Q(starts_at=starts_at, pk__lt=last_id))
    is_published = Exists(Feedback.objects.filter(booking_id=OuterRef("pk"), may_publish=True))
    found = earlier.order_by("-starts_at", "-pk").values_list("starts_at", "pk", is_published)
    rows = list(found[: PAST_ROWS + 1])
    page = cut_page(rows, limit=PAST_ROWS, view=lambda row: row[1], key=lambda row: row[:2])
    views = {each.id: each for each in list_views([*coming, *page.rows])}
    return Visits(
        coming=tuple(views[each] for each in coming),
        past=tuple(views[each] for each in page.rows),
        next_cursor=page.next_cursor,
        published=frozenset(booking_id for _, booking_id, is_public in rows if is_public),
    )


def list_all_visits(*, contact: str, cursor: str = "") -> Page[BookingView]:
    """Return the visits of a contact, the last one first, a large page at a time; as many queries for one as for all.

    Raises:
        Invalid: The cursor is not one of ours.
    """
    rows = _list_theirs(contact)
    if cursor:
        starts_at, last_id = read_cursor(cursor, datetime, int)
        rows = rows.filter(Q(starts_at__lt=starts_at) | Q(starts_at=starts_at, pk__lt=last_id))
    found = list(rows.order_by("-starts_at", "-pk").values_list("starts_at", "pk")[: FILE_ROWS + 1])
    page = cut_page(found, limit=FILE_ROWS, view=lambda row: row[1], key=lambda row: row)
    views = {each.id: each for each in list_views(page.rows)}
    return Page(tuple(views[each] for each in page.rows), page.next_cursor)


def list_own_photos(*, contact: str) -> tuple[VisitPhotoView, ...]:
    """Return the photos of the last `OWN_ROWS` visits of a contact; two queries."""
    latest = _list_theirs(contact).order_by("-starts_at", "-pk").values_list("pk", flat=True)[:OWN_ROWS]
    return list_visit_photos(booking_ids=list(latest))


def get_visit(*, contact: str, booking_id: int) -> BookingView:
    """Return one of a contact's visits.

    Raises:
        BookingNotFound: There is none, or it is somebody else's: nobody learns which.
    """
    if not _list_theirs(contact).filter(pk=booking_id).exists():
        raise BookingNotFound
    (view,) = list_views([booking_id])
    return view


def list_their_ids(*, contact: str) -> tuple[int, ...]:
    """Return the ids of all bookings of a contact; one query."""
    return tuple(_list_theirs(contact).order_by("pk").values_list("pk", flat=True))


def get_own_data(*, contact: str) -> OwnData:
    """Return what the last `OWN_ROWS` visits of a contact say of whoever made them; one query."""
    rows = list(
        _list_theirs(contact)
        .order_by("-created_at", "-pk")
        .values_list("customer_name", "customer_phone", "customer_email", "asset_label", "asset_data")[:OWN_ROWS]
    )
    assets = {label.casefold(): OwnAsset(label, data) for *_, label, data in reversed(rows) if label}
    newest = dict.fromkeys(label.casefold() for *_, label, _ in rows if label)
    return OwnData(
        names=_list_once(row[0] for row in rows),
        phones=_list_once(row[1] for row in rows),
        emails=_list_once(row[2] for row in rows),
        assets=tuple(assets[key] for key in newest),
    )


def _list_once(values: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(each for each in values if each))


def _make_coming(now: datetime) -> Q:
    kept = Q(hold_expires_at__isnull=True) | Q(hold_expires_at__gt=now)
    return Q(status__in=COMING, ends_at__gt=now) & kept


def _list_theirs(contact: str) -> QuerySet[Booking]:
    """List the bookings whose messages go to a contact, or for which its code was typed; tests are nobody's."""
    if "@" in contact:
        return Booking.objects.filter(customer_email=contact)  # messages go there first, whatever else is known
    typed = Q(proven_contact=ContactKind.PHONE)
    return Booking.objects.filter(Q(customer_phone=contact) & (Q(customer_email="") | typed))
