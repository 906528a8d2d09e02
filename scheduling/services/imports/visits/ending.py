"""What stays of the rows of a file with visits when their time is over: by what each visit is found again."""

from __future__ import annotations

from datetime import datetime

from kernel.iso import parse_instant
from scheduling.enums import ImportKind, RowOutcome
from scheduling.models import Booking, Import, ImportRow
from scheduling.services.imports.visits.placing import MARK

STARTS_AT = "starts_at"
"""Under this name a row keeps when its visit was to begin by the file, whatever became of it since."""
BATCH = 1_000


def keep_marks(run: Import, *, now: datetime) -> datetime | None:
    """Remove all rows of an import but those that brought in a visit to come; of these nothing stays but its mark.

    Whose it was stays, too: whoever erases that customer finds the mark.

    Return when the last of these visits begins: it is looked at again then. None: nothing is left.
    """
    starts = _list_starts(run) if run.kind == ImportKind.BOOKINGS else {}
    coming = {row_id: at for row_id, at in starts.items() if at > now}
    run.rows.exclude(pk__in=list(coming)).delete()
    rows = list(run.rows.filter(pk__in=list(coming)))
    for row in rows:
        row.cells, row.faults = [], []
        row.done = {MARK: row.done[MARK], STARTS_AT: coming[row.pk].isoformat()}
    ImportRow.objects.bulk_update(rows, ["cells", "faults", "done"], batch_size=BATCH)
    return max(coming.values(), default=None)


def _list_starts(run: Import) -> dict[int, datetime]:
    """Return by rows when the visits that they brought in were to begin; as their bookings say, of older rows."""
    rows = dict(run.rows.filter(outcome=RowOutcome.CREATED, undo="").values_list("pk", "done"))
    older = [done["booking"] for done in rows.values() if not done.get(STARTS_AT)]
    booked = dict(Booking.objects.filter(pk__in=older).values_list("pk", "starts_at"))
    found = {
        row_id: parse_instant(done[STARTS_AT]) if done.get(STARTS_AT) else booked.get(done["booking"])
        for row_id, done in rows.items()
    }
    return {row_id: at for row_id, at in found.items() if at is not None}
