"""Mending cells of a file that waits to be imported, without bringing it again."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from datetime import datetime
from uuid import UUID

from database.transactions import write_transaction
from kernel.lines import drop_invisible, unify_breaks
from scheduling.enums import ImportKind, ImportState
from scheduling.errors.imports import ImportNotFound
from scheduling.models import Import, ImportRow
from scheduling.services.imports.steps import set_to_work, take_import
from scheduling.services.imports.visits.working import check_visit
from scheduling.services.imports.working import check_customer, tally

LONGEST_CELL = 4_000
PART = 1_000


@write_transaction()
def correct_row(*, key: UUID, number: int, cells: Mapping[int, str], is_everywhere: bool, now: datetime) -> bool:
    """Give a row of a checked file other cells, by their columns, and check it anew; what is not read stays.

    ``is_everywhere``: so does every row that says the same in one of these columns. Then all rows are checked again by
    a worker, and True is returned. Alone, a row is compared with what is here, not with the other rows of its file:
    these are met when it is written.

    Raises:
        StatusForbids: The state of the business lets nobody change anything.
        ImportNotFound: There is no such import, or no such line in it.
        ImportElsewhere: It is not checked, or has begun.
        ImportBusy: All rows would be checked again, and another import is being worked on.
    """
    run = take_import(key, ImportState.READY)
    row = run.rows.filter(number=number).first()
    if row is None:
        raise ImportNotFound
    read = {at for at, target in enumerate(run.targets) if target}
    wanted = {at: _clean(text) for at, text in cells.items() if at in read}
    before = list(row.cells)
    changed = {at: text for at, text in wanted.items() if text != _get(before, at)}
    if not changed:
        return False
    row.cells = _put(before, changed)
    if is_everywhere and _mend_others(run, row, before, changed):
        row.save(update_fields=["cells"])
        set_to_work(run, ImportState.CHECKING, now=now)
        return True
    counts = Counter(run.plans) - tally(row.plan, row.faults)
    check = check_visit if run.kind == ImportKind.BOOKINGS else check_customer
    row.plan, faults, row.customer_id = check(run, row, now=now)
    row.faults = [each.to_json() for each in faults]
    row.save(update_fields=["cells", "plan", "faults", "customer_id"])
    run.plans = dict(counts + tally(row.plan, row.faults))
    run.save(update_fields=["plans"])
    return False


def _mend_others(run: Import, row: ImportRow, before: list[str], changed: Mapping[int, str]) -> int:
    """Change the same cells of other rows that say the same; return how many rows that are."""
    said = {at: _get(before, at) for at in changed if _get(before, at)}
    mended: list[ImportRow] = []
    count = 0
    for other in run.rows.exclude(pk=row.pk).only("cells").iterator(chunk_size=PART):
        same = {at: changed[at] for at, text in said.items() if _get(other.cells, at) == text}
        if same:
            other.cells = _put(other.cells, same)
            mended.append(other)
            count += 1
        if len(mended) == PART:
            ImportRow.objects.bulk_update(mended, ["cells"])
            mended.clear()
    ImportRow.objects.bulk_update(mended, ["cells"])
    return count


def _clean(text: str) -> str:
    return drop_invisible(unify_breaks(text)).strip()[: LONGEST_CELL + 1]


def _get(cells: list[str], at: int) -> str:
    return cells[at] if at < len(cells) else ""


def _put(cells: list[str], changed: Mapping[int, str]) -> list[str]:
    """Return cells with some changed; a short row grows, and empty cells at its end go."""
    width = max(len(cells), *(at + 1 for at in changed))
    found = [changed.get(at, _get(cells, at)) for at in range(width)]
    while found and not found[-1]:
        found.pop()
    return found
