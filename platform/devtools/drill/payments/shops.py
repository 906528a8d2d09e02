"""The businesses of the drill: a service with a deposit, and customers who want it."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from devtools.scratch.shop import add_place, add_service, add_team
from scheduling.enums import Approval, BookingSource, DepositKind
from scheduling.services.bookings.submissions import book_slot
from scheduling.types import CUSTOMER, CustomerDetails, SlotRequest, VisitDetails, Wish

PRICE, DEPOSIT = 100_000, 30_000
MORE = (("Color", 50_000, 15_000), ("Flequillo", 2_000, 600))
"""What else is done there, at which price and deposit: the last one is less than a card provider takes."""
CAR = {"make": "Nissan", "model": "Versa"}
VISITS = datetime(2026, 1, 17, 9, tzinfo=UTC)
"""When the first visit is; the drills end before."""


def open_business(*, seats: int = 1, approval: Approval = Approval.INSTANT, **values: Any) -> int:
    """Add a place with one team member, and a service with a deposit; return the service's id."""
    number = datetime.now(tz=UTC).timestamp()
    return _add_service(_add_eva(number, max(seats, 1)), number, approval=approval, seats=seats, **values)


def open_with_more(*, approval: Approval = Approval.INSTANT, **values: Any) -> tuple[int, ...]:
    """Do as `open_business`, for one or two at a time, and add what else is done there; return the ids of all."""
    number = datetime.now(tz=UTC).timestamp()
    team = _add_eva(number, 2)
    first = _add_service(team, number, approval=approval, max_party_size=2, **values)
    return first, *(
        _add_service(
            team, number, name=name, price_minor=price, deposit_minor=deposit, position=place, max_party_size=2,
            **values,
        )
        for place, (name, price, deposit) in enumerate(MORE, 1)
    )  # fmt: skip


def _add_eva(number: float, capacity: int) -> tuple[int, ...]:
    return tuple(add_team(add_place(f"Centro {number}"), [f"Eva {number}"], type_name="Persona", capacity=capacity))


def _add_service(team: tuple[int, ...], number: float, *, name: str = "Corte", **values: Any) -> int:
    asked: dict[str, Any] = {
        "price_minor": PRICE,
        "deposit_kind": DepositKind.FIXED,
        "deposit_minor": DEPOSIT,
        "position": 0,
    } | values
    return add_service(team, name=f"{name} {number}", step_minutes=60, **asked)


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
