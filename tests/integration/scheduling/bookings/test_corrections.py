"""What was typed wrongly is put right, by the same rules, with history, and the customer's record as well if wanted."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from kernel.money import PriceKind
from notifications.models import Event
from scheduling.errors import BookingChanged, BookingNotFound, CustomerInvalid, TokenUnknown, TransitionRefused
from scheduling.models import Asset, Booking, Customer
from scheduling.selectors.bookings.corrections import mark_state
from scheduling.selectors.bookings.history import find_last_step, list_history
from scheduling.selectors.bookings.views import get_booking, get_by_token, list_bookings
from scheduling.services.bookings.corrections import correct_booking
from scheduling.services.bookings.holds import hold_slot
from scheduling.services.bookings.transitions import mark_arrived
from scheduling.services.messages.manage_tokens import make_manage_token
from scheduling.types import Actor, BookingFilters, Change, Correction, SlotRequest
from tests.factories.scheduling import CAR, MONDAY, NOW, book, make_shop, make_wish

ME = Actor(kind="staff", user_id=7)


@pytest.fixture
def made(tenant):
    service_id, _ = make_shop(price_minor=85_000, price_kind=PriceKind.FROM)
    return book(service_id)


def row(made) -> Booking:
    return Booking.objects.get(pk=made.booking_id)


def as_it_is(made) -> Correction:
    booking = row(made)
    return Correction(
        name=booking.customer_name,
        phone=booking.customer_phone,
        email=booking.customer_email,
        asset=booking.asset_data,
        note=booking.note,
        price_minor=booking.price_minor,
        seen=mark_state(booking),
    )


def correct(made, *, now=NOW, **changes) -> bool:
    return correct_booking(booking_id=made.booking_id, correction=replace(as_it_is(made), **changes), now=now, by=ME)


def last_event() -> Event:
    return Event.objects.order_by("pk").last()


def test_a_plate_alone_is_enough_and_keeps_what_the_record_knows(made):
    assert correct(made, asset={"plate": "XYZ-98-76"})
    assert (row(made).asset_data, row(made).asset_label) == ({"plate": "XYZ-98-76"}, "XYZ-98-76")

    correct(made, note="Trae la llave", is_customer_too=True)

    known = Asset.objects.get(pk=row(made).asset_id)
    assert known.data == CAR | {"plate": "XYZ-98-76"}
    assert (known.label, known.identifier) == ("Nissan Versa", "XYZ-98-76")
    assert list(known.marks.values_list("mark", flat=True)) == ["vehicle.plate:xyz9876"]


def test_all_that_was_typed_can_be_put_right(made):
    changed = correct(
        made,
        name="  Ana   Peres ",
        phone="55 8765 4321",
        email="ANA@Example.com",
        asset={"make": "Toyota", "model": "Yaris", "plate": "abc 123 d"},
        note="Trae la llave",
        price_minor=90_000,
    )

    after = get_booking(booking_id=made.booking_id)
    assert changed
    assert (after.customer_name, after.customer_phone, after.customer_email) == (
        "Ana Peres",
        "+525587654321",
        "ana@example.com",
    )
    assert (after.asset_data["make"], after.note, after.price_minor, after.is_price_from) == (
        "Toyota",
        "Trae la llave",
        90_000,
        False,
    )
    assert (after.starts_at, after.status, after.resources) == (
        MONDAY,
        "confirmed",
        get_booking(booking_id=made.booking_id).resources,
    )
    assert last_event().kind == "booking.corrected"
    assert list_bookings(BookingFilters(search="Peres")).rows[0].id == made.booking_id


def test_the_history_says_who_changed_what(made):
    correct(made, name="Ana Paz", price_minor=None, now=NOW + timedelta(minutes=1))

    step = list_history(booking_id=made.booking_id)[-1]

    assert (step.user_id, step.at, step.changes) == (
        ME.user_id,
        NOW + timedelta(minutes=1),
        (Change("customer_name", "Ana Pérez", "Ana Paz"), Change("price_minor", 85_000, None)),
    )


def test_nothing_changed_is_nothing_written(made):
    before = row(made).history.count()

    assert correct(made) is False
    assert (row(made).history.count(), last_event().kind) == (before, "booking.confirmed")


def test_the_record_of_the_customer_stays_unless_it_is_wanted(made):
    correct(made, name="Ana Paz", phone="55 8765 4321", asset={"make": "Seat", "model": "Ibiza"})

    customer = Customer.objects.get(pk=row(made).customer_id)
    assert customer.name == "Ana Pérez"
    assert "+525512345678" in customer.contacts.values_list("value", flat=True)
    assert Asset.objects.get(pk=row(made).asset_id).data["make"] == CAR["make"]


def test_the_record_of_the_customer_is_corrected_when_it_is_wanted(made):
    plate = {**CAR, "plate": "ABC-123-D"}
    correct(made, name="Ana Paz", phone="55 8765 4321", email="", asset=plate, is_customer_too=True)

    customer = Customer.objects.get(pk=row(made).customer_id)
    assert (customer.name, set(customer.contacts.values_list("value", flat=True))) == ("Ana Paz", {"+525587654321"})
    assert customer.history.first().history_user_id == ME.user_id
    assert Asset.objects.get(owner=customer).data["plate"] == "ABC-123-D"
    assert Asset.objects.get(owner=customer).marks.count() == 1


def test_a_vehicle_that_was_not_typed_is_added(tenant):
    service_id, _ = make_shop()
    made = book(service_id)
    Booking.objects.filter(pk=made.booking_id).update(asset=None, asset_data={}, asset_label="")
    Asset.objects.all().delete()

    correct(made, asset={**CAR, "plate": "ABC-123-D"}, is_customer_too=True)

    assert row(made).asset_id == Asset.objects.get().pk
    assert row(made).asset_label != ""


def test_a_vehicle_that_was_typed_by_mistake_is_taken_out(made):
    correct(made, asset={})

    assert (row(made).asset_data, row(made).asset_label) == ({}, "")


def test_a_booking_without_a_customer_is_corrected_alone(made):
    Booking.objects.filter(pk=made.booking_id).update(customer=None)

    assert correct(made, name="Ana Paz", is_customer_too=True)
    assert row(made).customer_name == "Ana Paz"


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"name": " "}, "name"),
        ({"name": "x" * 200}, "name"),
        ({"phone": "12"}, "phone"),
        ({"email": "no-es"}, "email"),
        ({"note": "x" * 3000}, "note"),
        ({"price_minor": -1}, "price"),
        ({"price_minor": 10**18}, "price"),
        ({"asset": {"make": "Nissan", "model": "Versa", "year": "1492"}}, "asset.year"),
    ],
)
def test_mistakes_are_named_by_field_and_change_nothing(made, changes, field):
    before = as_it_is(made)

    with pytest.raises(CustomerInvalid) as refused:
        correct(made, **changes)

    assert list(refused.value.errors) == [field]
    assert as_it_is(made) == before


def test_two_at_once_do_not_undo_each_other(made):
    seen = as_it_is(made)
    correct(made, name="Ana Paz")

    with pytest.raises(BookingChanged):
        correct_booking(booking_id=made.booking_id, correction=replace(seen, note="Trae la llave"), now=NOW, by=ME)

    assert (row(made).customer_name, row(made).note) == ("Ana Paz", "")


def test_a_new_contact_is_told_and_a_typing_mistake_is_not(made):
    correct(made, name="Ana Paz")
    told = [last_event().payload["is_contact_new"]]
    correct(made, email="otra@example.com")
    told.append(last_event().payload["is_contact_new"])
    correct(made, phone="")
    told.append(last_event().payload["is_contact_new"])

    assert told == [False, True, False]


def test_a_contact_that_was_proven_is_so_no_more_once_it_is_another(made):
    Booking.objects.filter(pk=made.booking_id).update(proven_contact="email")
    correct(made, name="Ana Paz")
    kept = row(made).proven_contact
    correct(made, email="otra@example.com")

    assert (kept, row(made).proven_contact) == ("email", "")


def test_a_correction_is_no_step_that_is_taken_back(made):
    mark_arrived(booking_id=made.booking_id, now=NOW, by=ME)
    correct(made, name="Ana Paz", now=NOW + timedelta(minutes=1))

    step = find_last_step(booking_id=made.booking_id)
    assert (step.status, step.before.status) == ("arrived", "confirmed")


def test_a_hold_has_nothing_to_correct(tenant):
    service_id, _ = make_shop()
    held = hold_slot(request=SlotRequest(make_wish(service_id), MONDAY), now=NOW, source="page")

    with pytest.raises(TransitionRefused):
        correct_booking(booking_id=held.id, correction=Correction("Ana", "", "", {}, "", None), now=NOW, by=ME)


def test_an_unknown_booking_is_not_found(tenant):
    with pytest.raises(BookingNotFound):
        correct_booking(booking_id=999_999, correction=Correction("Ana", "", "", {}, "", None), now=NOW, by=ME)


def open_link(token: str) -> str:
    try:
        return get_by_token(token=token, now=NOW).reference
    except TokenUnknown:
        return ""


@pytest.mark.parametrize(
    ("changes", "is_renewed"),
    [
        ({"name": "Ana Paz"}, False),
        ({"phone": ""}, False),
        ({"email": "otra@example.com"}, True),
        ({"phone": "55 8765 4321"}, True),
        ({"email": ""}, True),
    ],
)
def test_a_contact_that_makes_way_for_another_loses_the_link(made, changes, is_renewed):
    old = make_manage_token(get_booking(booking_id=made.booking_id))

    correct(made, **changes)

    new = make_manage_token(get_booking(booking_id=made.booking_id))
    reference = row(made).reference
    assert (open_link(old), open_link(new)) == ("" if is_renewed else reference, reference)
    assert (old != new, last_event().payload["is_contact_new"]) == (is_renewed, is_renewed)
    assert row(made).history.first().token_version == 1 + is_renewed


def test_an_added_contact_leaves_the_link_and_is_told_if_messages_go_there(made):
    correct(made, phone="")
    old = make_manage_token(get_booking(booking_id=made.booking_id))
    correct(made, phone="55 8765 4321")
    beside = last_event().payload["is_contact_new"]
    Booking.objects.filter(pk=made.booking_id).update(customer_email="")
    correct(made, email="otra@example.com")

    assert (beside, last_event().payload["is_contact_new"]) == (False, True)
    assert make_manage_token(get_booking(booking_id=made.booking_id)) == old
