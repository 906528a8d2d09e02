"""Staff find bookings as they type, in one business, coming ones first."""

from __future__ import annotations

from dataclasses import replace
from importlib import import_module

import pytest
from django.apps import apps
from django.db import connection

from kernel.errors import Invalid
from kernel.page import make_cursor
from scheduling.models import Booking, BookingSearch
from scheduling.selectors.bookings.search import explain_search
from scheduling.selectors.bookings.views import list_bookings
from scheduling.services.bookings.cancellations import cancel_booking
from scheduling.services.bookings.corrections import correct_booking
from scheduling.services.bookings.moves import move_booking
from scheduling.services.bookings.submissions import book_slot
from scheduling.types import BookingFilters, Correction, SlotRequest
from tenants.context import tenant_scope
from tests.factories.feature_pairs import hold
from tests.factories.scheduling import CAR, DETAILS, NOW, STAFF, hours_later, make_shop, make_wish

ANA = {"name": "María Núñez", "phone": "55 2222 3333", "email": "maria@example.com"}


@pytest.fixture
def shop(tenant):
    return make_shop(3)


@pytest.fixture
def book(shop):
    service_id, _ = shop

    def book(hours=0, *, plate="ABC-123-D", **person):
        customer = replace(DETAILS.customer, **{**ANA, **person})
        details = replace(DETAILS, customer=customer, asset={**CAR, "plate": plate})
        request = SlotRequest(make_wish(service_id), hours_later(hours))
        return book_slot(request=request, details=details, now=NOW, source="workspace", by=STAFF).booking_id

    return book


def search(text, **filters):
    return [row.id for row in list_bookings(BookingFilters(search=text, now=NOW, **filters)).rows]


@pytest.mark.parametrize(
    "typed",
    ["nunez", "NÚÑEZ maria", "nun", "nuenz", "55 2222 3333", "+52 1 55 2222 3333", "3333", "abc 123 d", "ABC123",
     "versa", "maria@example.com"],
)  # fmt: skip
def test_a_booking_is_found_as_it_is_typed(book, typed):
    booking_id = book()
    book(1, name="Luis Soto", phone="55 9876 5431", email="luis@example.org", plate="XYZ-98-7")

    assert search(typed)[:1] == [booking_id]


def test_a_reference_is_found_and_old_ones_too(book):
    new, old = book(), book(1)
    reference = Booking.objects.get(pk=new).reference
    booking = Booking.objects.get(pk=old)
    booking.reference = "AB5G7Z"
    booking.save()
    move_booking(booking_id=old, starts_at=hours_later(3), by=STAFF, now=NOW)

    assert search(f" {reference[:3].lower()} {reference[3:]} ") == [new]
    assert search("ABSG72") == [old]


def test_coming_ones_come_first_then_the_newest_past(book):
    hours = (5, 1, 3, 0, 4, 2)
    made = {each: book(each) for each in hours}
    now = hours_later(2.5)

    def page(cursor):
        return list_bookings(BookingFilters(search="maria", now=now, limit=2, cursor=cursor))

    pages = [page("")]
    while pages[-1].next_cursor:
        pages.append(page(pages[-1].next_cursor))

    rows = [row.id for each in pages for row in each.rows]
    assert rows == [made[each] for each in (3, 4, 5, 2, 1, 0)]
    assert len(pages) == 3


def test_one_mistake_is_forgiven_only_when_nothing_is_spelled_so(book):
    right, other = book(name="Luisa Hernández"), book(1, name="Luisa Fernández")

    exact = list_bookings(BookingFilters(search="fernandez", now=NOW)).rows
    similar = list_bookings(BookingFilters(search="gernandez", now=NOW, limit=1))
    following = list_bookings(BookingFilters(search="gernandez", now=NOW, limit=1, cursor=similar.next_cursor))

    assert [(row.id, row.is_similar) for row in exact] == [(other, False)]
    assert [(row.id, row.is_similar) for row in (*similar.rows, *following.rows)] == [(right, True), (other, True)]


@pytest.mark.parametrize("count", [1, 3])
def test_a_search_asks_twice_whatever_it_finds(book, django_assert_num_queries, count):
    for hour in range(count):
        book(hour)

    with django_assert_num_queries(2):
        assert len(search("maria")) == count


