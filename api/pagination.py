"""Lists as the API answers them: ``{"results": [...], "next": cursor or null}``."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Mapping, Sequence
from typing import Any, TypeVar

from rest_framework import serializers
from rest_framework.response import Response

from api.fields import TextField, WholeField
from api.serializers import AddressSerializer
from kernel.errors import Invalid
from kernel.page import CURSOR_UNKNOWN, MAX_CURSOR_LENGTH, MAX_LIMIT, Page, make_cursor, read_cursor

Row = TypeVar("Row")


class PageShape(serializers.Serializer[Any]):
    """Part of every list's answer; a child names its ``results``."""

    next = serializers.CharField(allow_null=True)


class PageQuery(AddressSerializer):
    """Which page of a list is asked for; a list adds what narrows it."""

    cursor = TextField(required=False, max_length=MAX_CURSOR_LENGTH, help_text="`next` of the page before.")
    limit = WholeField(required=False, default=50, min_value=1, max_value=MAX_LIMIT)


def read_place(asked: Mapping[str, Any], name: str) -> str:
    """Return the cursor that the list ``name`` gave; empty: its beginning.

    Raises:
        Invalid: Another list gave it.
    """
    cursor = str(asked.get("cursor", ""))
    if not cursor:
        return ""
    of, _, place = cursor.partition(".")
    if of != name or not place:
        raise Invalid(errors={"cursor": (CURSOR_UNKNOWN,)})
    return place


def cut_list(
    rows: Sequence[Row], asked: Mapping[str, Any], name: str, *, key: Callable[[Row], tuple[Any, ...]]
) -> Page[Row]:
    """Return the page that is asked for of a list that is there as a whole.

    ``key`` gives the values by which the list rises; the last of them must be unique. Whoever comes or goes between
    two pages shifts nothing.

    Raises:
        Invalid: The cursor is none of this list.
    """
    place = read_place(asked, name)
    keys = [key(row) for row in rows]
    if place and keys:
        last = read_cursor(place, *map(type, keys[0]))
        first = bisect_right(keys, last)
        rows, keys = rows[first:], keys[first:]
    limit = int(asked["limit"])
    return Page(tuple(rows[:limit]), make_cursor(keys[limit - 1]) if len(rows) > limit else None)


def name_next(page: Page[Row], name: str) -> str | None:
    """Return what asks for the next page of the list ``name``; None: this is the last."""
    return None if page.next_cursor is None else f"{name}.{page.next_cursor}"


def answer_page(
    page: Page[Row], *, shape: type[PageShape], describe: Callable[[Row], Mapping[str, object]]
) -> Response:
    """Answer a page of a list, each row as ``describe`` puts it."""
    body = {"results": [describe(row) for row in page.rows], "next": page.next_cursor}
    return Response(shape(body).data)
