"""What the log of changes keeps about people."""

from __future__ import annotations

from kernel.personal import Erasure, Ground, NotPersonal, PersonalColumn, Purpose, Subject, TableInventory
from kernel.text import mark

INVENTORY = (
    TableInventory(
        "audit.Entry",
        # Old and new values of what was changed: the name or address of somebody who works there, for instance.
        personal={"fields": PersonalColumn(Subject.STAFF, Purpose.PROOF, Ground.INTEREST, Erasure.REPLACE)},
        other={NotPersonal.CODE: ("noun",)},
    ),
    TableInventory(
        "audit_public.PlatformEntry",
        # Why we did something to a business may name who did what there.
        personal={
            "reason": PersonalColumn(
                Subject.OWNER,
                Purpose.PROOF,
                Ground.INTEREST,
                Erasure.KEEP,
                reason=mark("a log from which something can be taken out proves nothing"),
            )
        },
        other={
            NotPersonal.CODE: ("schema_name", "old", "new"),
            NotPersonal.BUSINESS: ("business_name",),
        },
    ),
)
