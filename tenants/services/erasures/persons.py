"""Which rows of which tables are about one person: each room says it of its own, for files that people take along.

What is in such a file follows from what rooms declared in `personal.py`: every personal column of a table that
customers leave something in, unless the room says why not.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from django.db.models import QuerySet

from kernel.personal import Subject, TableInventory
from tenants.hooks import list_inventory

CUSTOMERS = frozenset({Subject.CUSTOMER, Subject.ANYONE})
"""Whose columns are in files of customers."""


@dataclass(frozen=True, slots=True)
class PersonKeys:
    """By what rows are found to be about one person.

    Attributes:
        customer_ids: All records of the person, merged ones included.
        booking_ids: Their visits; ``waiting_ids``: their places on the waitlist.
        addresses: By which they are or were reached, as they are written in rows.
    """

    customer_ids: frozenset[int]
    booking_ids: frozenset[int]
    waiting_ids: frozenset[int]
    addresses: frozenset[str]


@dataclass(frozen=True, slots=True)
class PersonTable:
    """Of one table, the rows that are about a person.

    Attributes:
        model: ``app_label.Model``.
        title: What the rows are, a msgid.
        list_rows: Returns them, in order; nothing of anybody else.
        beside: Columns without personal data that say what a row is about.
        without: Personal column → why it is in no such file.
    """

    model: str
    title: str
    list_rows: Callable[[PersonKeys], QuerySet[Any]]
    beside: tuple[str, ...] = ()
    without: Mapping[str, str] = field(default_factory=dict)


_tables: dict[str, PersonTable] = {}
_left_out: dict[str, str] = {}


def register_person_tables(tables: Sequence[PersonTable], *, left_out: Mapping[str, str]) -> None:
    """Say which rows of these tables are about a person; ``left_out``: table → why none of it is in such a file."""
    _tables.update({table.model: table for table in tables})
    _left_out.update(left_out)


def list_person_tables() -> tuple[PersonTable, ...]:
    """Return every table, in the order in which rooms said so."""
    return tuple(_tables.values())


def list_left_out() -> Mapping[str, str]:
    """Return the tables of which nothing is in such files, and why."""
    return dict(_left_out)


def list_columns(table: PersonTable) -> tuple[str, ...]:
    """Return the columns of a table that are in files: what says what a row is, then what is personal."""
    found = next(each for each in list_inventory() if each.model == table.model)
    return (*table.beside, *(name for name in list_personal(found) if name not in table.without))


def list_personal(table: TableInventory) -> tuple[str, ...]:
    """Return the columns in which customers leave something."""
    return tuple(name for name, column in table.personal.items() if column.subject in CUSTOMERS)


def read_rows(table: PersonTable, keys: PersonKeys) -> list[dict[str, object]]:
    """Return what a table has about a person, as JSON holds it; instants and dates in ISO 8601."""
    columns = list_columns(table)
    return [{name: _write(row[name]) for name in columns} for row in table.list_rows(keys).values(*columns)]


def _write(value: object) -> object:
    return value.isoformat() if isinstance(value, datetime | date) else value
