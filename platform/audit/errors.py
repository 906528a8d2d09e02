"""Expected failures of audit."""

from __future__ import annotations

from audit.types import Change
from kernel.errors import Conflict
from kernel.text import mark


class ChangedMeanwhile(Conflict):
    """Somebody else changed the row after the caller had read it; nothing was written.

    Attributes:
        version: The row's version now.
        changes: What was done since, newest first; empty when the log does not reach back that far.
    """

    code = "changed_meanwhile"
    text = mark("Someone changed this while you were editing it.")

    def __init__(self, *, version: int, changes: tuple[Change, ...] = ()) -> None:
        super().__init__()
        self.version = version
        self.changes = changes
