"""What the log of changes keeps about people."""

from __future__ import annotations

from kernel.personal import Erasure, Ground, NotPersonal, PersonalColumn, Purpose, Subject, TableInventory

INVENTORY = (
    TableInventory(
        "audit.Entry",
        # Old and new values of what was changed: the name or address of somebody who works there, for instance.
        personal={"fields": PersonalColumn(Subject.STAFF, Purpose.PROOF, Ground.INTEREST, Erasure.REPLACE)},
        other={NotPersonal.CODE: ("noun",)},
    ),
)
