"""Records that may stand for one person, and those that were merged."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Any

from database.connection import connection, write_array
from kernel.identity.likeness import are_alike
from scheduling.enums import BookingLevel, CustomerKind
from scheduling.models import Customer, CustomerMerge
from scheduling.types import Likeness, MergeView, RelatedCustomer

UNDO_DAYS = 30
CHOSEN = ("name", "kind", "tax_id", "locale", "booking_level")
"""Columns of which the record that goes on has either its own or the other one's."""
MERGED_COLUMNS = ("name", "name_key", "kind", "tax_id", "locale", "booking_level", "level_reason", "notes", "tags")
WITH = {"name": ("name", "name_key"), "booking_level": ("booking_level", "level_reason")}
"""Columns that go with a chosen one."""
MOST_PAIRS, MOST_SHOWN = 2000, 50
CROWD = 6
"""What more records than that have in common belongs to a firm or a family: it makes nobody of them alike."""

# Of a crowd only those are paired who are called the same: else its pairs, which grow with its square, hide the others.
CONTACTS_SQL = f"""
WITH crowded AS (
  SELECT kind, value FROM scheduling_contact
  WHERE %(customer_id)s::int8 IS NULL
    OR value IN (SELECT value FROM scheduling_contact WHERE customer_id = %(customer_id)s::int8)
  GROUP BY kind, value HAVING count(*) > {CROWD}
)
SELECT one.customer_id, other.customer_id, one.value
FROM scheduling_contact one
JOIN scheduling_contact other
  ON other.value = one.value AND other.kind = one.kind AND other.customer_id > one.customer_id
WHERE (%(customer_id)s::int8 IS NULL OR %(customer_id)s::int8 IN (one.customer_id, other.customer_id))
  AND (NOT EXISTS (SELECT 1 FROM crowded WHERE crowded.kind = one.kind AND crowded.value = one.value)
    OR (SELECT name_key FROM scheduling_customer WHERE id = one.customer_id)
      = (SELECT name_key FROM scheduling_customer WHERE id = other.customer_id))
ORDER BY other.customer_id DESC, one.customer_id LIMIT %(limit)s::int4
"""  # noqa: S608 - a number of our own
MARKS_SQL = f"""
WITH crowded AS (
  SELECT mark FROM scheduling_assetmark
  WHERE %(customer_id)s::int8 IS NULL
    OR mark IN (SELECT mark FROM scheduling_assetmark WHERE owner_id = %(customer_id)s::int8)
  GROUP BY mark HAVING count(DISTINCT owner_id) > {CROWD}
)
SELECT one.owner_id, other.owner_id, one.mark
FROM scheduling_assetmark one
JOIN scheduling_assetmark other ON other.mark = one.mark AND other.owner_id > one.owner_id
WHERE (%(customer_id)s::int8 IS NULL OR %(customer_id)s::int8 IN (one.owner_id, other.owner_id))
  AND (NOT EXISTS (SELECT 1 FROM crowded WHERE crowded.mark = one.mark)
    OR (SELECT name_key FROM scheduling_customer WHERE id = one.owner_id)
      = (SELECT name_key FROM scheduling_customer WHERE id = other.owner_id))
ORDER BY other.owner_id DESC, one.owner_id LIMIT %(limit)s::int4
"""  # noqa: S608 - a number of our own
# What was said of a record that was merged is said of the one that goes on, for as long as it stays merged.
DISTINCT_SQL = """
WITH RECURSIVE part(root, id) AS (
  SELECT id, id FROM unnest(%(ids)s::int8[]) id
  UNION
  SELECT part.root, c.id FROM part JOIN scheduling_customer c ON c.merged_into_id = part.id
)
SELECT DISTINCT one.root, other.root
FROM scheduling_distinctpair d JOIN part one ON one.id = d.first_id JOIN part other ON other.id = d.second_id
"""

Pair = tuple[int, int]


def list_alike(*, customer_id: int | None = None) -> tuple[Likeness, ...]:
    """List pairs of records that may be one person: a contact or a plate in common, and names that are alike.

    Left out are those of whom somebody said that they are two people, also of a record that was merged into one of
    them, and what a crowd has in common, unless two of it are called the same. The surest and newest come first; at
    most `MOST_SHOWN`. ``customer_id``: of this one alone. Four queries.
    """
    contacts, marks = (_read_pairs(sql, customer_id) for sql in (CONTACTS_SQL, MARKS_SQL))
    pairs = {*contacts, *marks}
    ids = {each for pair in pairs for each in pair}
    pairs -= _read_distinct(ids)
    rows = {row.pk: row for row in Customer.objects.filter(pk__in=ids, erased_at=None)}
    found = [
        make_likeness(rows[first], rows[second], contacts=contacts[first, second], marks=marks[first, second])
        for first, second in pairs
        if first in rows and second in rows and _may_be_one(rows[first], rows[second])
    ]
    return tuple(sorted(found, key=_rank, reverse=True)[:MOST_SHOWN])


