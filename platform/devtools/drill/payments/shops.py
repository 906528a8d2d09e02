"""The businesses of the drill: a service with a deposit, and customers who want it."""

from __future__ import annotations

from datetime import UTC, datetime

from devtools.scratch.shop import add_place, add_service, add_team
from scheduling.enums import Approval, BookingSource, DepositKind
from scheduling.services.bookings.submissions import book_slot
from scheduling.types import CUSTOMER, CustomerDetails, SlotRequest, VisitDetails, Wish

PRICE, DEPOSIT = 100_000, 30_000
CAR = {"make": "Nissan", "model": "Versa"}
VISITS = datetime(2026, 1, 17, 9, tzinfo=UTC)
"""When the first visit is; the drills end before."""


def open_business(*, seats: int = 1, approval: Approval = Approval.INSTANT, **values: object) -> int:
    """Add a place with one team member, and a service with a deposit; return the service's id."""
    number = datetime.now(tz=UTC).timestamp()
    team = add_team(add_place(f"Centro {number}"), [f"Eva {number}"], type_name="Persona", capacity=max(seats, 1))
    return add_service(
        tuple(team), name=f"Corte {number}", price_minor=PRICE, deposit_kind=DepositKind.FIXED,
        deposit_minor=DEPOSIT, approval=approval, step_minutes=60, position=0, seats=seats, **values,
    )  # fmt: skip


def book_one(service_id: int, number: int, now: datetime, *, starts_at: datetime = VISITS) -> int:
    """Let a customer book, and return the booking's id.

    Raises:
        SlotUnavailable, SlotTaken: It is gone.
    """
    details = VisitDetails(
        customer=CustomerDetails(name=f"Ana {number}", email=f"ana-{number}@pays.example"), asset=CAR
    )
    request = SlotRequest(Wish(service_ids=(service_id,)), starts_at)
    made = book_slot(request=request, details=details, now=now, source=BookingSource.PAGE, by=CUSTOMER)
    return made.booking_id
