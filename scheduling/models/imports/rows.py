"""A file that is brought in, and what becomes of each of its rows."""

from __future__ import annotations

import uuid
from typing import ClassVar

from django.db import models
from django.db.models import Q, Value

from scheduling.enums import IMPORTS_AT_WORK, ImportKind, ImportState, KnownRule, RowOutcome


class Import(models.Model):
    """One file: from the moment in which it is read until its rows are removed; this row stays, as a record.

    ``key`` names it in addresses. ``heads`` is its first line, ``targets`` what each column fills; both are remembered
    for the next file. ``position`` is the number of the last row that the work under way has dealt with. ``by_id`` and
    ``undone_by_id`` are people of the business, as plain numbers. ``counts`` says how many rows had which outcome, and
    what stood in the way of those that were left out; ``plans`` the same, before it began. ``options`` are what else
    somebody chose (`types.imports.options`). ``file_bytes`` is how large the file is, and ``read_bytes`` how far a
    worker has come in it; ``failure`` why it could not be read: an English msgid and its parameters.
    Rows and ``file_name`` go at ``ends_at``.
    """

    key = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    kind = models.CharField(
        max_length=12, choices=ImportKind.choices, default=ImportKind.CUSTOMERS, db_default=ImportKind.CUSTOMERS.value
    )
    state = models.CharField(max_length=12, choices=ImportState.choices, default=ImportState.COLUMNS)
    known = models.CharField(max_length=8, choices=KnownRule.choices, default=KnownRule.FILL)
    file_name = models.CharField(max_length=120, blank=True, default="")
    sha256 = models.CharField(max_length=64)
    encoding = models.CharField(max_length=16, blank=True, default="")
    separator = models.CharField(max_length=1, blank=True, default="")
    heads = models.JSONField(default=list)
    targets = models.JSONField(default=list)
    options = models.JSONField(default=dict, db_default=Value({}, models.JSONField()))
    rows_count = models.PositiveIntegerField(default=0)
    file_bytes = models.PositiveIntegerField(default=0, db_default=0)
    read_bytes = models.PositiveIntegerField(default=0, db_default=0)
    failure = models.JSONField(default=list, db_default=Value([], models.JSONField()))
    position = models.PositiveIntegerField(default=0)
    done_rows = models.PositiveIntegerField(default=0)
    plans = models.JSONField(default=dict)
    counts = models.JSONField(default=dict)
    by_id = models.BigIntegerField()
    undone_by_id = models.BigIntegerField(null=True)
    created_at = models.DateTimeField()
    started_at = models.DateTimeField(null=True)
    finished_at = models.DateTimeField(null=True)
    undone_at = models.DateTimeField(null=True)
    ends_at = models.DateTimeField(null=True)

    class Meta:
        """One is worked on at a time; a file is in once."""

        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(state__in=ImportState.values), name="scheduling_import_state"),
            models.CheckConstraint(condition=Q(known__in=KnownRule.values), name="scheduling_import_known"),
            models.CheckConstraint(condition=Q(kind__in=ImportKind.values), name="scheduling_import_kind"),
            models.UniqueConstraint(
                models.Value(1), condition=Q(state__in=IMPORTS_AT_WORK), name="scheduling_import_alone"
            ),
        ]

    def __str__(self) -> str:
        """Return the key."""
        return str(self.key)


class ImportPiece(models.Model):
    """A piece of a file that waits to be read; all of them go as soon as it was."""

    run = models.ForeignKey(Import, on_delete=models.CASCADE, related_name="pieces", db_index=False)
    number = models.PositiveSmallIntegerField()
    content = models.BinaryField()

    class Meta:
        """Each piece once."""

        constraints: ClassVar = [
            models.UniqueConstraint(fields=["run", "number"], name="scheduling_import_piece_once"),
        ]

    def __str__(self) -> str:
        """Return the number."""
        return str(self.number)


class ImportRow(models.Model):
    """One row: what its cells say, what is to become of it, what became of it, and what it takes to undo that.

    ``number`` is its line in the file. ``faults`` are lists of column (a target, or empty), English msgid, parameters
    and whether it keeps the row out. ``done`` has marks of what was written, and what stood there before; ``undo``
    says why it stayed, an English msgid, or ``undone``.
    """

    run = models.ForeignKey(Import, on_delete=models.CASCADE, related_name="rows", db_index=False)
    number = models.PositiveIntegerField()
    cells = models.JSONField()
    plan = models.CharField(max_length=8, choices=RowOutcome.choices, blank=True, default="")
    outcome = models.CharField(max_length=8, choices=RowOutcome.choices, blank=True, default="")
    faults = models.JSONField(default=list)
    customer_id = models.BigIntegerField(null=True)
    done = models.JSONField(default=dict)
    undo = models.CharField(max_length=120, blank=True, default="")

    class Meta:
        """Each line once; those of a customer are found when the customer is erased."""

        constraints: ClassVar = [
            models.UniqueConstraint(fields=["run", "number"], name="scheduling_import_row_once"),
        ]
        indexes: ClassVar = [
            models.Index(
                fields=["customer_id"], condition=Q(customer_id__isnull=False), name="scheduling_import_customer"
            ),
        ]

    def __str__(self) -> str:
        """Return the number."""
        return str(self.number)
