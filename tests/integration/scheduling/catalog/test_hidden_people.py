"""Somebody who is booked by a link only: never listed, never "anyone", never by a number that is counted up."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction

from kernel.clock import utc_now
from scheduling.engine import Strategy
from scheduling.enums import Approval
from scheduling.errors import (
    HoldExpired,
    LocationNotFound,
    ResourceNotFound,
    SeriesConflict,
    SetupInvalid,
    SlotTaken,
)
from scheduling.models import Allocation, Booking, Resource, Service, WaitlistEntry
from scheduling.selectors.catalog.offer import find_hidden, load_offer
from scheduling.services.bookings.cancellations import cancel_booking
from scheduling.services.bookings.moves import move_booking
from scheduling.services.bookings.submissions import book_slot
from scheduling.services.repeating import Repeats, book_repeats
from scheduling.services.visits.person_links import make_person_key, read_person_key
from scheduling.services.waitlist.joining import join_waitlist
from scheduling.services.waitlist.matching import match_waitlist
from scheduling.types import CustomerDetails, SlotRequest, WaitlistWish
from tests.factories.feature_pairs import hold, submit
from tests.factories.scheduling import CAR, CUSTOMER, DETAILS, MONDAY, NOW, STAFF, book, make_shop, make_wish


@pytest.fixture
def shop(tenant) -> tuple[int, int, int]:
    """A service, who is listed, and who is hidden and would have the first turn."""
    service_id, (hidden, listed) = make_shop(2, strategy=Strategy.FIXED_ORDER)
    Resource.objects.filter(pk=hidden).update(is_link_only=True)
    return service_id, listed, hidden


def list_taken(booking_id: int) -> list[int]:
    return list(Allocation.objects.filter(booking_id=booking_id).values_list("resource_id", flat=True))


def test_anyone_is_never_the_hidden_one(shop):
    service_id, listed, _ = shop

    assert list_taken(book(service_id).booking_id) == [listed]
    with pytest.raises(SlotTaken):
        book(service_id)


def test_the_hidden_one_is_booked_when_chosen_and_by_staff(shop):
    service_id, listed, hidden = shop

    assert list_taken(book(service_id, resource_ids=(hidden,)).booking_id) == [hidden]
    book(service_id)
    by_staff = book_slot(
        request=SlotRequest(make_wish(service_id), MONDAY.replace(hour=11)),
        details=DETAILS,
        now=NOW,
        source="workspace",
        by=STAFF,
    )
    assert list_taken(by_staff.booking_id) in ([hidden], [listed])


def test_a_customer_who_moves_gets_the_hidden_one_only_if_they_chose_them(shop):
    service_id, listed, hidden = shop
    anyone = book(service_id)
    chosen = book(service_id, resource_ids=(hidden,))
    later = MONDAY.replace(hour=12)

    for made, expected in ((anyone, listed), (chosen, hidden)):
        move_booking(token=made.manage_token, starts_at=later, now=NOW, by=CUSTOMER)
        active = Allocation.objects.filter(booking_id=made.booking_id, is_active=True)
        assert list(active.values_list("resource_id", flat=True)) == [expected]


def test_a_hold_that_ended_is_not_given_to_the_hidden_one(shop):
    service_id, listed, _ = shop
    held = hold(service_id)
    later = NOW + timedelta(minutes=30)
    other = book(service_id, now=later)

    with pytest.raises(HoldExpired):
        submit(held, now=later)

    assert list_taken(other.booking_id) == [listed]


def test_a_service_of_hidden_people_alone_is_not_offered(tenant):
    service_id, (hidden,) = make_shop(1)
    Resource.objects.filter(pk=hidden).update(is_link_only=True)
    offer = load_offer()

    assert service_id not in {each.id for each in offer.list_bookable_services()}
    assert find_hidden(offer, service_id, hidden) is not None
    assert find_hidden(offer, service_id, hidden + 1) is None
    with pytest.raises((SetupInvalid, LocationNotFound, ResourceNotFound)):
        book(service_id)


def test_a_key_leads_to_one_person_and_none_is_guessed(shop):
    _, listed, hidden = shop
    key = make_person_key(hidden)

    assert read_person_key(key) == hidden
    wrong = (str(hidden), f"{hidden}-", f"{listed}-{key.partition('-')[2]}", "", "-", "x-y", key[:-1], f"{hidden}-é")
    assert [read_person_key(each) for each in wrong] == [None] * len(wrong)


def test_nobody_is_hidden_and_listed(shop):
    with pytest.raises(IntegrityError), transaction.atomic():
        Resource.objects.filter(pk=shop[2]).update(is_customer_choosable=True)


def test_the_api_neither_lists_nor_books_the_hidden_one(shop, customer_client):
    service_id, _, hidden = shop
    listed = customer_client.get(f"/api/v1/resources?service={service_id}").json()["results"]
    asked = {"service": str(service_id), "starts_at": MONDAY.isoformat(), "resource": str(hidden)}

    refused = customer_client.post("/api/v1/holds", asked, content_type="application/json")

    assert str(hidden) not in {each["id"] for each in listed}
    assert (refused.status_code, refused.json()["code"]) == (404, "resource_not_found")


def test_the_link_shows_nobody_else(shop, customer_client):
    service_id, _, hidden = shop
    page = customer_client.get(f"/?person={make_person_key(hidden)}&service={service_id}")

    assert page.status_code == 302
    assert page.url.startswith(("/visit/?d=", "/time/?d="))


def test_the_link_lists_no_service_that_only_its_own_link_offers(shop, customer_client):
    service_id, _, hidden = shop
    Service.objects.filter(pk=service_id).update(approval=Approval.LINK_ONLY)
    person = make_person_key(hidden)

    listed = customer_client.get(f"/?person={person}")
    followed = customer_client.get(f"/?person={person}&service={service_id}")

    assert (listed.status_code, f"service={service_id}" in listed.content.decode()) == (200, False)
    assert followed.status_code == 302


def repeat(service_id: int, **wish) -> list[int]:
    """Book a Monday and the next one; returns who was taken, in order."""
    request = SlotRequest(make_wish(service_id, **wish), MONDAY)
    repeats = Repeats(1, (MONDAY + timedelta(days=7),))
    first = book_repeats(request=request, repeats=repeats, details=DETAILS, hold_id=0, token="", now=NOW, source="page")
    series = Booking.objects.get(pk=first.booking_id).series_id
    made = Booking.objects.filter(series_id=series).order_by("starts_at")
    return [resource_id for booking in made for resource_id in list_taken(booking.pk)]


def test_repeats_take_the_hidden_one_only_when_chosen(shop):
    service_id, listed, hidden = shop
    Service.objects.filter(pk=service_id).update(most_repeats=4)
    book(service_id, MONDAY + timedelta(days=7), resource_ids=(listed,))

    with pytest.raises(SeriesConflict):
        repeat(service_id)

    assert Booking.objects.count() == 1
    assert repeat(service_id, resource_ids=(hidden,)) == [hidden, hidden]


def wait(service_id: int, name: str, **wish) -> None:
    asked = WaitlistWish(make_wish(service_id, **wish), from_on=MONDAY.date(), to_on=MONDAY.date(), weekdays=(0,))
    asked = replace(asked, from_minute=540, to_minute=541)
    person = CustomerDetails(name=name, email=f"{name.lower()}@example.com", locale="es")
    join_waitlist(asked=asked, details=replace(DETAILS, customer=person), join_key=name, now=NOW)


def test_the_waitlist_offers_the_hidden_one_only_to_whoever_chose_them(shop):
    service_id, _, hidden = shop
    book(service_id)
    theirs = book(service_id, resource_ids=(hidden,)).booking_id
    wait(service_id, "Berta")
    wait(service_id, "Carla", resource_ids=(hidden,))
    cancel_booking(booking_id=theirs, by=STAFF, cause="told", now=NOW)

    match_waitlist(1, NOW + timedelta(hours=2))

    berta, carla = WaitlistEntry.objects.select_related("offered_booking").order_by("pk")
    assert (berta.status, carla.status) == ("waiting", "offered")
    assert list_taken(carla.offered_booking_id) == [hidden]


def count_made() -> tuple[int, int]:
    return Booking.objects.count(), WaitlistEntry.objects.count()


@pytest.mark.parametrize("path", ["availability", "bookings", "waitlist"])
def test_no_call_of_the_api_takes_the_hidden_one(shop, customer_client, path):
    service_id, _, hidden = shop
    on = (utc_now() + timedelta(days=3)).date().isoformat()
    person = {"name": "Ana Paz", "email": "ana@example.com"}
    bodies = {
        "bookings": {"starts_at": f"{on}T10:00:00Z", "customer": person, "asset": CAR, "consents": ["booking"]},
        "waitlist": {"from_on": on, "to_on": on, "customer": person, "asset": CAR, "consents": ["booking"]},
    }
    if path == "availability":
        query = f"service={service_id}&resource={hidden}&from={on}&to={on}"
        answer = customer_client.get(f"/api/v1/availability?{query}")
    else:
        body = {"service": str(service_id), "resource": str(hidden), **bodies[path]}
        answer = customer_client.post(f"/api/v1/{path}", body, content_type="application/json")

    assert (answer.status_code, answer.json()["code"]) == (404, "resource_not_found")
    assert count_made() == (0, 0)


def test_the_api_moves_to_the_hidden_one_only_who_chose_them(shop, customer_client):
    service_id, listed, hidden = shop
    at = (utc_now() + timedelta(days=3)).replace(hour=10, minute=0, second=0, microsecond=0)
    anyone = book(service_id, at, now=utc_now())
    chosen = book(service_id, at, now=utc_now(), resource_ids=(hidden,))
    later = (at + timedelta(hours=2)).isoformat()

    def move(token: str, **more: str):
        path, body = f"/api/v1/manage/{token}/reschedule", {"starts_at": later, **more}
        return customer_client.post(path, body, content_type="application/json")

    refused, kept = move(anyone.manage_token, resource=str(hidden)), move(chosen.manage_token)

    assert (refused.status_code, refused.json()["code"], kept.status_code) == (404, "resource_not_found", 200)
    assert list_active(anyone.booking_id) == [(listed, at)]
    assert list_active(chosen.booking_id) == [(hidden, at + timedelta(hours=2))]


def list_active(booking_id: int) -> list[tuple[int, object]]:
    rows = Allocation.objects.filter(booking_id=booking_id, is_active=True)
    return list(rows.values_list("resource_id", "booking__starts_at"))
