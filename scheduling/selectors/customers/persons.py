"""What requests of persons about their data ask of customers: who they are, how they are reached, what is to come."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Q

from kernel.ids import hash_link_token
from scheduling.enums import BookingStatus, ContactKind, CustomerKind
from scheduling.errors import CustomerNotFound, TokenUnknown
from scheduling.models import Booking, Contact, Customer, Location, WaitlistEntry
from scheduling.policies import check_link
from scheduling.selectors.customers.listing import COMING

MOST_COMING = 50
HERE = (BookingStatus.ARRIVED, BookingStatus.IN_PROGRESS)
"""A visit in one of these goes on, whenever it was to end."""


@dataclass(frozen=True, slots=True)
class PersonFacts:
    """Who a record of a customer is about.

    Attributes:
        contacts: E-mail addresses and numbers on record, in the order in which they came.
        verified: Contact → when somebody typed the code that went there; none of the others is in it.
        is_company: Several people may stand in it.
    """

    id: int
    name: str
    locale: str
    emails: tuple[str, ...]
    phones: tuple[str, ...]
    verified: Mapping[str, datetime]
    is_company: bool
    is_erased: bool
    is_sample: bool

    @property
    def contacts(self) -> tuple[str, ...]:
        """Return every contact on record."""
        return (*self.emails, *self.phones)

    def list_verified(self, *, by: datetime) -> tuple[str, ...]:
        """Return the contacts of which it was known at an instant that the person reads them."""
        return tuple(each for each in self.contacts if each in self.verified and self.verified[each] <= by)


@dataclass(frozen=True, slots=True)
class LinkFacts:
    """Who holds the link of a booking, and what that proves.

    Attributes:
        customer_id: None: a test of the staff, or nobody's any more.
        contact: To which the messages of the booking go.
        is_whole: Whoever reads that contact has made every visit of the record, typing the code that went there each
            time, and nothing else made it: what is kept is theirs alone. Else somebody may have typed another one's
            contact and got the link on the page, or staff made the record.
    """

    booking_id: int
    customer_id: int | None
    name: str
    contact: str
    locale: str
    timezone: str
    region: str
    is_test: bool
    is_whole: bool


@dataclass(frozen=True, slots=True)
class ComingVisit:
    """A visit that is to come, or goes on."""

    booking_id: int
    reference: str
    service_name: str
    starts_at: datetime
    timezone: str


def get_person(*, customer_id: int) -> PersonFacts:
    """Return who a record is about; also of one that was erased. Two queries.

    Raises:
        CustomerNotFound: There is none, or it was merged into another one.
    """
    row = Customer.objects.filter(pk=customer_id).first()
    if row is None:
        raise CustomerNotFound
    rows = Contact.objects.filter(customer_id=customer_id).order_by("pk")
    found = list(rows.values_list("kind", "value", "verified_at"))
    return PersonFacts(
        id=row.pk,
        name=row.name,
        locale=row.locale,
        emails=tuple(value for kind, value, _ in found if kind == ContactKind.EMAIL),
        phones=tuple(value for kind, value, _ in found if kind == ContactKind.PHONE),
        verified={value: at for _, value, at in found if at is not None},
        is_company=row.kind == CustomerKind.COMPANY,
        is_erased=row.erased_at is not None,
        is_sample=row.is_sample,
    )


def list_unerased(*, customer_ids: Collection[int]) -> tuple[int, ...]:
    """Return which of these records stand for somebody: neither erased nor merged into another one; one query."""
    rows = Customer.objects.filter(pk__in=customer_ids, erased_at=None).order_by("pk")
    return tuple(rows.values_list("pk", flat=True))


def read_link(*, token: str, now: datetime) -> LinkFacts:
    """Return who holds the link of a booking; four queries.

    Raises:
        TokenUnknown: It belongs to no booking.
        LinkEnded: The visit is long over.
    """
    rows = Booking.with_tests.select_related("location", "customer")
    booking = rows.filter(token_hash=hash_link_token(token)).first()
    if booking is None:
        raise TokenUnknown
    check_link(booking, now=now)
    contact = booking.customer_email or booking.customer_phone
    return LinkFacts(
        booking_id=booking.pk,
        customer_id=booking.customer_id,
        name=booking.customer_name,
        contact=contact,
        locale=booking.customer_locale,
        timezone=booking.location.timezone,
        region=booking.location.region,
        is_test=booking.is_test,
        is_whole=booking.customer is not None and _is_sole_reader(booking.customer, contact),
    )


def list_coming(*, customer_id: int, now: datetime) -> tuple[ComingVisit, ...]:
    """List the visits of a customer that are to come or go on, also past their end, soonest first; one query."""
    goes_on = Q(status__in=HERE) | Q(status__in=COMING, ends_at__gt=now)
    rows = Booking.objects.filter(goes_on, customer_id=customer_id)
    found = rows.select_related("service", "location").order_by("starts_at", "pk")[:MOST_COMING]
    return tuple(
        ComingVisit(each.pk, each.reference, each.service.name, each.starts_at, each.location.timezone)
        for each in found
    )


def find_first_place() -> tuple[str, str]:
    """Return zone and region of the business's first location; two empty words: it has none. One query."""
    found = Location.objects.filter(is_active=True).values_list("timezone", "region").first()
    return found or ("", "")


