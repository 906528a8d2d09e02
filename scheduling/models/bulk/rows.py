"""One decision about many bookings, and what became of each of them."""

from __future__ import annotations

import uuid
from typing import ClassVar

from django.db import models
from django.db.models import Q

from scheduling.enums import BulkKind, BulkOutcome, BulkRowState, BulkState
from scheduling.models.booking import Booking


class BulkAct(models.Model):
    """One decision of the desk: somebody is away, a day is closed, a group moves, all of a day are written to.

    ``key`` names it in addresses. ``resource_id`` or ``location_id`` is whom or what it is about, ``starts_at`` and
    ``ends_at`` the period. ``line`` is what every customer reads besides; ``is_told`` False: they hear of nothing.
    ``made`` lists the rows of the calendar that it made, as noun and id: undoing archives them. ``by_id`` and
    ``undone_by_id`` are people of the business, as plain numbers.
    """

    key = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    kind = models.CharField(max_length=8, choices=BulkKind.choices)
    state = models.CharField(max_length=8, choices=BulkState.choices, default=BulkState.RUNNING)
    resource_id = models.BigIntegerField(null=True)
    location_id = models.BigIntegerField(null=True)
    starts_at = models.DateTimeField(null=True)
    ends_at = models.DateTimeField(null=True)
    line = models.CharField(max_length=300, blank=True, default="")
    is_told = models.BooleanField(default=True)
    made = models.JSONField(default=list)
    by_id = models.BigIntegerField(null=True)
    undone_by_id = models.BigIntegerField(null=True)
    created_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True)
    undone_at = models.DateTimeField(null=True)

    class Meta:
        """The newest are listed first."""

        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(kind__in=BulkKind.values), name="scheduling_bulk_kind"),
            models.CheckConstraint(condition=Q(state__in=BulkState.values), name="scheduling_bulk_state"),
            models.CheckConstraint(
                condition=Q(starts_at=None, ends_at=None) | Q(starts_at__lt=models.F("ends_at")),
                name="scheduling_bulk_period",
            ),
        ]
        indexes: ClassVar = [models.Index(fields=["-created_at"], name="scheduling_bulk_newest")]

    def __str__(self) -> str:
        """Return the key."""
        return str(self.key)


class BulkRow(models.Model):
    """One booking of it: what was decided by what somebody had seen of it, and what became of that.

    ``sequence`` is the number of the booking that was seen: whoever changed it since wins, and the row is refused.
    ``starts_at`` and ``resource_ids`` are where it moves; ``before_at`` is where it was. ``bundle`` goes into its
    event, so that whoever has several gets one message; of a booking that stays it has what stood there before.
    ``tries`` counts how often its new time was taken: others of the same decision may make room. ``reason`` says why it
    was not done, an English msgid. ``done_sequence`` is the number that the booking got: it can be undone as long as it
    has that.
    """

    act = models.ForeignKey(BulkAct, on_delete=models.CASCADE, related_name="rows", db_index=False)
    number = models.PositiveIntegerField()
    booking = models.ForeignKey(Booking, on_delete=models.CASCADE, related_name="+")
    outcome = models.CharField(max_length=8, choices=BulkOutcome.choices)
    sequence = models.PositiveIntegerField()
    before_at = models.DateTimeField()
    starts_at = models.DateTimeField(null=True)
    resource_ids = models.JSONField(default=list)
    bundle = models.JSONField(default=dict)
    tries = models.PositiveSmallIntegerField(default=0)
    state = models.CharField(max_length=8, choices=BulkRowState.choices, default=BulkRowState.WAITING)
    reason = models.CharField(max_length=120, blank=True, default="")
    done_sequence = models.PositiveIntegerField(null=True)

    class Meta:
        """Each booking once; those that wait are found by how often they were tried."""

        constraints: ClassVar = [
            models.UniqueConstraint(fields=["act", "number"], name="scheduling_bulk_row_once"),
            models.UniqueConstraint(fields=["act", "booking"], name="scheduling_bulk_booking_once"),
            models.CheckConstraint(condition=Q(outcome__in=BulkOutcome.values), name="scheduling_bulk_outcome"),
            models.CheckConstraint(condition=Q(state__in=BulkRowState.values), name="scheduling_bulk_row_state"),
        ]

    def __str__(self) -> str:
        """Return the number."""
        return str(self.number)
