"""Staff cancel, on their page and by programs: they see what goes back, and give it as credit to who wants that."""

from __future__ import annotations

import re
from datetime import datetime, timedelta

import pytest

from billing.models import Credit, Payment, Refund
from billing.services.credits.offering import switch_credit
from billing.services.credits.spending import pay_with_own_credit
from billing.services.payments import receive_deposit
from kernel.clock import utc_now
from scheduling.models import Booking
from scheduling.selectors.bookings.views import get_booking
from scheduling.services.bookings.undoing import undo_step
from tests.conftest import HostClient
from tests.factories.accounts import make_key
from tests.factories.billing import tell_events
from tests.factories.credits import book_for, give_credit, open_credit_shop
from tests.factories.scheduling import STAFF


@pytest.fixture
def service_id(tenant) -> int:
    return open_credit_shop(deposit_minor=30_000, price_minor=100_000)


@pytest.fixture
def now() -> datetime:
    return utc_now()


@pytest.fixture
def starts_at(now) -> datetime:
    return (now + timedelta(days=5)).replace(hour=10, minute=0, second=0, microsecond=0)


@pytest.fixture
def paid(service_id, starts_at, now) -> int:
    booking_id = book_for(service_id, starts_at, now=now)
    receive_deposit(booking_id=booking_id, now=now, by=STAFF)
    return booking_id


def read_form(client, booking_id: int) -> str:
    """The part of the page that asks why it is canceled."""
    page = " ".join(client.get(f"/workspace/bookings/{booking_id}/").content.decode().split())
    return page.partition('id="do-cancel"')[2].partition("</details>")[0]


def cancel(client, booking_id: int, **typed: str):
    return client.post(f"/workspace/bookings/{booking_id}/cancel/", {"cause": "told"} | typed)


def left() -> list[int]:
    return list(Credit.objects.order_by("pk").values_list("left_minor", flat=True))


def list_refunds() -> list[tuple]:
    return list(Refund.objects.order_by("pk").values_list("is_credit", "amount_minor", "state"))


def list_choices(form: str) -> list[str]:
    return re.findall(r'name="back" value="(\w+)"', form)


def test_amount_goes_back_as_credit_where_the_customer_wants_that(owner_client, paid):
    form = read_form(owner_client, paid)

    cancel(owner_client, paid, back="credit")
    tell_events()

    assert list_choices(form) == ["money", "credit"]
    assert ("Se devuelven $300." in form, "Saldo a favor de $300 para otra visita" in form) == (True, True)
    assert (get_booking(booking_id=paid).status, left(), list_refunds()) == (
        "cancelled", [30_000], [(True, 30_000, "done")],
    )  # fmt: skip


@pytest.mark.parametrize("typed", [{}, {"back": "money"}])
def test_without_that_word_money_goes_back(owner_client, paid, typed):
    cancel(owner_client, paid, **typed)
    tell_events()

    assert (left(), list_refunds()) == ([], [(False, 30_000, "pending")])


def test_both_amounts_are_said_where_it_matters_who_called_it_off(owner_client, paid):
    Booking.objects.update(policy={"refund_kept_percent": 50, "refund_free_minutes": 60 * 24 * 30})
    form = read_form(owner_client, paid)

    cancel(owner_client, paid, back="credit")
    tell_events()

    assert (
        "Si el motivo es «Avisó» o «No contesta», cuenta como cancelación del cliente: se devuelven $150, "
        "como se acordó. Si no, los $300 completos." in form
    )
    assert ("Saldo a favor para otra visita" in form, left()) == (True, [15_000])


def test_what_is_wrong_is_said_and_the_choice_stays(owner_client, paid):
    answer = cancel(owner_client, paid, cause="", back="credit")
    form = " ".join(answer.content.decode().split()).partition('id="do-cancel"')[2].partition("</details>")[0]

    assert (answer.status_code, get_booking(booking_id=paid).status) == (422, "confirmed")
    assert re.search(r'name="back" value="credit"[^>]*checked', form) is not None
    assert "Saldo a favor de $300 para otra visita" in form


def test_nothing_is_asked_where_nothing_could_be_credit(owner_client, service_id, starts_at, now, paid):
    unpaid = read_form(owner_client, book_for(service_id, starts_at + timedelta(hours=2), now=now))
    Payment.objects.filter(booking_id=paid).update(door="credit")
    by_credit = read_form(owner_client, paid)
    Payment.objects.filter(booking_id=paid).update(door="bank_transfer")
    switch_credit(is_on=False, by=STAFF, now=now)
    closed = read_form(owner_client, paid)
    refused = cancel(owner_client, paid, back="credit")

    assert [list_choices(each) for each in (unpaid, by_credit, closed)] == [[], [], []]
    assert ["Se devuelven" in each for each in (unpaid, by_credit, closed)] == [False, False, True]
    assert (refused.status_code, get_booking(booking_id=paid).status, left()) == (409, "confirmed", [])


def test_only_money_is_counted_of_what_credit_paid_in_part(owner_client, service_id, starts_at, now):
    give_credit(service_id, starts_at, now=now)
    booking_id = book_for(service_id, starts_at + timedelta(hours=2), now=now)
    pay_with_own_credit(booking_id=booking_id, now=now, amount_minor=10_000)
    receive_deposit(booking_id=booking_id, now=now, by=STAFF)

    assert "Se devuelven $200." in read_form(owner_client, booking_id)


@pytest.mark.parametrize("call", ["cancel", "cancel_following"])
def test_program_cancels_for_credit(tenant, paid, now, call):
    headers = {"Authorization": f"Bearer {make_key({'bookings': 'write'})}"}
    program, url = HostClient(tenant.primary_host, headers=headers), f"/api/v1/bookings/{paid}/{call}"
    body = {"cause": "told", "as_credit": True}
    switch_credit(is_on=False, by=STAFF, now=now)
    refused = program.post(url, body, content_type="application/json")
    status = get_booking(booking_id=paid).status
    switch_credit(is_on=True, by=STAFF, now=now)

    answer = program.post(url, body, content_type="application/json")
    tell_events()

    assert (refused.status_code, refused.json()["code"], status) == (409, "credit_not_offered", "confirmed")
    assert (answer.status_code, get_booking(booking_id=paid).status, left()) == (200, "cancelled", [30_000])


@pytest.mark.parametrize("is_program", [False, True])
def test_money_goes_back_after_credit_that_was_taken_back(tenant, owner_client, paid, now, is_program):
    cancel(owner_client, paid, back="credit")
    tell_events()
    undo_step(booking_id=paid, status="cancelled", now=now, by=STAFF)
    tell_events()

    if is_program:
        headers = {"Authorization": f"Bearer {make_key({'bookings': 'write'})}"}
        program = HostClient(tenant.primary_host, headers=headers)
        program.post(f"/api/v1/bookings/{paid}/cancel", {"cause": "told"}, content_type="application/json")
    else:
        cancel(owner_client, paid, back="money")
    tell_events()

    assert (get_booking(booking_id=paid).status, left()) == ("cancelled", [0])
    assert list_refunds() == [(True, 30_000, "done"), (False, 30_000, "pending")]
