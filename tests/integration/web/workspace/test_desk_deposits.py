"""A booking that staff makes of what asks for a deposit: with a link to pay, or without for a reason."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest

from billing.models import Payment
from kernel.clock import utc_now
from scheduling.models import Booking, Service
from scheduling.services.messages.manage_tokens import make_manage_token, make_manage_url
from tests.factories.billing import ask_deposits, take_transfers, tell_events
from tests.integration.web.workspace.test_bookings import new_booking, some_start
from tests.integration.web.workspace.test_pressed import read_form

NEW = "/workspace/bookings/new/"
DEPOSIT = 10_000


@pytest.fixture(autouse=True)
def asking(tenant) -> None:
    """What is booked asks for a deposit."""
    take_transfers()
    ask_deposits(DEPOSIT)
    assert Service.objects.get(pk=new_booking()["service"]).deposit_minor == DEPOSIT


def desk(**changes: str) -> dict[str, str]:
    typed = new_booking(**changes)
    return {"starts_at": some_start(typed["service"]), **typed}


def read_page(client, booking: Booking) -> str:
    return client.get(f"/workspace/bookings/{booking.pk}/").content.decode()


def test_reception_asks_for_the_deposit_and_reads_out_the_link(owner_client):
    form = read_form(owner_client.get(NEW, {"service": new_booking()["service"]}).content.decode())

    answer = owner_client.post(NEW, desk())

    made = Booking.objects.get()
    tell_events()
    page = read_page(owner_client, made)
    assert (form["deposit"], form["pay_within"], form.get("deposit_reason", "")) == (
        "ask", "", "",
    )  # fmt: skip
    assert (answer.status_code, made.status) == (302, "pending_payment")
    assert f'value="{make_manage_url(make_manage_token(made))}"' in page
    assert 'data-copy="#pay-link"' in page
    assert list(Payment.objects.values_list("amount_minor", "state")) == [(DEPOSIT, "open")]


@pytest.mark.parametrize(("minutes", "hours"), [("120", 2), ("1440", 24), ("4320", 72)])
def test_reception_says_how_long_the_time_waits(owner_client, minutes, hours):
    before = utc_now()

    owner_client.post(NEW, desk(deposit="ask", pay_within=minutes))

    made = Booking.objects.get()
    wanted = min(before + timedelta(hours=hours), made.starts_at)
    assert timedelta(0) <= made.hold_expires_at - wanted < timedelta(minutes=1)


def test_reception_books_without_deposit_and_the_reason_is_kept(owner_client):
    answer = owner_client.post(NEW, desk(deposit="none", deposit_reason="Es de la casa"))

    made = Booking.objects.get()
    page = read_page(owner_client, made)
    assert (answer.status_code, made.status, made.deposit_minor) == (302, "confirmed", 0)
    assert ("Es de la casa" in page, "sin su anticipo" in page, 'id="pay-link"' in page) == (True, True, False)


def test_without_a_reason_nothing_is_booked_and_nothing_typed_is_lost(owner_client):
    answer = owner_client.post(NEW, desk(deposit="none", note="Trae grúa"))

    page = answer.content.decode()
    form = read_form(page)
    assert (answer.status_code, Booking.objects.count(), form["deposit"]) == (422, 0, "none")
    assert ("Trae grúa" in page, re.search(r'id="[^"]*deposit_reason_error"', page) is not None) == (True, True)


def test_who_is_here_is_asked_for_no_deposit(owner_client):
    page = owner_client.get(NEW, {"walk_in": "1", "service": new_booking()["service"]}).content.decode()

    assert 'name="deposit"' not in page


def test_what_asks_for_no_deposit_does_not_ask_about_it(owner_client):
    ask_deposits(0)

    page = owner_client.get(NEW, {"service": new_booking()["service"]}).content.decode()

    assert 'name="deposit"' not in page


def test_drawer_shows_the_link_with_its_button(owner_client):
    owner_client.post(NEW, desk())
    made = Booking.objects.get()

    answer = owner_client.get(f"/workspace/bookings/{made.pk}/", headers={"HX-Request": "true"}).content.decode()

    assert ('id="pay-link"' in answer, 'data-copy="#pay-link"' in answer) == (True, True)
