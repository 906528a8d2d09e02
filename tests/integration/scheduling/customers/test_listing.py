"""The desk finds customers as they say it, narrowed and in order, and every write keeps the search in step."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from importlib import import_module

import pytest
from django.apps import apps
from django.db import connection

from kernel.errors import Invalid
from kernel.page import make_cursor
from scheduling.enums import BookingLevel, BookingStatus, ContactKind, CustomerKind
from scheduling.models import Booking, Customer, CustomerSearch
from scheduling.selectors.customers.listing import MOST_COUNTED, has_customers, list_for_desk, list_tags
from scheduling.services.bookings.corrections import correct_booking
from scheduling.services.bookings.submissions import book_slot
from scheduling.services.customers.assets import change_asset, create_asset
from scheduling.services.customers.records import change_customer, create_customer
from scheduling.services.erasing import KIND
from scheduling.services.waitlist.joining import join_waitlist
from scheduling.types import (
    ContactSetup,
    Correction,
    CustomerDetails,
    CustomerRow,
    CustomersAsked,
    CustomerSetup,
    SlotRequest,
    VisitDetails,
    WaitlistWish,
)
from tenants.services.erasures.erasing import erase
from tests.factories.scheduling import CAR, DETAILS, NOW, STAFF, hours_later, make_shop, make_wish

LATER = NOW + timedelta(days=400)


@pytest.fixture
def shop(tenant):
    return make_shop(4)


@pytest.fixture
def book(shop):
    service_id, _ = shop

    def book(hours=0, *, plate="ABC-123-D", **person):
        details = replace(DETAILS, customer=replace(DETAILS.customer, **person), asset={**CAR, "plate": plate})
        request = SlotRequest(make_wish(service_id), hours_later(hours))
        return book_slot(request=request, details=details, now=NOW, source="workspace", by=STAFF).booking_id

    return book


def make(name="María Núñez", *, phone="55 2222 3333", email="", **more) -> int:
    pairs = ((ContactKind.PHONE, phone), (ContactKind.EMAIL, email))
    contacts = tuple(ContactSetup(kind, value) for kind, value in pairs if value)
    return create_customer(setup=CustomerSetup(name=name, contacts=contacts, **more), by=STAFF, now=NOW)


def search(text="", *, now=NOW, **asked) -> list[int]:
    return [row.id for row in list_for_desk(CustomersAsked(search=text, **asked), now=now).rows]


def owner_of(booking_id: int) -> int:
    return Booking.objects.get(pk=booking_id).customer_id


@pytest.mark.parametrize(
    "typed",
    ["nunez", "NÚÑEZ maria", "nun", "nuenz", "55 2222 3333", "+52 1 55 2222 3333", "3333", "abc 123 d", "ABC123",
     "maria versa", "maria@example.com"],
)  # fmt: skip
def test_a_customer_is_found_as_they_say_it(book, typed):
    found = owner_of(book(name="María Núñez", phone="55 2222 3333", email="maria@example.com"))
    book(1, name="Luis Soto", phone="55 9876 5431", email="luis@example.org", plate="XYZ-98-7")

    assert search(typed) == [found]


def test_a_number_finds_its_record_alone(tenant):
    one, other = make(), make("Luis Soto", phone="55 9876 5431")
    number = Customer.objects.get(pk=one).number

    assert (search(f"c {number}"), search(f"C-{number + 1}"), search("C-999999999")) == ([one], [other], [])


def test_nothing_is_found_by_signs_alone(tenant):
    make()

    assert search("?!") == []


def test_what_is_spelled_otherwise_is_said_to_be_similar(tenant):
    make("Elsa Giménez")

    (row,) = list_for_desk(CustomersAsked(search="elsq gimenwz"), now=NOW).rows

    assert (row.name, row.is_similar) == ("Elsa Giménez", True)


def test_a_known_customer_is_found_by_another_car(book):
    customer_id = owner_of(book(plate="ABC-123-D"))

    book(1, plate="XYZ-987-A")

    assert (search("xyz987"), search("abc123"), CustomerSearch.objects.count()) == ([customer_id], [customer_id], 1)


def test_who_waits_is_found(shop):
    service_id, _ = shop
    wish = WaitlistWish(make_wish(service_id), from_on=NOW.date(), to_on=NOW.date() + timedelta(days=3))
    who = VisitDetails(CustomerDetails(name="Berta Solís", email="berta@example.com"), asset=CAR)

    join_waitlist(asked=wish, details=who, join_key="a run", now=NOW)

    assert [row.name for row in list_for_desk(CustomersAsked(search="berta solis"), now=NOW).rows] == ["Berta Solís"]


def test_a_changed_record_is_found_by_what_it_says_now(tenant):
    customer_id = make(email="maria@example.com")
    asset_id = create_asset(customer_id=customer_id, fields={"plate": "ABC-123-D"}, now=NOW)

    change_asset(asset_id=asset_id, fields={"plate": "XYZ-987-A"}, now=NOW)
    changes = {"name": "Marta Solís", "contacts": (ContactSetup(ContactKind.PHONE, "55 4444 5555"),)}
    change_customer(customer_id=customer_id, changes=changes, by=STAFF, now=NOW)

    gone = ("maria nunez", "abc123", "2222 3333", "maria@example.com")
    assert [search(each) for each in ("marta solis", "xyz987", "4444 5555")] == [[customer_id]] * 3
    assert [search(each) for each in gone] == [[]] * 4


def test_a_corrected_booking_corrects_what_its_customer_is_found_by(book):
    booking_id = book(name="María Núñez")
    asset = {**CAR, "plate": "XYZ-987-A"}
    correction = Correction("Marta Solís", "55 4444 5555", "", asset, note="", price_minor=None, is_customer_too=True)

    correct_booking(booking_id=booking_id, correction=correction, now=NOW, by=STAFF)

    found = [search("marta solis 5555"), search("xyz987"), search("nunez")]
    assert found == [[owner_of(booking_id)], [owner_of(booking_id)], []]


def test_who_was_erased_is_found_by_nothing(book):
    customer_id = owner_of(book(name="María Núñez"))

    erase(kind=KIND, row_ids=[customer_id], now=NOW)

    assert (search("nunez"), search(), search(sort="newest"), search(sort="visit", now=LATER)) == ([], [], [], [])
    assert CustomerSearch.objects.count() == 0


def test_rows_tell_of_visits_contacts_and_cars(book):
    booking_id = book(0, name="María Núñez", phone="55 2222 3333", email="maria@example.com")
    book(48, name="María Núñez", phone="55 2222 3333", email="maria@example.com", plate="XYZ-987-A")
    first, second = Booking.objects.order_by("starts_at").values_list("starts_at", flat=True)
    customer = Customer.objects.get(pk=owner_of(booking_id))
    change_customer(customer_id=customer.pk, changes={"tags": ("Frecuente",)}, by=STAFF, now=NOW)

    (row,) = list_for_desk(CustomersAsked(), now=first + timedelta(hours=3)).rows

    assert row == CustomerRow(
        id=customer.pk,
        number=customer.number,
        name="María Núñez",
        kind=CustomerKind.PERSON,
        level=BookingLevel.NORMAL,
        tags=("Frecuente",),
        phone="+525522223333",
        email="maria@example.com",
        asset_label="Nissan Versa",
        asset_identifier="XYZ-987-A",
        asset_count=2,
        visit_count=1,
        last_visit_at=first,
        next_visit_at=second,
        is_sample=False,
    )


def test_lists_are_narrowed_by_visits(book):
    came, missed, comes = (
        owner_of(book(hour, name=name, phone=f"55 2222 33{hour:02}", email=f"{hour}@example.com", plate=""))
        for hour, name in ((0, "Ana Cruz"), (1, "Beto Ruiz"), (48, "Caro Paz"))
    )
    Booking.objects.filter(customer_id=missed).update(status=BookingStatus.NO_SHOW)
    never = make("Dora Gil", phone="")
    now = hours_later(24)

    def narrowed(at) -> dict[str, list[int]]:
        return {each: search(visits=each, now=at) for each in ("coming", "recent", "away", "never", "missed")}

    assert narrowed(now) == {
        "coming": [comes], "recent": [came], "away": [], "never": [missed, comes, never], "missed": [missed],
    }  # fmt: skip
    assert narrowed(LATER)["away"] == [came, comes]


def test_lists_are_narrowed_by_level_and_tag(tenant):
    plain = make("Ana Cruz")
    strict = make("Beto Ruiz", booking_level=BookingLevel.REFUSED, level_reason="No paga")
    tagged = make("Caro Paz", tags=("Flotilla", "ámbar"))

    assert (search(level="refused"), search(level="normal"), search(tag="Flotilla")) == ([strict], [], [tagged])
    assert (search(tag="flotilla"), list_tags(), plain in search()) == ([], ("Flotilla", "ámbar"), True)


@pytest.mark.parametrize("sort", ["", "newest", "visit"])
def test_pages_show_everyone_once_and_in_order(book, sort):
    for hour, name in enumerate(["Caro Paz", "Ana Cruz", "Beto Ruiz", "Ana Cruz"]):
        book(hour, name=name, phone=f"55 2222 330{hour}", email=f"{hour}@example.com", plate="")

    first = list_for_desk(CustomersAsked(sort=sort, limit=3), now=LATER)
    rest = list_for_desk(CustomersAsked(sort=sort, limit=3, cursor=first.next_cursor), now=LATER)

    names = [row.name for row in (*first.rows, *rest.rows)]
    expected = {"": ["Ana Cruz", "Ana Cruz", "Beto Ruiz", "Caro Paz"]}
    assert names == expected.get(sort, ["Ana Cruz", "Beto Ruiz", "Ana Cruz", "Caro Paz"])
    assert (first.count, rest.count, rest.next_cursor) == (4, 4, None)
    assert len({row.id for row in (*first.rows, *rest.rows)}) == 4


def test_the_next_page_of_similar_ones_stays_similar(tenant):
    for number in range(3):
        make("Elsa Giménez", phone=f"55 2222 333{number}")

    first = list_for_desk(CustomersAsked(search="elsq gimenwz", limit=2), now=NOW)
    rest = list_for_desk(CustomersAsked(search="elsq gimenwz", limit=2, cursor=first.next_cursor), now=NOW)

    assert ([row.is_similar for row in (*first.rows, *rest.rows)], rest.next_cursor) == ([True] * 3, None)


def test_by_last_visit_only_those_who_came_are_counted(book):
    book(name="Ana Cruz")
    make("Dora Gil", phone="")

    found = list_for_desk(CustomersAsked(sort="visit"), now=LATER)

    assert ([row.name for row in found.rows], found.count) == (["Ana Cruz"], 1)


@pytest.mark.parametrize("cursor", ["nonsense", make_cursor((7, "a", 1)), make_cursor((0, 5))])
def test_a_cursor_of_somebody_else_is_refused(tenant, cursor):
    with pytest.raises(Invalid):
        list_for_desk(CustomersAsked(cursor=cursor), now=NOW)


def test_counts_end(tenant, monkeypatch):
    monkeypatch.setattr("scheduling.selectors.customers.listing.MOST_COUNTED", 1)
    for number in range(4):
        make("Ana Cruz", phone=f"55 2222 333{number}")

    assert (list_for_desk(CustomersAsked(), now=NOW).count, MOST_COUNTED) == (2, 1000)


@pytest.mark.parametrize("count", [1, 3])
def test_a_list_asks_as_often_for_three_as_for_one(book, django_assert_num_queries, count):
    for hour in range(count):
        book(hour, name="Ana Cruz", phone=f"55 2222 330{hour}", email="", plate=f"ABC-12-{hour}")

    with django_assert_num_queries(3):
        found = list_for_desk(CustomersAsked(search="ana cruz"), now=LATER)

    assert len(found.rows) == count


def test_a_business_without_customers_has_none(tenant):
    before = has_customers()
    make()

    assert (before, has_customers()) == (False, True)


def test_the_migration_finds_who_is_there_already(book):
    customer_id = owner_of(book(name="María Núñez", phone="55 2222 3333", email="maria@example.com"))
    before = CustomerSearch.objects.get().keys
    CustomerSearch.objects.all().delete()

    migration = import_module("scheduling.migrations.0048_customer_search")
    with connection.schema_editor(atomic=False) as editor:
        migration.fill(apps, editor)

    assert (search("nunez"), CustomerSearch.objects.get().keys) == ([customer_id], before)
