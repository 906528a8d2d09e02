"""Staff changes services, extras and party of a booking: seen first, then confirmed, and told in the history."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
import time_machine

from billing.services.payments import receive_deposit
from scheduling.enums import BookingStatus
from scheduling.models import Booking, Customer, Service
from tests.factories.billing import take_transfers, tell_events
from tests.factories.scheduling import STAFF, book, make_place, make_resource, make_service
from tests.integration.web.workspace.test_pressed import read_form

START = datetime(2026, 11, 30, 10, 0, tzinfo=UTC)
NOW = datetime(2026, 11, 23, 15, 2, tzinfo=UTC)


@pytest.fixture(autouse=True)
def monday_morning(tenants):
    with time_machine.travel(NOW, tick=True):
        yield


@pytest.fixture
def eva(tenant) -> int:
    return make_resource(make_place(), "Eva")


@pytest.fixture
def cut(eva) -> int:
    return make_service((eva,), name="Corte", price_minor=100_000, max_party_size=2)


@pytest.fixture
def color(eva) -> int:
    return make_service((eva,), name="Tinte", price_minor=50_000)


def url(made) -> str:
    return f"/workspace/bookings/{made.booking_id}/change/"


def book_one(*services: int, at: datetime = START):
    return book(services, at, now=NOW)


def ask(client, made, **fields):
    return client.post(url(made), {"do": "look", **fields})


def confirm(client, made, page, **changes):
    return client.post(url(made), {**read_form(page), "do": "change", **changes})


def list_names(made) -> list[str]:
    return [each.service_name for each in Booking.objects.get(pk=made.booking_id).lines.all()]


def test_change_is_seen_made_and_told(owner_client, staff_client, cut, color):
    made = book_one(cut)
    client = staff_client("receptionist")

    panel = client.get(f"/workspace/bookings/{made.booking_id}/").content.decode()
    seen = ask(client, made, service_1=cut, service_2=color).content.decode()
    assert list_names(made) == ["Corte"]
    answer = confirm(client, made, seen)
    page = owner_client.get(f"/workspace/bookings/{made.booking_id}/").content.decode()

    assert (f'href="{url(made)}"' in panel, "$1,500" in seen, "+$500" in seen) == (True, True, True)
    assert (answer.status_code, list_names(made)) == (302, ["Corte", "Tinte"])
    assert "Cambió: Corte → Corte, Tinte" in page
    assert ("Persona receptionist" in page, "Corregido: " in page) == (True, False)


def test_party_and_move_stand_in_the_history(owner_client, eva):
    group = make_service((eva,), name="Yoga", price_minor=30_000, seats=6, max_party_size=2)
    made = book_one(group)

    seen = ask(
        owner_client, made, service_1=group, party_size=4, starts_at=(START + timedelta(hours=3)).isoformat()
    ).content.decode()
    answer = confirm(owner_client, made, seen)
    page = owner_client.get(f"/workspace/bookings/{made.booking_id}/").content.decode()

    booking = Booking.objects.get()
    assert (answer.status_code, booking.party_size, booking.starts_at) == (302, 4, START + timedelta(hours=3))
    assert "Cambió: Yoga → Yoga · personas: 1 → 4 · " in page


def test_taken_time_gives_others_or_the_way_over_the_rules(owner_client, cut, color):
    made = book_one(cut)
    book_one(color, at=START + timedelta(hours=1))

    refused = ask(owner_client, made, service_1=cut, service_2=color)
    page = refused.content.decode()
    over = ask(owner_client, made, service_1=cut, service_2=color, override_reason="Viene de lejos").content.decode()
    answer = confirm(owner_client, made, over)

    other = (START + timedelta(hours=2)).isoformat()
    assert (refused.status_code, f'value="{other}"' in page, 'name="override_reason"' in page) == (409, True, True)
    assert (answer.status_code, Booking.objects.get(pk=made.booking_id).override_reason) == (302, "Viene de lejos")


def test_deposit_that_grows_is_asked_for_or_left_out(owner_client, cut, color):
    take_transfers()
    Service.objects.update(deposit_kind="percent", deposit_percent=30)
    made = book_one(cut)
    tell_events()
    receive_deposit(booking_id=made.booking_id, now=NOW, by=STAFF)
    tell_events()

    seen = ask(owner_client, made, service_1=cut, service_2=color).content.decode()
    without = confirm(owner_client, made, seen, do="look", deposit="none").content.decode()
    left_out = ask(
        owner_client, made, service_1=cut, service_2=color, deposit="none", deposit_reason="Cliente de siempre"
    ).content.decode()
    answer = confirm(owner_client, made, left_out)

    booking = Booking.objects.get()
    assert ("$150" in seen, 'name="deposit"' in seen, 'name="deposit_reason"' in without) == (True, True, True)
    assert (answer.status_code, booking.status, booking.deposit_minor) == (302, BookingStatus.CONFIRMED, 30_000)
    assert booking.policy["deposit_waived_minor"] == 15_000


def test_deposit_of_who_must_prepay_may_be_left_out_where_no_service_asks_for_one(owner_client, cut, color):
    take_transfers()
    made = book_one(cut)
    tell_events()
    Customer.objects.update(booking_level="must_prepay", level_reason="x")
    seen = ask(owner_client, made, service_1=cut, service_2=color).content.decode()
    left_out = ask(
        owner_client, made, service_1=cut, service_2=color, deposit="none", deposit_reason="Cliente de siempre"
    ).content.decode()
    answer = confirm(owner_client, made, left_out)

    booking = Booking.objects.get()
    assert 'name="deposit"' in seen
    assert (answer.status_code, booking.status, booking.deposit_minor) == (302, BookingStatus.CONFIRMED, 0)


def test_deposit_that_is_asked_for_waits(owner_client, cut, color):
    take_transfers()
    Service.objects.update(deposit_kind="percent", deposit_percent=30)
    made = book_one(cut)
    tell_events()
    receive_deposit(booking_id=made.booking_id, now=NOW, by=STAFF)
    tell_events()

    seen = ask(owner_client, made, service_1=cut, service_2=color).content.decode()
    answer = confirm(owner_client, made, seen)

    assert (answer.status_code, Booking.objects.get().status) == (302, BookingStatus.PENDING_PAYMENT)


def test_nothing_else_is_confirmed_than_was_shown(owner_client, cut, color):
    made = book_one(cut)
    seen = ask(owner_client, made, service_1=cut, service_2=color).content.decode()

    other = confirm(owner_client, made, seen, service_2="")
    Booking.objects.update(price_minor=7)
    late = confirm(owner_client, made, seen)

    assert (other.status_code, late.status_code, list_names(made)) == (200, 409, ["Corte"])


def test_who_only_looks_changes_nothing(staff_client, cut, color):
    made = book_one(cut)

    answer = ask(staff_client("read_only"), made, service_1=cut, service_2=color)

    assert (answer.status_code, list_names(made)) == (403, ["Corte"])


def test_what_cannot_be_a_visit_is_said_at_its_field(owner_client, cut):
    made = book_one(cut)

    answers = [ask(owner_client, made, service_1=each) for each in ("", "999")]

    assert [each.status_code for each in answers] == [422, 422]
    assert list_names(made) == ["Corte"]


def test_visit_that_is_over_is_not_changed(owner_client, cut, color):
    made = book_one(cut)
    Booking.objects.update(status=BookingStatus.COMPLETED)

    answer = ask(owner_client, made, service_1=cut, service_2=color)

    assert (answer.status_code, list_names(made)) == (409, ["Corte"])


def test_a_service_that_is_not_offered_any_more_stays_until_somebody_takes_it_out(owner_client, cut, color):
    made = book_one(cut, color)
    Service.objects.filter(pk=color).update(is_active=False)

    page = owner_client.get(url(made)).content.decode()
    kept = ask(owner_client, made, service_1=cut, service_2=color, party_size=2)
    other = owner_client.post(url(made), {"do": "refresh", "service_1": str(color), "service_2": ""}).content.decode()
    seen = ask(owner_client, made, service_1=cut).content.decode()
    confirm(owner_client, made, seen)

    assert f'<option value="{color}" selected>Tinte · ya no se ofrece</option>' in page
    assert (kept.status_code, "ya no se ofrece" in kept.content.decode()) == (404, True)
    assert f'<option value="{color}" selected>Tinte · ya no se ofrece</option>' in other
    assert list_names(made) == ["Corte"]
    assert "ya no se ofrece" not in owner_client.get(url(made)).content.decode()


def test_what_was_never_part_of_the_visit_and_is_not_offered_cannot_be_chosen(owner_client, cut, color):
    made = book_one(cut)
    Service.objects.filter(pk=color).update(is_active=False)

    answer = ask(owner_client, made, service_1=cut, service_2=color)

    assert (answer.status_code, list_names(made)) == (422, ["Corte"])
