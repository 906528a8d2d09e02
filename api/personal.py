"""What repeated calls keep about people."""

from __future__ import annotations

from kernel.personal import Erasure, Ground, NotPersonal, PersonalColumn, Purpose, Subject, TableInventory

_REPEATED = PersonalColumn(Subject.CUSTOMER, Purpose.SECURITY, Ground.INTEREST, Erasure.DELETE_ROW)

INVENTORY = (
    TableInventory(
        "api.IdempotentAnswer",
        # ``caller`` is a keyed hash of a network address: it still tells one caller from another.
        personal={"answer": _REPEATED, "sent": _REPEATED, "caller": _REPEATED, "body_hash": _REPEATED},
        other={NotPersonal.CODE: ("endpoint",), NotPersonal.MACHINE: ("key",)},
        kept_days=1,
    ),
)