def make_likeness(kept: Customer, gone: Customer, *, contacts: Iterable[str], marks: Iterable[str]) -> Likeness:
    """Return in what two records are alike; ``contacts`` and ``marks`` are what both have."""
    return Likeness(
        kept=_relate(kept),
        gone=_relate(gone),
        contacts=tuple(sorted(contacts)),
        marks=tuple(sorted(marks)),
        is_same_name=kept.name_key == gone.name_key,
    )


def find_successor(customer_id: int) -> int | None:
    """Return the record that goes on in the place of one that was merged; None: it was not."""
    found = None
    rows = Customer.with_merged.filter(merged_into__isnull=False)
    while (into := rows.filter(pk=found or customer_id).values_list("merged_into_id", flat=True).first()) is not None:
        found = into
    return found


def list_merges(customer_id: int, *, now: datetime) -> tuple[MergeView, ...]:
    """List the records that were merged into one, the newest first; one query."""
    rows = CustomerMerge.objects.filter(kept_id=customer_id, undone_at=None).select_related("kept", "gone")
    return tuple(_view(row, now=now) for row in rows.order_by("-merged_at", "-pk"))


def mark_pair(kept: Customer, gone: Customer) -> str:
    """Return a mark of what two records say: another one as soon as one of them says something else."""
    said = [
        [
            *[getattr(row, name) for name in MERGED_COLUMNS],
            sorted([each.kind, each.value] for each in row.contacts.all()),
        ]
        for row in (kept, gone)
    ]
    return sha256(json.dumps(said).encode()).hexdigest()[:16]


def join_records(kept: Customer, gone: Customer, taken: Collection[str]) -> dict[str, Any]:
    """Return what the record that goes on says, by column; ``taken`` are those of `CHOSEN` it has from the other."""
    joined = {name: getattr(kept, name) for name in MERGED_COLUMNS}
    for chosen in CHOSEN:
        if chosen in taken:
            joined |= {name: getattr(gone, name) for name in WITH.get(chosen, (chosen,))}
    notes = [each.notes for each in (kept, gone) if each.notes]
    joined["notes"] = "\n\n".join(dict.fromkeys(notes))
    joined["tags"] = list(dict.fromkeys([*kept.tags, *gone.tags]))
    return joined


def suggest_taken(kept: Customer, gone: Customer) -> frozenset[str]:
    """Return what is best taken from the other record: what this one lacks, and the stricter way to book."""
    levels = list(BookingLevel)
    found = {name for name in ("name", "tax_id") if not getattr(kept, name) and getattr(gone, name)}
    if levels.index(BookingLevel(gone.booking_level)) > levels.index(BookingLevel(kept.booking_level)):
        found.add("booking_level")
    return frozenset(found)


def list_changed_since(merge: CustomerMerge) -> tuple[str, ...]:
    """Return the columns that somebody changed after a merge had written them."""
    after: Mapping[str, Any] = merge.after
    changed = {name for name, value in after.items() if getattr(merge.kept, name) != value}
    for names in WITH.values():
        if changed.intersection(names):
            changed |= set(names).intersection(after)  # a reason belongs to its level
    return tuple(name for name in MERGED_COLUMNS if name in changed)


def _view(row: CustomerMerge, *, now: datetime) -> MergeView:
    return MergeView(
        id=row.pk,
        kept_id=row.kept_id,
        gone=_relate(row.gone),
        merged_at=row.merged_at,
        merged_by_id=row.merged_by_id,
        changed_since=list_changed_since(row),
        is_open=now < row.merged_at + timedelta(days=UNDO_DAYS),
    )


def _read_pairs(sql: str, customer_id: int | None) -> dict[Pair, set[str]]:
    found: dict[Pair, set[str]] = defaultdict(set)
    rows: Iterable[tuple[int, int, str]] = connection.fetch_planned(
        sql, {"customer_id": customer_id, "limit": MOST_PAIRS}
    )
    for first, second, value in rows:
        found[first, second].add(value)
    return found


def _read_distinct(ids: Collection[int]) -> set[Pair]:
    """Return which of these are two people, as somebody said of them or of what was merged into them; one query."""
    rows: Iterable[Pair] = connection.fetch_planned(DISTINCT_SQL, {"ids": write_array(sorted(ids))})
    return {(min(pair), max(pair)) for pair in rows}


def _may_be_one(first: Customer, second: Customer) -> bool:
    return first.is_sample == second.is_sample and are_alike(first.name, second.name)


def _rank(likeness: Likeness) -> tuple[int, bool, int]:
    return len(likeness.contacts) + len(likeness.marks), likeness.is_same_name, likeness.gone.id


def _relate(row: Customer) -> RelatedCustomer:
    return RelatedCustomer(row.pk, row.number, row.name, CustomerKind(row.kind))
