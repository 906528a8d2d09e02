"""When resources work."""

from __future__ import annotations

from typing import ClassVar

from django.db import models

from scheduling.enums import HoursKind, Repeats
from scheduling.models.place import Location
from scheduling.models.resource import Resource
from scheduling.models.row import CatalogRow

ONE_OWNER = models.Q(resource__isnull=False, location__isnull=True) | models.Q(
    resource__isnull=True, location__isnull=False
)


class WorkingHours(models.Model):
    """One weekly period, of a resource or, as the default for its resources, of a location.

    Wall minutes since midnight (0 … 1440) in the location's zone; closing at or before the
    opening means the next day. ``valid_from`` and ``valid_to`` are included.
    """

    resource = models.ForeignKey(Resource, on_delete=models.CASCADE, null=True, blank=True, related_name="hours")
    location = models.ForeignKey(Location, on_delete=models.CASCADE, null=True, blank=True, related_name="hours")
    kind = models.CharField(max_length=8, choices=HoursKind.choices, default=HoursKind.WORK)
    weekday = models.PositiveSmallIntegerField()
    opens_minute = models.PositiveSmallIntegerField()
    closes_minute = models.PositiveSmallIntegerField()
    valid_from = models.DateField(null=True, blank=True)
    valid_to = models.DateField(null=True, blank=True)

    class Meta:
        """Only times that exist."""

        constraints: ClassVar = [
            models.CheckConstraint(condition=ONE_OWNER, name="scheduling_hours_one_owner"),
            models.CheckConstraint(condition=models.Q(weekday__lte=6), name="scheduling_hours_weekday"),
            models.CheckConstraint(
                condition=models.Q(opens_minute__lt=1440, closes_minute__lte=1440), name="scheduling_hours_minutes"
            ),
            models.CheckConstraint(
                condition=models.Q(valid_from__isnull=True)
                | models.Q(valid_to__isnull=True)
                | models.Q(valid_to__gte=models.F("valid_from")),
                name="scheduling_hours_validity",
            ),
            models.CheckConstraint(condition=models.Q(kind__in=HoursKind.values), name="scheduling_hours_kind_known"),
        ]

    def __str__(self) -> str:
        """Return weekday and wall minutes."""
        return f"{self.weekday} {self.opens_minute}-{self.closes_minute}"


class DateOverride(CatalogRow):
    """What holds on one local date instead of the week, of a resource or a whole location.

    ``periods`` is a list of ``[opens_minute, closes_minute]``; empty: closed. With ``is_closing`` it takes those
    periods away from whatever else holds on the date, instead of replacing it. Rows of one ``series_id`` were made at
    once, and are changed and removed together.
    """

    resource = models.ForeignKey(
        Resource, on_delete=models.CASCADE, null=True, blank=True, related_name="overrides", db_index=False
    )
    location = models.ForeignKey(
        Location, on_delete=models.CASCADE, null=True, blank=True, related_name="overrides", db_index=False
    )
    on = models.DateField()
    periods = models.JSONField(default=list, blank=True)
    is_closing = models.BooleanField(default=False, db_default=False)
    note = models.CharField(max_length=200, blank=True, default="")
    series_id = models.UUIDField(null=True, blank=True)

    class Meta:
        """One for each date."""

        constraints: ClassVar = [
            models.CheckConstraint(
                condition=models.Q(is_closing=False) | ~models.Q(periods=[]), name="scheduling_override_closes"
            ),
            models.CheckConstraint(condition=ONE_OWNER, name="scheduling_override_one_owner"),
            models.UniqueConstraint(
                fields=["resource", "on"], condition=models.Q(is_active=True), name="scheduling_override_resource_once"
            ),
            models.UniqueConstraint(
                fields=["location", "on"], condition=models.Q(is_active=True), name="scheduling_override_location_once"
            ),
        ]

    def __str__(self) -> str:
        """Return the date."""
        return f"{self.on}"


class DaySeries(models.Model):
    """How special days that were made at once repeat: first from ``first_on`` to ``last_on``, then until ``until_on``.

    Of the dates that this names, those without an active row were removed one by one: they stay removed.
    """

    id = models.UUIDField(primary_key=True)
    repeats = models.CharField(max_length=6, choices=Repeats.choices)
    first_on = models.DateField()
    last_on = models.DateField()
    until_on = models.DateField(null=True, blank=True)

    class Meta:
        """In order."""

        constraints: ClassVar = [
            models.CheckConstraint(
                condition=models.Q(last_on__gte=models.F("first_on")), name="scheduling_day_series_ends"
            ),
            models.CheckConstraint(condition=models.Q(repeats__in=Repeats.values), name="scheduling_day_series_known"),
        ]

    def __str__(self) -> str:
        """Return the first time."""
        return f"{self.first_on} - {self.last_on}"


class TimeOff(CatalogRow):
    """A period in which a resource does not work.

    ``agreed_walls`` has start and end as ``[date, minute, fold]`` on the clock of ``agreed_timezone``: when the zone's
    rules change, the instants follow. ``agreed_from`` and ``agreed_to`` are the instants for which they were noted, as
    in `Booking`. No zone: a row of before these columns. Rows of one ``series_id`` were made at once, such as every
    Tuesday until summer.
    """

    resource = models.ForeignKey(Resource, on_delete=models.CASCADE, related_name="time_off", db_index=False)
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    reason = models.CharField(max_length=200, blank=True, default="")
    series_id = models.UUIDField(null=True, blank=True)
    agreed_timezone = models.CharField(max_length=64, blank=True, default="", db_default="")
    agreed_walls = models.JSONField(blank=True, default=list, db_default=models.Value([], models.JSONField()))
    agreed_from = models.DateTimeField(null=True, blank=True)
    agreed_to = models.DateTimeField(null=True, blank=True)

    class Meta:
        """Read by resource and end."""

        constraints: ClassVar = [
            models.CheckConstraint(condition=models.Q(ends_at__gt=models.F("starts_at")), name="scheduling_off_ends"),
            models.UniqueConstraint(
                fields=["resource", "starts_at", "ends_at"],
                condition=models.Q(is_active=True),
                name="scheduling_off_once",
            ),
        ]
        indexes: ClassVar = [models.Index(fields=["resource", "ends_at"], name="scheduling_off_read")]

    def __str__(self) -> str:
        """Return the period."""
        return f"{self.starts_at:%Y-%m-%d %H:%M} - {self.ends_at:%Y-%m-%d %H:%M}"
