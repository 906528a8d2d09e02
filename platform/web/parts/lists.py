"""Lists: what the address asks for, and what a page draws: columns, groups, links that sort and narrow, more."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import groupby
from typing import Generic, TypeVar
from urllib.parse import urlencode

from django.http import HttpRequest

from kernel.lines import is_unreadable
from kernel.page import Page, Value, cut_page, read_cursor
from web.parts.filters import Filter, FilterLine, FilterLink, Text

MAX_SEARCH_LENGTH = 100
PAGE_SIZE = 50

Row = TypeVar("Row")
Key = tuple[Value, ...]


@dataclass(frozen=True, slots=True)
class ListQuery:
    """What the address of a list asks for.

    Attributes:
        typed: What was typed to search for, whatever its length; ``search`` is it, or nothing when it is too long.
        filters: Value of each filter of the list, by its key.
        sort: Key of the column to sort by, with a minus for the other way round; empty for the list's own order.
    """

    typed: str = ""
    filters: Mapping[str, str] = field(default_factory=dict)
    sort: str = ""
    cursor: str = ""

    @property
    def is_too_long(self) -> bool:
        """Tell whether more was typed than anyone searches for."""
        return len(self.typed) > MAX_SEARCH_LENGTH

    @property
    def search(self) -> str:
        """Return what to look for."""
        return "" if self.is_too_long or is_unreadable(self.typed) else self.typed.strip()

    @property
    def is_narrowed(self) -> bool:
        """Tell whether the list shows only what was asked for."""
        return bool(self.search or any(self.filters.values()))

    def make_url(self, **changes: object) -> str:
        """Return the address, relative to the list's page, of this query with some of it changed."""
        query = replace(self, **{"cursor": "", **changes})  # type: ignore[arg-type]
        told = {"q": query.search, **query.filters, "sort": query.sort, "cursor": query.cursor}
        return f"?{urlencode({key: value for key, value in told.items() if value})}"


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a list.

    Attributes:
        key: Its name in the address, where a list can be sorted by it.
        css: Classes of its head.
        is_silent: The head is for people who hear the page only.
    """

    key: str
    label: Text
    css: str = ""
    is_silent: bool = False


@dataclass(frozen=True, slots=True)
class ColumnHead:
    """A column as it is drawn: ``direction`` is ``ascending``, ``descending`` or empty, ``url`` empty if fixed."""

    column: Column
    url: str = ""
    direction: str = ""


@dataclass(frozen=True, slots=True)
class Group(Generic[Row]):
    """Rows that follow each other under one heading, which may be empty."""

    label: str
    rows: tuple[Row, ...]


@dataclass(frozen=True, slots=True)
class ListPage(Generic[Row]):
    """A part of a list, ready to draw; ``count`` is how many rows the whole list has where that is known."""

    query: ListQuery
    heads: tuple[ColumnHead, ...]
    groups: tuple[Group[Row], ...]
    filters: tuple[FilterLine, ...] = ()
    more_url: str = ""
    count: int = 0

    @property
    def width(self) -> int:
        """Return the number of columns."""
        return len(self.heads)


def read_query(request: HttpRequest, *, filters: Sequence[Filter] = (), sorts: Sequence[str] = ()) -> ListQuery:
    """Read the address; what it asks for that the list does not have is left out."""
    asked = request.GET
    sort = asked.get("sort", "")
    return ListQuery(
        typed=asked.get("q", ""),
        filters={each.key: each.read(asked.get(each.key)) for each in filters},
        sort=sort if sort.removeprefix("-") in sorts else "",
        cursor=asked.get("cursor", ""),
    )


def sort_and_cut(
    rows: Sequence[Row], *, query: ListQuery, sorts: Mapping[str, Callable[[Row], Key]], limit: int = PAGE_SIZE
) -> Page[Row]:
    """Return a page of rows that were read all at once, such as a catalogue.

    ``sorts`` has a key for each column and one under the empty name; the last value of each is unique.

    Raises:
        Invalid: The cursor is not one that this list gave.
    """
    key = sorts[query.sort.removeprefix("-")]
    is_reversed = query.sort.startswith("-")
    ordered = sorted(rows, key=key, reverse=is_reversed)
    if query.cursor and ordered:
        last = read_cursor(query.cursor, *(type(value) for value in key(ordered[0])))
        ordered = [row for row in ordered if (key(row) < last if is_reversed else key(row) > last)]
    return cut_page(ordered, limit=limit, view=lambda row: row, key=key)


def make_list_page(
    page: Page[Row],
    *,
    query: ListQuery,
    columns: Sequence[Column],
    sorts: Mapping[str, object] | None = None,
    filters: Sequence[FilterLine] = (),
    name_group: Callable[[Row], str] | None = None,
    count: int = 0,
) -> ListPage[Row]:
    """Arrange a page for drawing; rows are grouped only in the list's own order."""
    grouping = name_group if name_group and not query.sort else lambda _: ""
    groups = tuple(Group(label, tuple(rows)) for label, rows in groupby(page.rows, key=grouping))
    return ListPage(
        query=query,
        heads=tuple(_make_head(column, query, sorts or {}) for column in columns),
        groups=groups,
        filters=tuple(filters),
        more_url=query.make_url(cursor=page.next_cursor) if page.next_cursor else "",
        count=count,
    )


def make_filter_line(each: Filter, query: ListQuery, counts: Mapping[str, int] | None = None) -> FilterLine:
    """Return a filter as links that keep everything else which was asked."""
    current = query.filters.get(each.key, "")
    return FilterLine(
        key=each.key,
        label=each.label,
        links=tuple(
            FilterLink(
                label=label,
                url=query.make_url(filters={**query.filters, each.key: value}),
                is_current=value == current,
                count=(counts or {}).get(value),
            )
            for value, label in each.choices
        ),
    )


def _make_head(column: Column, query: ListQuery, sorts: Mapping[str, object]) -> ColumnHead:
    if column.key not in sorts:
        return ColumnHead(column)
    direction = {column.key: "ascending", f"-{column.key}": "descending"}.get(query.sort, "")
    following = {"ascending": f"-{column.key}", "descending": ""}.get(direction, column.key)
    return ColumnHead(column, url=query.make_url(sort=following), direction=direction)
