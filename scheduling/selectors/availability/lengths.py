"""How long staff may say that a visit lasts."""

from __future__ import annotations

from kernel.text import mark
from scheduling.engine import LONGEST_VISIT_MINUTES
from scheduling.errors import RequestInvalid
from scheduling.selectors.availability.plans import Plan

SHORTEST_MINUTES = 5
"""A visit of less is a slip of the hand."""
LONGEST_MINUTES = LONGEST_VISIT_MINUTES
TOO_SHORT = mark("A visit lasts at least 5 minutes. To take it off the board, cancel it.")
TOO_LONG = mark("A visit lasts at most 14 days.")
GROUP = mark("Everybody in a group comes for the same time: its length is that of the service.")
PARTS_OUTLAST = mark("A part of this visit takes longer than that.")


def check_length(minutes: int | None) -> None:
    """Refuse a length that no visit has; None: its services say it.

    Raises:
        RequestInvalid: It is shorter than `SHORTEST_MINUTES` or longer than a visit may be.
    """
    if minutes is None:
        return
    if minutes < SHORTEST_MINUTES:
        raise RequestInvalid(errors={"length": (TOO_SHORT,)})
    if minutes > LONGEST_MINUTES:
        raise RequestInvalid(errors={"length": (TOO_LONG,)})


def check_own_length(plan: Plan) -> None:
    """Refuse a new visit that is to have a length of its own which it cannot have.

    Raises:
        RequestInvalid: As `check_length` and `check_fits`.
    """
    minutes = plan.wish.length_minutes
    check_length(minutes)
    if minutes is not None:
        check_fits(plan, minutes)


def check_fits(plan: Plan, minutes: int) -> None:
    """Refuse a length that the visit of a plan cannot have.

    Raises:
        RequestInvalid: It is a group's, or one of its parts outlasts that.
    """
    if any(visit.duration_minutes == minutes and not visit.lengths for visit in plan.visits.values()):
        return
    is_group = any(visit.seats is not None for visit in plan.visits.values())
    raise RequestInvalid(errors={"length": (GROUP if is_group else PARTS_OUTLAST,)})
