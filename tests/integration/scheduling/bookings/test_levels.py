"""Numbers, levels and meters of customers: written by the same statement as their bookings."""

from __future__ import annotations

from dataclasses import replace

import pytest
from django.db import IntegrityError, transaction

from notifications.services.codes import Reach
from notifications.services.stops import Answered, take_reply
from scheduling.enums import BookingLevel
from scheduling.errors import (
    CustomerInvalid,
    CustomerNotFound,
    RequestInvalid,
    TooManyBookings,
    VerificationRequired,
)
from scheduling.models import AssetReading, Booking, Customer
from scheduling.selectors.bookings.views import get_booking, list_bookings
from scheduling.services.bookings import guards
from scheduling.services.bookings.guards import admit, open_guard
from scheduling.services.bookings.holds import hold_slot
from scheduling.services.bookings.levels import set_booking_level
from scheduling.services.bookings.submissions import book_slot, submit_booking
from scheduling.types import BookingFilters, CustomerDetails, SlotRequest, VisitDetails
from tests.factories.scheduling import (
    CUSTOMER,
    DETAILS,
    MONDAY,
    NOW,
    STAFF,
    book,
    hours_later,
    make_shop,
    make_wish,
)

OTHER = VisitDetails(customer=CustomerDetails("Bea Ruiz", email="bea@example.com"), asset=DETAILS.asset)


def book_as(details: VisitDetails, service_id: int, hours: float, by=CUSTOMER):
    request = SlotRequest(make_wish(service_id), hours_later(hours))
    return book_slot(request=request, details=details, now=NOW, source="page", by=by)


def level(customer_id: int, value: BookingLevel, reason: str = "No vino tres veces") -> bool:
    return set_booking_level(customer_id=customer_id, level=value, reason=reason, now=NOW, by=STAFF)


@pytest.fixture
def shop(tenant) -> int:
    return make_shop(3)[0]


def test_each_customer_has_the_next_number_and_is_found_by_it(shop):
    first, second = book(shop), book_as(OTHER, shop, 1)
    again = book(shop, hours_later(2))

    numbers = [get_booking(booking_id=each.booking_id).customer_number for each in (first, second, again)]

    assert numbers == [numbers[0], numbers[0] + 1, numbers[0]]
    for typed in (f"C-{numbers[0]}", f"c{numbers[0]}", f" C {numbers[0]} "):
        found = list_bookings(BookingFilters(search=typed)).rows
        assert [row.id for row in found] == [first.booking_id, again.booking_id]
    assert list_bookings(BookingFilters(search="C-99999999")).rows == ()


def test_a_number_is_given_by_django_too_and_to_one_only(shop):
    made = [Customer.objects.create(name=name, created_at=NOW) for name in ("Ana", "Bea")]
    for each in made:
        each.refresh_from_db()

    assert made[1].number == made[0].number + 1
    with pytest.raises(IntegrityError), transaction.atomic():
        Customer.objects.filter(pk=made[1].pk).update(number=made[0].number)


@pytest.mark.parametrize("door", ["at once", "from a hold"])
@pytest.mark.parametrize(
    ("value", "status"),
    [
        (BookingLevel.NORMAL, "confirmed"),
        (BookingLevel.MUST_PREPAY, "pending_approval"),
        (BookingLevel.BY_APPROVAL, "pending_approval"),
        (BookingLevel.REFUSED, None),
    ],
)
def test_the_level_decides_what_an_online_booking_becomes(shop, door, value, status):
    customer = Booking.objects.get(pk=book(shop).booking_id).customer
    level(customer.pk, value)
    renamed = replace(DETAILS, customer=replace(DETAILS.customer, name="Otro Nombre"))

    def try_booking(details: VisitDetails, hours: int):
        if door == "at once":
            return book_as(details, shop, hours)
        held = hold_slot(request=SlotRequest(make_wish(shop), hours_later(hours)), now=NOW, source="page")
        return submit_booking(hold_id=held.id, token=held.token, details=details, now=NOW)

    if status is None:
        before = Booking.objects.exclude(status="held").count()
        for hours, details in ((1, DETAILS), (2, renamed)):
            with pytest.raises(VerificationRequired):
                try_booking(details, hours)
            with pytest.raises(CustomerInvalid) as refused:
                try_booking(replace(details, proven_contact="email"), hours)
            assert list(refused.value.errors) == ["contact"]
        assert Booking.objects.exclude(status="held").count() == before
    else:
        assert try_booking(DETAILS, 1).status == status
    assert try_booking(OTHER, 3).status == "confirmed"
    assert book_as(DETAILS, shop, 4, by=STAFF).status == "confirmed"


