"""What files keep about people."""

from __future__ import annotations

from kernel.personal import Erasure, Ground, NotPersonal, PersonalColumn, Purpose, Subject, TableInventory

INVENTORY = (
    TableInventory(
        "files.StoredFile",
        # A face, mostly of somebody of the staff; what is stored of it goes with the row.
        personal={"incoming": PersonalColumn(Subject.ANYONE, Purpose.VISIT, Ground.CONSENT, Erasure.DELETE_ROW)},
        other={NotPersonal.CODE: ("kind", "failure"), NotPersonal.MACHINE: ("key", "renditions")},
    ),
    # Its file holds everything about everybody, and goes after seven days.
    TableInventory("files.DataCopy", other={NotPersonal.MACHINE: ("key", "name", "sha256")}),
)
