"""How often an address block, a contact and a business may change something: the same for pages and API."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime

from django.http import HttpRequest

from edge.requests import find_block
from kernel.clock import utc_now
from kernel.errors import LimitReached
from kernel.identity.recipients import name_recipient
from kernel.limits import Ask
from keyvalue.throttle import ask_limits, close_one, get_limit, prolong_one
from scheduling.errors import TooManyHolds
from tenants.context import current_tenant

HOLDS_OPEN, HOLDS_DAY = "holds_open", "holds_day"


@dataclass(slots=True)
class Keeping:
    """What became of the time that somebody wanted to keep: it is kept ``until`` then; None: it is not kept."""

    until: datetime | None = None


def list_write_asks(request: HttpRequest, contacts: Iterable[str] = ()) -> list[Ask]:
    """List what limits a change: by address block, by business, by each contact that it names, and by its link."""
    match = request.resolver_match
    link = "" if match is None else str(match.kwargs.get("token", ""))
    return [
        Ask("writes_address", find_block(request)),
        # The keys carry the schema as well.
        Ask("writes_tenant", current_tenant().schema_name),
        *(Ask("writes_contact", name_recipient(contact)) for contact in contacts if contact),
        *([Ask("writes_link", link)] if link else []),
    ]


def list_key_asks(key_id: int) -> list[Ask]:
    """List what limits a call of a program: by its key, and by business."""
    return [Ask("calls_key", str(key_id)), Ask("calls_keys", current_tenant().schema_name)]


def count_write(request: HttpRequest, contacts: Iterable[str] = ()) -> None:
    """Count a change.

    Raises:
        LimitReached: It is one too many.
    """
    check_limits(*list_write_asks(request, contacts))


def check_limits(*asks: Ask) -> None:
    """Count a call for each of the limits.

    Raises:
        LimitReached: It is one too many for some of them.
    """
    full = ask_limits(asks)
    if full:
        raise LimitReached(wait_seconds=max(full.values()))


@contextmanager
def keep_time(request: HttpRequest) -> Iterator[Keeping]:
    """Count a change that keeps a time for somebody from now on, unless the block says that none was kept.

    Raises:
        LimitReached: It is one too many; `TooManyHolds`: of those that keep a time.
    """
    block = find_block(request)
    opening = Ask(HOLDS_OPEN, block)
    full = ask_limits([*list_write_asks(request), Ask(HOLDS_DAY, block), opening])
    if full:
        is_holding = bool({HOLDS_OPEN, HOLDS_DAY} & full.keys())
        raise (TooManyHolds if is_holding else LimitReached)(wait_seconds=max(full.values()))
    keeping = Keeping()
    try:
        yield keeping
    finally:
        if keeping.until is None:
            close_one(opening)
        elif (seconds := _count_seconds(keeping.until)) > get_limit(HOLDS_OPEN).seconds:
            prolong_one(opening, seconds=seconds)


def note_extension(request: HttpRequest, *, until: datetime) -> None:
    """Count a kept time until then: it is kept longer than was known when it was counted."""
    prolong_one(Ask(HOLDS_OPEN, find_block(request)), seconds=_count_seconds(until))


def note_end(request: HttpRequest) -> None:
    """Count a kept time less: it was booked, or given back while it was still kept; once for each."""
    close_one(Ask(HOLDS_OPEN, find_block(request)))


def _count_seconds(until: datetime) -> float:
    return (until - utc_now()).total_seconds()
