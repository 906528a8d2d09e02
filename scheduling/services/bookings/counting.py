"""Counting how it ended when somebody asked for a time: what operators see when bookings fail."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import ParamSpec, TypeVar

from kernel.errors import DomainError, Unavailable
from scheduling.errors import SlotTaken
from telemetry.meters import note_booking

P = ParamSpec("P")
R = TypeVar("R")


def counted(step: str) -> Callable[[Callable[P, R]], Callable[P, R]]:
    """Count how each call of a use case ends: done, taken (others were first), refused, or failed (our fault)."""

    def decorate(function: Callable[P, R]) -> Callable[P, R]:
        @wraps(function)
        def counting(*args: P.args, **kwargs: P.kwargs) -> R:
            outcome = "failed"
            try:
                result = function(*args, **kwargs)
                outcome = "done"
            except SlotTaken:
                outcome = "taken"
                raise
            except DomainError as error:
                outcome = "failed" if isinstance(error, Unavailable) else "refused"
                raise
            finally:
                note_booking(step=step, outcome=outcome)
            return result

        return counting

    return decorate
