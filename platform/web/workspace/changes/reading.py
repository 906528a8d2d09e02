"""What somebody chose on a review page, as its fields say it."""

from __future__ import annotations

import re
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime

from django.core.exceptions import ValidationError
from django.http import HttpRequest, QueryDict

from kernel.ids import read_row_id
from kernel.instants import is_known_timezone
from kernel.iso import NotIso, parse_date, parse_instant, parse_time
from scheduling.enums import Outcome
from scheduling.services.changes.applying import MOST_ROWS
from scheduling.types import Decision
from web.workspace.bookings.forms import from_wall_clock

PREFIX = "review-"
DO, ALL, REST, MESSAGE, KEY, TO, AT, ZONE = (
    PREFIX + word for word in ("do", "all", "rest", "message", "key", "to-", "at-", "zone-")
)
SAVE, SET_ALL, BACK = "save", "all", "back"
KEYS = re.compile("[0-9a-f]{32}")
OTHER = "other"
"""Instead of a proposal: the time that is typed beside it."""


@dataclass(frozen=True, slots=True)
class Choices:
    """What was chosen so far.

    Attributes:
        do: What the pressed button asks: `SAVE`, `SET_ALL`, `BACK`; empty: the review was not seen yet.
        outcomes: What was chosen for each booking, chosen times missing or not.
        decisions: What can be done as it is.
        for_rest: What was chosen for those that are too many to be listed.
        typed: Times that were typed instead of a proposal, as they were.
        key: By which the page asks how far the moves are; empty: it does not.
    """

    do: str
    outcomes: dict[int, Outcome]
    decisions: dict[int, Decision]
    message: str
    typed: dict[int, str]
    for_rest: Outcome | None = None
    key: str = ""


def asks_back(request: HttpRequest) -> bool:
    """Tell whether somebody went back from a review: the form is shown again with everything that was typed."""
    return request.POST.get(DO) == BACK


def read_choices(data: QueryDict) -> Choices:
    """Read the fields of a review; what nobody could have chosen there counts as not chosen."""
    outcomes: dict[int, Outcome] = {}
    for name in data:
        booking_id = read_row_id(name.removeprefix(PREFIX)) if name.startswith(PREFIX) else None
        chosen = _read_one(data, name)
        if booking_id is not None and chosen in set(Outcome) and len(outcomes) < MOST_ROWS:
            outcomes[booking_id] = Outcome(chosen)
    if data.get(DO) == SET_ALL and (for_all := _read_one(data, ALL)) in set(Outcome):
        outcomes = dict.fromkeys(_list_rows(data), Outcome(for_all))
    return Choices(
        do=_read_one(data, DO),
        outcomes=outcomes,
        decisions={booking_id: _read_decision(data, booking_id, outcome) for booking_id, outcome in outcomes.items()},
        message=_read_one(data, MESSAGE).strip(),
        typed={
            booking_id: _read_one(data, f"{AT}{booking_id}")
            for booking_id, outcome in outcomes.items()
            if outcome is Outcome.MOVE and _read_one(data, f"{TO}{booking_id}") == OTHER
        },
        for_rest=Outcome(rest) if (rest := _read_one(data, REST)) in set(Outcome) else None,
        key=key if KEYS.fullmatch(key := _read_one(data, KEY)) else "",
    )


def write_place(starts_at: datetime, resource_ids: tuple[int, ...]) -> str:
    """Return a proposal as the value of a choice."""
    return f"{starts_at.isoformat()}/{','.join(map(str, resource_ids))}"


def list_carried(data: QueryDict) -> list[tuple[str, str]]:
    """Return what was typed into the form before the review, for hidden fields."""
    return [
        (name, value)
        for name, values in data.lists()
        if not name.startswith(PREFIX) and name != "csrfmiddlewaretoken"
        for value in values
    ]


def _list_rows(data: QueryDict) -> list[int]:
    numbers = (read_row_id(name.removeprefix(ZONE)) for name in data if name.startswith(ZONE))
    return [number for number in numbers if number is not None][:MOST_ROWS]


def _read_decision(data: QueryDict, booking_id: int, outcome: Outcome) -> Decision:
    if outcome is not Outcome.MOVE:
        return Decision(outcome)
    chosen = _read_one(data, f"{TO}{booking_id}")
    if chosen == OTHER:
        return Decision(outcome, starts_at=_read_typed(data, booking_id))
    at, _, resources = chosen.partition("/")
    ids = tuple(number for each in resources.split(",") if (number := read_row_id(each)) is not None)
    with suppress(NotIso):
        starts_at = parse_instant(at)
        return Decision(outcome, starts_at=starts_at, resource_ids=ids)
    return Decision(outcome)


def _read_typed(data: QueryDict, booking_id: int) -> datetime | None:
    """Read a time of the browser's own field, on the clock of the booking's location."""
    zone = _read_one(data, f"{ZONE}{booking_id}")
    if not is_known_timezone(zone):
        return None
    on, _, at = _read_one(data, f"{AT}{booking_id}").partition("T")
    with suppress(NotIso, ValidationError, OverflowError):
        return from_wall_clock(parse_date(on), parse_time(at), zone)
    return None


def _read_one(data: QueryDict, name: str) -> str:
    return str(data.get(name) or "")
