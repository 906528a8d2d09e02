"""A deposit that nobody can pay by card, the only way there is: it is not asked, and no visit ends for want of it."""

from __future__ import annotations

import pytest

from billing.services.asking import ask_for_deposit
from scheduling.errors import RequestInvalid
from scheduling.models import Booking, Customer
from tests.factories.billing import take_transfers
from tests.factories.cards import book_with_deposit, list_payments
from tests.factories.scheduling import MONDAY, STAFF, book, hours_later, make_service, make_shop

LEAST, MOST = 1_000, 99_999_999
"""What Stripe takes in MXN."""


def stands(booking_id: int) -> tuple:
    row = Booking.objects.get(pk=booking_id)
    return row.status, row.deposit_minor


def test_card_takes_what_it_takes(till, account_id):
    least = book_with_deposit(till, deposit_minor=LEAST)
    most = book_with_deposit(till, price_minor=10**12, deposit_minor=MOST)

    assert (stands(least), stands(most)) == (("pending_payment", LEAST), ("pending_payment", MOST))


@pytest.mark.parametrize("amount_minor", [LEAST - 1, MOST + 1])
def test_deposit_that_no_card_takes_is_not_asked(till, account_id, amount_minor):
    booking_id = book_with_deposit(till, price_minor=10**12, deposit_minor=amount_minor)

    assert (stands(booking_id), list_payments(booking_id)) == (("confirmed", 0), [])


def test_where_money_is_transferred_any_deposit_is_asked(till, account_id):
    take_transfers()

    booking_id = book_with_deposit(till, deposit_minor=LEAST - 1)

    assert stands(booking_id) == ("pending_payment", LEAST - 1)


def test_small_deposits_of_one_visit_are_asked_together(till, account_id):
    service_id, people = make_shop(price_minor=100_000, deposit_kind="fixed", deposit_minor=600)
    other = make_service(tuple(people), price_minor=50_000, deposit_kind="fixed", deposit_minor=600)

    made = book((service_id, other), MONDAY, now=till.moment)

    assert stands(made.booking_id) == ("pending_payment", 1_200)


@pytest.mark.parametrize(
    ("price_minor", "expected"),
    [(100_000, ("pending_payment", 100_000)), (LEAST - 1, ("pending_approval", 0)), (10**12, ("pending_approval", 0))],
)
def test_who_must_prepay_pays_the_price_or_is_answered_first(till, account_id, price_minor, expected):
    service_id, _ = make_shop(price_minor=price_minor, deposit_kind="fixed", deposit_minor=500)
    book(service_id, MONDAY, now=till.moment)
    Customer.objects.update(booking_level="must_prepay", level_reason="No vino")

    made = book(service_id, hours_later(3), now=till.moment)

    assert stands(made.booking_id) == expected


@pytest.mark.parametrize("amount_minor", [LEAST - 1, MOST + 1])
def test_staff_asks_for_no_amount_that_no_card_takes(till, account_id, amount_minor):
    booking_id = book_with_deposit(till, price_minor=10**12, deposit_kind="none")

    with pytest.raises(RequestInvalid) as refused:
        ask_for_deposit(booking_id=booking_id, amount_minor=amount_minor, pay_by=None, now=till.moment, by=STAFF)

    assert (list(refused.value.errors), stands(booking_id)) == (["amount"], ("confirmed", 0))
