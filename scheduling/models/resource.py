"""What is booked: people, bays, chairs, rooms and tools."""

from __future__ import annotations

from typing import ClassVar
from uuid import uuid4

from django.conf import settings
from django.db import models
from django.db.models.functions import Lower

from scheduling.models.place import Location
from scheduling.models.row import CatalogRow

MAX_CAPACITY = 1000


class ResourceType(CatalogRow):
    """A kind of resource, such as "Mechanic" or "Bay"."""

    name = models.CharField(max_length=80)
    is_person = models.BooleanField(default=False)
    position = models.PositiveIntegerField(default=0)

    class Meta:
        """Shown in the order that the business chose."""

        ordering: ClassVar = ["position", "id"]
        constraints: ClassVar = [
            models.UniqueConstraint(Lower("name"), condition=models.Q(is_active=True), name="scheduling_type_name"),
        ]

    def __str__(self) -> str:
        """Return the name."""
        return self.name


class Resource(CatalogRow):
    """One person, bay, chair, room or tool; ``capacity`` visits fit into it at a time.

    Its hours are read in ``timezone``, or in its location's when empty.
    Customers get one that is ``is_link_only`` by its own link alone: it is not listed, and "anyone" is somebody else.
    ``efficiency_percent`` is kept for reports; ``weight`` is the share in round robin.
    """

    resource_type = models.ForeignKey(ResourceType, on_delete=models.PROTECT, related_name="resources")
    location = models.ForeignKey(Location, on_delete=models.PROTECT, related_name="resources")
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    name = models.CharField(max_length=120)
    timezone = models.CharField(max_length=64, blank=True, default="")
    capacity = models.PositiveIntegerField(default=1)
    skills = models.JSONField(default=list, blank=True)
    email = models.EmailField(blank=True, default="")
    phone = models.CharField(max_length=32, blank=True, default="")
    color = models.CharField(max_length=7, blank=True, default="")
    is_customer_choosable = models.BooleanField(default=False)
    is_link_only = models.BooleanField(default=False, db_default=False)
    efficiency_percent = models.PositiveIntegerField(default=100)
    weight = models.PositiveIntegerField(default=1)
    position = models.PositiveIntegerField(default=0)
    is_sample = models.BooleanField(default=False)

    class Meta:
        """Shown in the order that the business chose; the same order is "fixed order"."""

        ordering: ClassVar = ["position", "id"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                Lower("name"),
                "resource_type",
                "location",
                condition=models.Q(is_active=True),
                name="scheduling_resource_name",
            ),
            models.CheckConstraint(
                condition=models.Q(capacity__gte=1, capacity__lte=MAX_CAPACITY), name="scheduling_resource_capacity"
            ),
            models.CheckConstraint(
                condition=models.Q(efficiency_percent__gte=1, efficiency_percent__lte=500),
                name="scheduling_resource_efficiency",
            ),
            models.CheckConstraint(
                condition=models.Q(is_link_only=False) | models.Q(is_customer_choosable=False),
                name="scheduling_resource_hidden",
            ),
        ]

    def __str__(self) -> str:
        """Return the name."""
        return self.name


class ResourceLane(models.Model):
    """One unit of a resource's capacity; an allocation lies in a lane, and lanes never overlap themselves."""

    resource = models.ForeignKey(Resource, on_delete=models.CASCADE, related_name="lanes", db_index=False)
    number = models.PositiveIntegerField()

    class Meta:
        """Lanes are numbered from 1."""

        constraints: ClassVar = [
            models.UniqueConstraint(fields=["resource", "number"], name="scheduling_lane_number"),
            models.CheckConstraint(condition=models.Q(number__gte=1), name="scheduling_lane_from_one"),
        ]

    def __str__(self) -> str:
        """Return resource and number."""
        return f"{self.resource_id}/{self.number}"


class CalendarFeed(models.Model):
    """A link with which a calendar program reads what somebody or something is booked for.

    ``is_full`` tells who comes for what; otherwise it says that the time is taken and no more. The link is derived from
    the row's ``key`` as manage links are from bookings; ``token_hash`` is what is stored of it. Who revokes it deletes
    the row. ``made_by`` has to have the right to names for as long as they are told; None: they are gone.
    ``last_used_at`` is known to an hour; None: never yet.
    """

    key = models.UUIDField(default=uuid4, unique=True)
    resource = models.ForeignKey(Resource, on_delete=models.CASCADE, related_name="feeds")
    is_full = models.BooleanField(default=False)
    token_hash = models.CharField(max_length=64, unique=True)
    made_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    created_at = models.DateTimeField()
    last_used_at = models.DateTimeField(null=True, blank=True)

    def __str__(self) -> str:
        """Return whose it is."""
        return f"feed of {self.resource_id}"
