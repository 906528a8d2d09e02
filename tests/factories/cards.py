"""A business that takes cards at the stand-in, and what customers and workers do there."""

from __future__ import annotations

from django.db import connection

from billing.gateway.doors.stripe_connect import client
from billing.models import Payment, Refund
from devtools.drill.payments.till import BACK, Guarded, Till
from devtools.stripe_server.server import StandIn
from scheduling.enums import DepositKind
from scheduling.selectors.bookings.views import get_booking
from tests.factories.scheduling import MONDAY, book, make_shop

__all__ = ["BACK", "Till"]


class outside:  # noqa: N801 - reads as a word
    """What comes from elsewhere enters a business by itself; afterwards the test is where it was."""

    def __enter__(self) -> None:
        self.tenant = connection.tenant

    def __exit__(self, *_: object) -> None:
        connection.set_tenant(self.tenant)


def book_with_deposit(till: Till, *, starts_at=MONDAY, **values) -> int:
    service_id, _ = make_shop(
        **{"price_minor": 100_000, "deposit_kind": DepositKind.FIXED, "deposit_minor": 30_000} | values
    )
    made = book(service_id, starts_at, now=till.moment)
    till.work()
    return made.booking_id


def status_of(booking_id: int) -> str:
    return get_booking(booking_id=booking_id).status.value


def list_payments(booking_id: int) -> list[tuple]:
    rows = Payment.objects.filter(booking_id=booking_id).order_by("pk")
    return list(rows.values_list("door", "state", "amount_minor", "refunded_minor"))


def list_refunds(booking_id: int) -> list[tuple]:
    rows = Refund.objects.filter(payment__booking_id=booking_id).order_by("pk")
    return list(rows.values_list("amount_minor", "state", "cause"))


def count_captured(stand_in: StandIn) -> int:
    """What the provider has of customers, all refunds taken off."""
    charges = [each for each in stand_in.world.things.values() if each["object"] == "charge" and each["captured"]]
    return sum(each["amount"] - each["amount_refunded"] for each in charges)


def make_guard(monkeypatch) -> None:
    monkeypatch.setattr(client, "connection", Guarded())
