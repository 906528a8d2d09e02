"""Capacity rules and what they have counted."""

from __future__ import annotations

from typing import ClassVar

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import RangeOperators
from django.db import models
from django.db.models import F, Value

from scheduling.engine import Measure, RulePeriod
from scheduling.enums import RuleScope
from scheduling.models.allocation import LaneRange, PeriodRange
from scheduling.models.place import Location
from scheduling.models.resource import Resource
from scheduling.models.row import CatalogRow
from scheduling.models.service import Service

MOST_AT_ONCE = 1000
"""The largest limit of a rule per moment: each unit has a lane."""


class CapacityRule(CatalogRow):
    """At most ``limit`` bookings, seats or minutes per hour, day or week in local time, or at the same time.

    What it counts is told by `types.RuleSetup`.

    Create and change it with ``scheduling.services.catalog.rules``: that counts what is booked already.
    """

    scope = models.CharField(max_length=16, choices=RuleScope.choices)
    location = models.ForeignKey(Location, on_delete=models.CASCADE, null=True, blank=True, related_name="rules")
    resource = models.ForeignKey(Resource, on_delete=models.CASCADE, null=True, blank=True, related_name="rules")
    service = models.ForeignKey(Service, on_delete=models.CASCADE, null=True, blank=True, related_name="rules")
    arrival_mode = models.CharField(max_length=32, blank=True, default="")
    period = models.CharField(max_length=8, choices=[(p.value, p.value) for p in RulePeriod])
    measure = models.CharField(max_length=8, choices=[(m.value, m.value) for m in Measure])
    limit = models.PositiveIntegerField()
    weekdays = models.JSONField(default=list, blank=True, db_default=models.Value([], models.JSONField()))
    from_minute = models.PositiveSmallIntegerField(null=True, blank=True)
    to_minute = models.PositiveSmallIntegerField(null=True, blank=True)
    valid_from = models.DateField(null=True, blank=True)
    valid_to = models.DateField(null=True, blank=True)

    class Meta:
        """The scope names exactly what it needs."""

        constraints: ClassVar = [
            models.CheckConstraint(
                condition=models.Q(scope=RuleScope.TENANT)
                | models.Q(scope=RuleScope.LOCATION, location__isnull=False)
                | models.Q(scope=RuleScope.RESOURCE, resource__isnull=False)
                | models.Q(scope=RuleScope.SERVICE, service__isnull=False)
                | (models.Q(scope=RuleScope.ARRIVAL_MODE) & ~models.Q(arrival_mode="")),
                name="scheduling_rule_scope_target",
            ),
            models.CheckConstraint(
                condition=models.Q(period__in=[p.value for p in RulePeriod]), name="scheduling_rule_period_known"
            ),
            models.CheckConstraint(
                condition=models.Q(measure__in=[m.value for m in Measure]), name="scheduling_rule_measure_known"
            ),
            models.CheckConstraint(
                condition=models.Q(from_minute__isnull=True, to_minute__isnull=True)
                | models.Q(
                    from_minute__isnull=False, to_minute__isnull=False, from_minute__lt=1440, to_minute__lte=1440
                ),
                name="scheduling_rule_between",
            ),
            models.CheckConstraint(
                condition=models.Q(valid_from__isnull=True)
                | models.Q(valid_to__isnull=True)
                | models.Q(valid_from__lte=models.F("valid_to")),
                name="scheduling_rule_valid",
            ),
            models.CheckConstraint(
                condition=models.Q(weekdays__contained_by=list(range(7))), name="scheduling_rule_weekdays"
            ),
            models.CheckConstraint(
                condition=~models.Q(period=RulePeriod.MOMENT.value)
                | (~models.Q(measure=Measure.MINUTES.value) & models.Q(limit__lte=MOST_AT_ONCE)),
                name="scheduling_rule_moment",
            ),
        ]

    def __str__(self) -> str:
        """Return limit, measure and period."""
        return f"{self.limit} {self.measure} per {self.period}"


class RuleUsage(models.Model):
    """What active bookings use of a rule in one bucket; the check refuses one too many.

    ``bucket`` is the engine's key of the hour, day or week. ``quota`` is the rule's limit at
    the last booking, or more where staff overrode it.
    """

    rule = models.ForeignKey(CapacityRule, on_delete=models.CASCADE, related_name="usage", db_index=False)
    bucket = models.BigIntegerField()
    used = models.IntegerField()
    quota = models.IntegerField()

    class Meta:
        """One counter for each bucket, never above its quota."""

        constraints: ClassVar = [
            models.UniqueConstraint(fields=["rule", "bucket"], name="scheduling_usage_bucket"),
            models.CheckConstraint(
                condition=models.Q(used__gte=0, used__lte=models.F("quota")), name="scheduling_usage_within_quota"
            ),
        ]

    def __str__(self) -> str:
        """Return used of quota."""
        return f"{self.used}/{self.quota}"


class RuleTake(models.Model):
    """One unit of what a rule per moment allows, taken by an active booking while its visit lasts.

    A unit that changes lanes on the way has several rows. Without a lane staff put it there in spite of the limit.
    """

    rule = models.ForeignKey(CapacityRule, on_delete=models.CASCADE, related_name="takes", db_index=False)
    booking = models.ForeignKey("scheduling.Booking", on_delete=models.CASCADE, related_name="takes")
    lane = models.PositiveSmallIntegerField(null=True, blank=True)
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()

    class Meta:
        """Two units of one lane never overlap."""

        constraints: ClassVar = [
            ExclusionConstraint(
                name="scheduling_take_free",
                expressions=[
                    (LaneRange(F("rule"), F("rule"), Value("[]")), RangeOperators.OVERLAPS),
                    (LaneRange(F("lane"), F("lane"), Value("[]")), RangeOperators.OVERLAPS),
                    (PeriodRange(F("starts_at"), F("ends_at")), RangeOperators.OVERLAPS),
                ],
                condition=models.Q(lane__isnull=False),
            ),
            models.CheckConstraint(condition=models.Q(ends_at__gt=F("starts_at")), name="scheduling_take_ends"),
            models.CheckConstraint(
                condition=models.Q(lane__isnull=True) | models.Q(lane__lt=MOST_AT_ONCE), name="scheduling_take_lane"
            ),
        ]
        indexes: ClassVar = [models.Index(fields=["rule", "ends_at"], name="scheduling_take_read")]

    def __str__(self) -> str:
        """Return rule and period."""
        return f"{self.rule_id} {self.starts_at:%Y-%m-%d %H:%M} - {self.ends_at:%H:%M}"
