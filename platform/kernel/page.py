"""Pages of a long list, by keyset: a cursor names the last row, so that rows which come and go shift nothing."""

from __future__ import annotations

import base64
import binascii
import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Generic, TypeVar

from kernel.errors import Invalid
from kernel.iso import parse_instant
from kernel.text import mark

CURSOR_UNKNOWN = mark("This page of the list does not exist.")
MAX_CURSOR_LENGTH = 1000
MAX_LIMIT = 200
LARGEST_NUMBER = (1 << 63) - 1
"""Of PostgreSQL's ``bigint``; it takes no zero byte in a text either."""

Row = TypeVar("Row")
Found = TypeVar("Found")
Value = str | int | datetime


@dataclass(frozen=True, slots=True)
class Page(Generic[Row]):
    """Some rows of a list; ``next_cursor`` asks for those that follow and is None on the last page."""

    rows: tuple[Row, ...] = ()
    next_cursor: str | None = None


def cut_page(
    found: Sequence[Found], *, limit: int, view: Callable[[Found], Row], key: Callable[[Found], tuple[Value, ...]]
) -> Page[Row]:
    """Return the first ``limit`` of ``found``, which was asked for one more to learn whether any follow.

    ``key`` gives the values that the list is ordered by; the last of them must be unique.
    """
    shown = found[:limit]
    next_cursor = make_cursor(key(shown[-1])) if len(found) > limit else None
    return Page(rows=tuple(view(each) for each in shown), next_cursor=next_cursor)


def limit_rows(asked: int) -> int:
    """Return how many rows a page may have: what was asked for, from 1 to 200."""
    return max(1, min(asked, MAX_LIMIT))


def make_cursor(values: Sequence[Value]) -> str:
    """Return the place of a row in its list as text that is safe in an address and means nothing to people."""
    body = [each.astimezone(UTC).isoformat() if isinstance(each, datetime) else each for each in values]
    plain = json.dumps(body, ensure_ascii=False, separators=(",", ":"))
    return base64.urlsafe_b64encode(plain.encode()).decode().rstrip("=")


def read_cursor(cursor: str, *kinds: type[Value]) -> tuple[Value, ...]:
    """Return the values in ``cursor``, one of each of ``kinds``.

    Raises:
        Invalid: The cursor is not one that this list gave.
    """
    try:
        return _read_values(cursor, kinds)
    except (ValueError, TypeError, binascii.Error) as error:
        raise Invalid(errors={"cursor": (CURSOR_UNKNOWN,)}) from error


def _read_values(cursor: str, kinds: tuple[type[Value], ...]) -> tuple[Value, ...]:
    if len(cursor) > MAX_CURSOR_LENGTH:
        raise ValueError
    padded = cursor + "=" * (-len(cursor) % 4)
    body = json.loads(base64.b64decode(padded.encode(), altchars=b"-_", validate=True))
    if not isinstance(body, list):
        raise TypeError
    return tuple(_read_value(each, kind) for each, kind in zip(body, kinds, strict=True))


def _read_value(value: object, kind: type[Value]) -> Value:
    if kind is datetime:
        return parse_instant(value if isinstance(value, str) else "")
    if type(value) is not kind or (isinstance(value, int) and abs(value) > LARGEST_NUMBER):
        raise TypeError
    if isinstance(value, str) and b"\0" in value.encode():  # encoding refuses half of a surrogate pair
        raise ValueError
    return value
