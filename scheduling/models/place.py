"""Places where a business works."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models.functions import Lower

from scheduling.models.row import CatalogRow


class Location(CatalogRow):
    """A branch with its own time zone and holidays."""

    name = models.CharField(max_length=120)
    timezone = models.CharField(max_length=64)
    address = models.CharField(max_length=300, blank=True, default="")
    phone = models.CharField(max_length=32, blank=True, default="")
    email = models.EmailField(blank=True, default="")
    map_url = models.CharField(max_length=500, blank=True, default="", db_default="")
    what_to_bring = models.CharField(max_length=300, blank=True, default="")
    region = models.CharField(max_length=8, blank=True, default="")
    observes_public_holidays = models.BooleanField(default=True)
    position = models.PositiveIntegerField(default=0)

    class Meta:
        """Shown in the order that the business chose."""

        ordering: ClassVar = ["position", "id"]
        constraints: ClassVar = [
            models.UniqueConstraint(Lower("name"), condition=models.Q(is_active=True), name="scheduling_location_name"),
        ]

    def __str__(self) -> str:
        """Return the name."""
        return self.name


class HolidayAdjustment(CatalogRow):
    """A date that differs from the country's list: a further holiday, or one that is worked.

    Without a location it holds for all of them.
    """

    location = models.ForeignKey(Location, on_delete=models.CASCADE, null=True, related_name="holiday_adjustments")
    on = models.DateField()
    is_closed = models.BooleanField()
    name = models.CharField(max_length=120, blank=True, default="")

    class Meta:
        """One say for each date and location."""

        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["location", "on"],
                condition=models.Q(is_active=True),
                nulls_distinct=False,
                name="scheduling_holiday_once",
            ),
        ]

    def __str__(self) -> str:
        """Return the date and what happens on it."""
        return f"{self.on} {'closed' if self.is_closed else 'open'}"
