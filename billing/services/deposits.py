"""Deposits of bookings, computed when scheduling agrees a price."""

from __future__ import annotations

from billing.engine import (
    Circumstances,
    DepositConditions,
    DepositKind,
    DepositPolicy,
    compute_deposit,
    is_deposit_asked,
)
from billing.selectors.accounts import find_card_capabilities, find_open_doors, get_bank_data
from billing.selectors.asking import is_reserved
from kernel.money import Money
from scheduling import hooks
from scheduling.selectors.catalog.services import list_services
from scheduling.types import BookingView, ServiceTerms

CARD_MINUTES = 40
"""A place waits so long for a card: the provider's page stays open for half an hour, and is opened a little later."""


def compute_due(terms: hooks.DepositTerms) -> int:
    """Return what is due in advance, in minor units of the booking's currency."""
    service, price = terms.service, None if terms.price_minor is None else Money(terms.price_minor, terms.currency)
    if not is_deposit_asked(read_conditions(service), _read_circumstances(terms)):
        return 0
    policy = DepositPolicy(
        kind=DepositKind(service.deposit_kind), amount_minor=service.deposit_minor, percent=service.deposit_percent
    )
    due = compute_deposit(policy, price=price, currency=terms.currency).amount_minor
    if due and service.is_deposit_on_card and not terms.must_prepay and not _takes_card(due, terms.currency):
        return 0  # nobody could leave a card, or it could not be charged
    return due


def _takes_card(amount_minor: int, currency: str) -> bool:
    return find_open_doors(amount_minor=amount_minor, currency=currency).card is not None


def compute_whole(service: ServiceTerms, *, currency: str) -> int:
    """Return what a service asks in advance of whoever is asked, at its own price and without add-ons."""
    must_prepay = hooks.DepositTerms(service, service.price_minor, currency, must_prepay=True)
    return compute_due(must_prepay)


def suggest_amount(booking: BookingView) -> int | None:
    """Return what staff who ask for a deposit most likely mean; None: nobody can tell. One query at most.

    What was agreed or left out before, what the services ask of whoever is asked, each of its own price with its
    extras, or else the price: never more than that. Where a service is offered no more, nobody can tell what it asks.
    """
    price = booking.price_minor
    usual = booking.deposit_minor or booking.agreed.deposit_waived_minor or _sum_usual(booking) or price
    return usual if usual is None or price is None else min(usual, price)


def _sum_usual(booking: BookingView) -> int:
    """Return what the services of a visit ask of whoever is asked; 0: nothing, or nobody can tell."""
    services = {each.id: each for each in list_services()}
    if any(line.service_id not in services for line in booking.lines):
        return 0
    is_alone = len(booking.lines) == 1
    return sum(
        compute_due(
            hooks.DepositTerms(
                services[line.service_id],
                booking.price_minor if is_alone else line.whole_minor,
                booking.currency,
                must_prepay=True,
            )
        )
        for line in booking.lines
    )


def read_conditions(service: ServiceTerms) -> DepositConditions:
    """Return when a service asks for its deposit."""
    return DepositConditions(
        above_minor=service.deposit_above_minor,
        is_first_visit=service.deposit_first_visit,
        is_outside_hours=service.deposit_outside_hours,
        ahead_minutes=service.deposit_ahead_minutes,
        within_minutes=service.deposit_within_minutes,
        is_must_prepay=service.deposit_must_prepay,
    )


def _read_circumstances(terms: hooks.DepositTerms) -> Circumstances:
    return Circumstances(
        price_minor=terms.price_minor,
        is_first_visit=terms.is_first_visit,
        is_outside_hours=terms.is_outside_hours,
        lead_minutes=terms.lead_minutes,
        must_prepay=terms.must_prepay,
    )


def find_terms() -> hooks.PaymentTerms | None:
    """Return how long a place waits for a deposit; None: the business has no way to take one from afar.

    While its provider takes no cards for it, and it takes no transfers, a place waits as long as for a transfer.
    """
    doors = find_open_doors()
    if doors.bank is None and doors.card is None:
        if not doors.is_card_paused:
            return None
        return hooks.PaymentTerms(opening_minutes=get_bank_data().wait_minutes, is_paused=True)
    waits = None if doors.bank is None else doors.bank.wait_minutes
    can = None if doors.card is None else find_card_capabilities(doors.card.provider_id)
    return hooks.PaymentTerms(
        opening_minutes=waits,
        minutes=CARD_MINUTES if can is not None else 0,
        takes_card=can is not None,
        least_minor=0 if can is None or waits is not None else can.least.amount_minor,
        most_minor=None if can is None or waits is not None else can.most.amount_minor,
    )


def register() -> None:
    """Answer scheduling's questions for deposits."""
    hooks.register_deposit_calculator(compute_due)
    hooks.register_payment_terms(find_terms)
    hooks.register_reservation_finder(is_reserved)
