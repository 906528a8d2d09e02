"""Time taken from resources; PostgreSQL itself refuses what does not fit."""

from __future__ import annotations

from typing import ClassVar

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import BigIntegerRangeField, DateTimeRangeField, RangeOperators
from django.db import models
from django.db.models import F, Func, Q, Value

from kernel.instants import DAY_MINUTES
from scheduling.models.resource import Resource, ResourceLane
from scheduling.models.service import Service

LONGEST_ALLOCATION_DAYS = 31
LONGEST_ALLOCATION_MINUTES = LONGEST_ALLOCATION_DAYS * DAY_MINUTES
"""Nothing that was taken before a moment ends later after it: where a walk along the index of ends may stop."""


class LaneRange(Func):
    """The lane's number as a range of one: core GiST compares ranges, not integers."""

    function = "int8range"
    output_field = BigIntegerRangeField()


class PeriodRange(Func):
    """``[starts_at, ends_at)``."""

    function = "tstzrange"
    output_field = DateTimeRangeField()


class WholeMinute(Func):
    """Minutes since 1970-01-01T00:00Z.

    By a difference: an instant's own epoch counts as dependent on the session's zone, which a
    generated column may not be.
    """

    template = "(date_part('epoch', %(expressions)s - '1970-01-01T00:00:00Z'::timestamptz) / 60)::int4"
    output_field = models.IntegerField()


class Session(models.Model):
    """A group visit: bookings of one service, start and set of resources share its seats.

    ``resource_key`` is the sorted ids of its resources; they are taken whole.
    """

    service = models.ForeignKey(Service, on_delete=models.PROTECT, related_name="sessions", db_index=False)
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    resource_key = models.CharField(max_length=200)
    seats = models.PositiveIntegerField()
    seats_taken = models.IntegerField()
    is_active = models.BooleanField(default=True)

    class Meta:
        """Seats are counted by the database."""

        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["service", "starts_at", "resource_key"],
                condition=Q(is_active=True),
                name="scheduling_session_once",
            ),
            models.CheckConstraint(
                condition=Q(seats_taken__gte=0, seats_taken__lte=F("seats")), name="scheduling_session_seats"
            ),
            models.CheckConstraint(condition=Q(ends_at__gt=F("starts_at")), name="scheduling_session_ends"),
        ]

    def __str__(self) -> str:
        """Return start and seats."""
        return f"{self.starts_at:%Y-%m-%d %H:%M} {self.seats_taken}/{self.seats}"


class Allocation(models.Model):
    """One unit of a resource taken for a period, buffers included.

    It belongs to a booking or to a session. A visit's unit may be cut into pieces that lie in
    different lanes. ``hold_expires_at`` repeats the booking's, so that reading needs no join.
    An override has no lane: staff put it there in spite of what is taken. The minutes repeat
    the instants, because turning a hundred thousand of them into numbers costs more than
    reading them.
    """

    booking = models.ForeignKey(
        "scheduling.Booking", on_delete=models.CASCADE, null=True, blank=True, related_name="allocations"
    )
    session = models.ForeignKey(Session, on_delete=models.CASCADE, null=True, blank=True, related_name="allocations")
    resource = models.ForeignKey(Resource, on_delete=models.PROTECT, related_name="allocations", db_index=False)
    lane = models.ForeignKey(
        ResourceLane, on_delete=models.PROTECT, null=True, blank=True, related_name="+", db_index=False
    )
    part_index = models.PositiveSmallIntegerField(default=0)
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    is_active = models.BooleanField(default=True)
    is_override = models.BooleanField(default=False)
    hold_expires_at = models.DateTimeField(null=True, blank=True)
    starts_minute = models.GeneratedField(
        expression=WholeMinute(F("starts_at")), output_field=models.IntegerField(), db_persist=True
    )
    ends_minute = models.GeneratedField(
        expression=WholeMinute(F("ends_at")), output_field=models.IntegerField(), db_persist=True
    )

    class Meta:
        """Two active allocations of one lane never overlap."""

        constraints: ClassVar = [
            ExclusionConstraint(
                name="scheduling_lane_free",
                expressions=[
                    (LaneRange(F("lane"), F("lane"), Value("[]")), RangeOperators.OVERLAPS),
                    (PeriodRange(F("starts_at"), F("ends_at")), RangeOperators.OVERLAPS),
                ],
                condition=Q(is_active=True, is_override=False),
            ),
            models.CheckConstraint(
                condition=Q(booking__isnull=False, session__isnull=True)
                | Q(booking__isnull=True, session__isnull=False),
                name="scheduling_allocation_one_owner",
            ),
            models.CheckConstraint(
                condition=Q(lane__isnull=False, is_override=False) | Q(lane__isnull=True, is_override=True),
                name="scheduling_allocation_lane",
            ),
            models.CheckConstraint(
                condition=Q(ends_at__gt=F("starts_at"))
                & Q(ends_at__lte=F("starts_at") + Value(f"{LONGEST_ALLOCATION_DAYS} days", models.DurationField())),
                name="scheduling_allocation_length",
            ),
        ]
        indexes: ClassVar = [
            models.Index(
                fields=["resource", "ends_minute"],
                include=["starts_minute", "booking", "session", "hold_expires_at"],
                condition=Q(is_active=True),
                name="scheduling_allocation_read",
            ),
        ]

    def __str__(self) -> str:
        """Return resource and period."""
        return f"{self.resource_id} {self.starts_at:%Y-%m-%d %H:%M} - {self.ends_at:%H:%M}"


class RoundRobinLedger(models.Model):
    """The turns that a resource had for a service: what weighted round robin goes by."""

    service = models.ForeignKey(Service, on_delete=models.CASCADE, related_name="+", db_index=False)
    resource = models.ForeignKey(Resource, on_delete=models.CASCADE, related_name="+")
    turns = models.PositiveIntegerField(default=0)
    last_turn_at = models.DateTimeField(null=True)

    class Meta:
        """One line for each pair."""

        constraints: ClassVar = [
            models.UniqueConstraint(fields=["service", "resource"], name="scheduling_ledger_pair"),
        ]

    def __str__(self) -> str:
        """Return resource and turns."""
        return f"{self.resource_id}: {self.turns}"