def test_of_several_customers_with_a_contact_the_strictest_level_counts(shop):
    one = Booking.objects.get(pk=book(shop).booking_id).customer
    two = Booking.objects.get(
        pk=book_as(replace(DETAILS, customer=replace(DETAILS.customer, name="Su Hermano")), shop, 1).booking_id
    ).customer
    level(one.pk, BookingLevel.BY_APPROVAL)
    level(two.pk, BookingLevel.REFUSED)

    with pytest.raises(VerificationRequired):
        book_as(DETAILS, shop, 2)
    Customer.objects.filter(pk=two.pk).update(erased_at=NOW)

    assert book_as(DETAILS, shop, 2).status == "pending_approval"


@pytest.fixture
def refused(shop) -> int:
    """Ana may not book online any more."""
    customer = Booking.objects.get(pk=book(shop).booking_id).customer
    level(customer.pk, BookingLevel.REFUSED)
    return shop


def type_contacts(**contacts: str | None) -> VisitDetails:
    return replace(DETAILS, customer=replace(DETAILS.customer, **contacts))


def test_who_types_somebodys_number_beside_their_own_address_is_asked_to_prove_the_number(refused, monkeypatch):
    monkeypatch.setattr(guards, "list_ways", lambda to: (Reach("email", to.email), Reach("sms", to.phone)))
    details = replace(type_contacts(email="fremd@example.com"), proven_contact="email")

    with pytest.raises(VerificationRequired) as asked:
        book_as(details, refused, 1)

    assert (asked.value.to, Booking.objects.count()) == ("+525512345678", 1)


def test_without_a_way_to_prove_a_contact_nobody_is_told_whose_it_is(refused):
    take_reply(Answered("+525512345678", "STOP", "SM1"), now=NOW)

    with pytest.raises(TooManyBookings):
        book_as(type_contacts(email=None), refused, 1)

    assert Booking.objects.count() == 1


def test_a_wrong_code_of_who_may_not_book_is_said_to_be_wrong(refused):
    guard = open_guard(customer=DETAILS.customer, block="10.0.0.0/24", code="999999", now=NOW)

    with pytest.raises(VerificationRequired) as asked, admit(guard) as proven:
        book_as(replace(DETAILS, proven_contact=proven), refused, 1)

    assert (asked.value.to, asked.value.is_wrong) == ("ana@example.com", True)


def test_a_level_needs_a_reason_and_leaves_history(shop):
    customer = Booking.objects.get(pk=book(shop).booking_id).customer

    with pytest.raises(RequestInvalid):
        level(customer.pk, BookingLevel.REFUSED, "  ")
    with pytest.raises(CustomerNotFound):
        level(999_999, BookingLevel.REFUSED)
    assert [level(customer.pk, BookingLevel.REFUSED), level(customer.pk, BookingLevel.REFUSED)] == [True, False]
    assert level(customer.pk, BookingLevel.NORMAL) is True

    rows = list(customer.history.order_by("history_id").values_list("booking_level", "history_change_reason"))
    assert rows == [("normal", ""), ("refused", "No vino tres veces"), ("normal", "")]


def test_each_visit_keeps_what_the_meter_showed(shop):
    asset = {"make": "Nissan", "model": "Versa", "year": "2018", "plate": "ABC-12-34"}
    submitted = [
        book_as(replace(DETAILS, asset={**asset, **told}), shop, hours)
        for hours, told in enumerate(({"mileage": "85000"}, {"mileage": "91000"}, {}))
    ]

    readings = list(AssetReading.objects.order_by("pk").values_list("booking_id", "value", "unit"))
    assets = set(AssetReading.objects.values_list("asset_id", flat=True))
    assert readings == [(submitted[0].booking_id, 85000, "km"), (submitted[1].booking_id, 91000, "km")]
    assert assets == {Booking.objects.get(pk=submitted[2].booking_id).asset_id}


def test_what_was_fetched_was_ready_before(shop):
    booking_id = book(shop, MONDAY).booking_id

    with pytest.raises(IntegrityError), transaction.atomic():
        Booking.objects.filter(pk=booking_id).update(ready_at=hours_later(2), collected_at=hours_later(1))
    Booking.objects.filter(pk=booking_id).update(ready_at=hours_later(1), collected_at=hours_later(1))