def find_shared(*, customer_id: int) -> frozenset[str]:
    """Return the contacts of a customer that other records have as well, such as a family's number; one query."""
    theirs = Contact.objects.filter(customer_id=customer_id).values("value")
    others = Contact.objects.filter(value__in=theirs, customer__erased_at=None).exclude(customer_id=customer_id)
    return frozenset(others.order_by().values_list("value", flat=True).distinct())


def find_traces(*, customer_ids: Collection[int]) -> tuple[frozenset[int], frozenset[str]]:
    """Return the visits of customers, tests included, and the addresses that are theirs alone; four queries.

    An address is not theirs alone that another customer has on record, or gave for a visit of their own.
    """
    pairs = list(
        Booking.with_tests.filter(customer_id__in=customer_ids).values_list("pk", "customer_email", "customer_phone")
    )
    values = Contact.objects.filter(customer_id__in=customer_ids).values_list("value", flat=True)
    addresses = {value for _, *pair in pairs for value in pair} | set(values)
    others = Contact.objects.filter(value__in=addresses, customer__erased_at=None).exclude(customer_id__in=customer_ids)
    given = Booking.with_tests.filter(
        Q(customer_email__in=addresses - {""}) | Q(customer_phone__in=addresses - {""}),
        customer__isnull=False,
        customer__erased_at=None,
    ).exclude(customer_id__in=customer_ids)
    shared = {value for pair in given.values_list("customer_email", "customer_phone") for value in pair}
    alone = addresses - set(others.values_list("value", flat=True)) - shared - {""}
    return frozenset(pk for pk, *_ in pairs), frozenset(alone)


def count_waiting(*, customer_id: int) -> int:
    """Count the places on the waitlist that a customer still has, offered times among them; one query."""
    return WaitlistEntry.objects.filter(customer_id=customer_id, ended_at=None).count()


def _is_sole_reader(customer: Customer, contact: str) -> bool:
    """Tell whether a code proved this contact for each visit, and the record began with one of them."""
    if not contact or customer.kind == CustomerKind.COMPANY or customer.merged.exists():
        return False
    pairs = Booking.objects.filter(customer_id=customer.pk).order_by("created_at")
    rows = list(pairs.values_list("customer_email", "customer_phone", "proven_contact", "created_at"))
    is_theirs = all(
        (email or phone) == contact and proven == (ContactKind.EMAIL if email else ContactKind.PHONE)
        for email, phone, proven, _ in rows
    )
    return bool(rows) and is_theirs and customer.created_at >= rows[0][3]