def test_a_search_keeps_to_the_filters(book, shop):
    service_id, _ = shop
    first, second = book(), book(1)
    cancel_booking(booking_id=second, by=STAFF, now=NOW, reason="Avisó")
    place = Booking.objects.get(pk=first).location_id
    taken = Booking.objects.get(pk=first).allocations.get().resource_id

    assert search("maria", statuses=("cancelled",)) == [second]
    assert search("maria", statuses=("confirmed",), location_id=place, service_id=service_id) == [first]
    assert search("maria", resource_id=taken) == [first]
    assert search("maria", location_id=place + 1) == []
    assert search("maria", starts_after=hours_later(0.5)) == [second]
    assert search("maria", starts_before=hours_later(0.5)) == [first]
    assert search("maria", customer_id=Booking.objects.get(pk=first).customer_id) == [first, second]


def test_holds_have_no_words(shop):
    hold(shop[0])

    assert BookingSearch.objects.count() == 0


def test_a_moved_booking_takes_its_place(book):
    first, second = book(), book(1)

    move_booking(booking_id=first, starts_at=hours_later(2), by=STAFF, now=NOW)

    assert search("maria") == [second, first]


def test_a_corrected_booking_is_found_by_its_new_words_only(book):
    booking_id = book()
    asset = {**CAR, "plate": "QQQ-55-5"}
    correction = Correction("Renée Soto", "55 4444 5555", "", asset, note="", price_minor=None)

    correct_booking(booking_id=booking_id, correction=correction, now=NOW, by=STAFF)

    assert search("renee soto 5555 qqq555") == [booking_id]
    assert search("nunez") == search("3333") == search("abc123") == search("maria@example.com") == []


def test_what_is_looked_for_here_is_not_found_next_door(tenants, db):
    found = {}
    for slug in ("taller", "salon"):
        with tenant_scope(tenants[slug]):
            service_id, _ = make_shop()
            person = replace(DETAILS.customer, **{**ANA, "name": f"María Núñez de {slug}"})
            request = SlotRequest(make_wish(service_id), hours_later(0))
            details = replace(DETAILS, customer=person, asset={})
            book_slot(request=request, details=details, now=NOW, source="workspace", by=STAFF)

    for slug in ("taller", "salon"):
        with tenant_scope(tenants[slug]):
            rows = list_bookings(BookingFilters(search="nunez", now=NOW)).rows
            found[slug] = [row.customer_name for row in rows]

    assert found == {slug: [f"María Núñez de {slug}"] for slug in ("taller", "salon")}


@pytest.mark.parametrize(
    "typed",
    ["%", "_", "a_b", "'", "''; DROP TABLE scheduling_booking", "\\", "m", "4", "é" * 10_000, "😀", "שלום", "مرحبا ١٢٣",
     "\u202e", "a " * 5_000, "NULL", "{}", "--", "𝓂𝒶𝓇𝒾𝒶"],
)  # fmt: skip
def test_anything_may_be_looked_for(book, typed):
    booking_id = book()

    assert search(typed) in ([], [booking_id])


@pytest.mark.parametrize(
    "cursor", ["Ж", "abc", make_cursor((2, 0, NOW, 1)), make_cursor((0, 7, NOW, 1)), make_cursor((NOW, 1))]
)
def test_a_strange_place_in_the_results_is_refused(book, cursor):
    with pytest.raises(Invalid):
        list_bookings(BookingFilters(search="maria", now=NOW, cursor=cursor))


def test_the_kept_plan_uses_the_index(book):
    with connection.cursor() as cursor:
        # Rows of another business in miniature: enough that reading all of them costs more.
        cursor.execute("SET LOCAL enable_seqscan = off")

    plan = explain_search(BookingFilters(search="maria nunez", now=NOW))

    assert "Bitmap Index Scan on scheduling_search_keys" in plan
    assert "Seq Scan" not in plan


def test_bookings_of_before_are_found(tenant):
    service_id, _ = make_shop()
    customer = replace(DETAILS.customer, **ANA)
    details = replace(DETAILS, customer=customer, asset={**CAR, "plate": "ABC-123-D"})
    request = SlotRequest(make_wish(service_id), hours_later(0))
    made = book_slot(request=request, details=details, now=NOW, source="page", by=STAFF)
    kept = BookingSearch.objects.values_list("booking_id", "starts_at", "keys").get()
    BookingSearch.objects.all().delete()

    with connection.schema_editor(atomic=False) as editor:
        import_module("scheduling.migrations.0010_booking_search").fill(apps, editor)

    assert BookingSearch.objects.values_list("booking_id", "starts_at", "keys").get() == kept
    assert search("nunez abc123") == [made.booking_id]
