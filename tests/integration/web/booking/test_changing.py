"""A customer changes services, extras and party behind the link: seen first, then confirmed."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from billing.services.payments import receive_deposit
from scheduling.enums import BookingStatus
from scheduling.models import Booking, Service
from scheduling.services.bookings.cancellations import cancel_booking
from scheduling.types import SubmittedBooking
from tests.factories.billing import take_transfers, tell_events
from tests.factories.feature_pairs import make_add_on
from tests.factories.scheduling import STAFF, book, make_place, make_resource, make_service
from tests.integration.web.workspace.test_pressed import read_form

START = datetime(2026, 11, 30, 10, 0, tzinfo=UTC)
NOW = datetime(2026, 11, 23, 15, 2, tzinfo=UTC)


@pytest.fixture
def eva(tenant) -> int:
    return make_resource(make_place(), "Eva")


@pytest.fixture
def cut(eva) -> int:
    return make_service((eva,), name="Corte", price_minor=100_000, max_party_size=3)


@pytest.fixture
def color(eva) -> int:
    return make_service((eva,), name="Tinte", price_minor=50_000)


def book_one(*services: int, at: datetime = START) -> SubmittedBooking:
    return book(services, at, now=NOW)


def ask(client, made, **fields):
    return client.post(f"/b/{made.manage_token}/change/", {"do": "look", **fields})


def confirm(client, made, page, **changes):
    """Press the button of the page that asks once more."""
    return client.post(f"/b/{made.manage_token}/change/", {**read_form(page), "do": "change", **changes})


def list_names(made) -> list[str]:
    return [each.service_name for each in Booking.objects.get(pk=made.booking_id).lines.all()]


def test_link_stands_beside_that_of_the_time(customer_client, cut):
    made = book_one(cut)

    page = customer_client.get(f"/b/{made.manage_token}/").content.decode()

    assert f'href="/b/{made.manage_token}/change/"' in page


def test_form_begins_as_the_booking_is(customer_client, cut, color):
    made = book_one(color, cut)

    form = read_form(customer_client.get(f"/b/{made.manage_token}/change/").content.decode())

    assert (form["service_1"], form["service_2"], form["service_3"]) == (str(color), str(cut), "")


def test_service_is_seen_first_and_then_there(customer_client, cut, color):
    made = book_one(cut)

    seen = ask(customer_client, made, service_1=cut, service_2=color).content.decode()
    assert list_names(made) == ["Corte"]
    answer = confirm(customer_client, made, seen)
    page = customer_client.get(answer["Location"]).content.decode()

    assert ("$1,500" in seen, "+$500" in seen, "–12:00" in seen) == (True, True, True)
    assert (answer.status_code, answer["Location"]) == (302, f"/b/{made.manage_token}/?done=changed")
    assert ("Tu cita ha cambiado" in page, list_names(made)) == (True, ["Corte", "Tinte"])


def test_extras_are_those_of_what_is_chosen(customer_client, cut, color):
    mine, other = make_add_on(cut, minutes=15), make_add_on(color, minutes=45)
    made = book_one(cut)

    page = ask(customer_client, made, do="refresh", service_1=color, extras=[mine]).content.decode()
    seen = ask(customer_client, made, service_1=color, extras=[mine, other]).content.decode()

    assert (f'value="{other}"' in page, f'value="{mine}"' in page) == (True, False)
    assert ("Extra 45" in seen, "Extra 15" in seen) == (True, False)


def test_nothing_else_is_confirmed_than_was_shown(customer_client, cut, color):
    made = book_one(cut)
    seen = ask(customer_client, made, service_1=cut, service_2=color).content.decode()

    answer = confirm(customer_client, made, seen, service_2="")

    assert (answer.status_code, list_names(made)) == (200, ["Corte"])


def test_what_somebody_changed_since_is_told(customer_client, cut, color):
    made = book_one(cut)
    seen = ask(customer_client, made, service_1=cut, service_2=color).content.decode()
    Booking.objects.update(price_minor=1)

    answer = confirm(customer_client, made, seen)
    page = answer.content.decode()

    assert (answer.status_code, list_names(made)) == (409, ["Corte"])
    assert read_form(page)["service_2"] == str(color)


def test_taken_time_gives_others_and_keeps_the_choice(customer_client, cut, color):
    made = book_one(cut)
    book_one(color, at=START + timedelta(hours=1))

    refused = ask(customer_client, made, service_1=cut, service_2=color)
    page = refused.content.decode()
    other = (START + timedelta(hours=2)).isoformat()
    seen = ask(customer_client, made, service_1=cut, service_2=color, starts_at=other).content.decode()
    answer = confirm(customer_client, made, seen)

    assert (refused.status_code, f'value="{other}"' in page, read_form(page)["service_2"]) == (409, True, str(color))
    assert (answer.status_code, Booking.objects.get(pk=made.booking_id).starts_at.isoformat()) == (302, other)


def test_choosing_again_keeps_what_was_chosen(customer_client, cut, color):
    made = book_one(cut)
    seen = ask(customer_client, made, service_1=cut, service_2=color).content.decode()

    page = confirm(customer_client, made, seen, do="edit").content.decode()

    assert (read_form(page)["service_2"], list_names(made)) == (str(color), ["Corte"])


def test_more_people_than_may_come_are_refused(customer_client, cut):
    made = book_one(cut)

    answer = ask(customer_client, made, service_1=cut, party_size=4)

    assert (answer.status_code, Booking.objects.get().party_size) == (422, 1)


def test_no_service_is_refused(customer_client, cut):
    made = book_one(cut)

    answer = ask(customer_client, made, service_1="")

    assert (answer.status_code, list_names(made)) == (422, ["Corte"])


def test_deposit_that_grows_is_said_before(customer_client, cut, color):
    take_transfers()
    Service.objects.update(deposit_kind="percent", deposit_percent=30)
    made = book_one(cut)
    tell_events()
    receive_deposit(booking_id=made.booking_id, now=NOW, by=STAFF)
    tell_events()

    seen = ask(customer_client, made, service_1=cut, service_2=color).content.decode()
    confirm(customer_client, made, seen)

    assert "$150" in seen
    assert Booking.objects.get().status == BookingStatus.PENDING_PAYMENT


def test_deposit_that_shrinks_is_said_before(customer_client, cut, color):
    take_transfers()
    Service.objects.update(deposit_kind="percent", deposit_percent=30, refund_free_minutes=60 * 24 * 30)
    Service.objects.update(refund_kept_percent=40)
    made = book_one(cut)
    tell_events()
    receive_deposit(booking_id=made.booking_id, now=NOW, by=STAFF)
    tell_events()

    seen = ask(customer_client, made, service_1=color).content.decode()

    assert ("$90" in seen, "$60" in seen) == (True, True)


def test_after_the_cutoff_the_page_says_so(customer_client, cut, color):
    made = book_one(cut)
    Booking.objects.update(policy={"move_cutoff_minutes": 60 * 24 * 30})

    page = customer_client.get(f"/b/{made.manage_token}/change/").content.decode()
    answer = ask(customer_client, made, service_1=cut, service_2=color)

    assert ('id="step"' in page, answer.status_code, list_names(made)) == (False, 403, ["Corte"])


def test_cancelled_visit_is_not_changed(customer_client, cut, color):
    made = book_one(cut)
    cancel_booking(booking_id=made.booking_id, now=NOW, by=STAFF, reason="Enferma")

    answer = ask(customer_client, made, service_1=cut, service_2=color)

    assert (answer.status_code, list_names(made)) == (409, ["Corte"])


def test_looking_changes_nothing(customer_client, cut, color):
    made = book_one(cut)

    customer_client.get(f"/b/{made.manage_token}/change/")
    ask(customer_client, made, service_1=cut, service_2=color)

    assert (Booking.objects.get().sequence, Booking.history.count()) == (0, 1)
