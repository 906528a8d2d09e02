"""Demand that found no place: the waitlist, and searches without a result."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import F, Q

from scheduling.enums import WaitlistStatus
from scheduling.models.booking import Booking
from scheduling.models.customer import Customer
from scheduling.models.place import Location
from scheduling.models.resource import Resource
from scheduling.models.service import Service


class WaitlistEntry(models.Model):
    """Someone who wants a service within a window of dates; nothing writes it yet."""

    service = models.ForeignKey(Service, on_delete=models.CASCADE, related_name="waitlist", db_index=False)
    location = models.ForeignKey(Location, on_delete=models.CASCADE, null=True, blank=True, related_name="+")
    resource = models.ForeignKey(Resource, on_delete=models.SET_NULL, null=True, blank=True, related_name="+")
    customer = models.ForeignKey(Customer, on_delete=models.CASCADE, related_name="waitlist")
    from_on = models.DateField()
    to_on = models.DateField()
    party_size = models.PositiveIntegerField(default=1)
    note = models.CharField(max_length=300, blank=True, default="")
    status = models.CharField(max_length=12, choices=WaitlistStatus.choices, default=WaitlistStatus.WAITING)
    offered_booking = models.ForeignKey(Booking, on_delete=models.SET_NULL, null=True, blank=True, related_name="+")
    offer_expires_at = models.DateTimeField(null=True, blank=True)
    log = models.JSONField(default=list, blank=True)
    created_at = models.DateTimeField()

    class Meta:
        """First come, first offered."""

        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(to_on__gte=F("from_on")), name="scheduling_waitlist_window"),
            models.CheckConstraint(condition=Q(party_size__gte=1), name="scheduling_waitlist_party"),
        ]
        indexes: ClassVar = [models.Index(fields=["service", "status", "id"], name="scheduling_waitlist_turn")]
        verbose_name_plural = "waitlist entries"

    def __str__(self) -> str:
        """Return the window."""
        return f"{self.from_on} - {self.to_on}"


class RefusedDemand(models.Model):
    """How many searches for a service found nothing on a local date; no personal data."""

    service = models.ForeignKey(Service, on_delete=models.CASCADE, related_name="+", db_index=False)
    on = models.DateField()
    count = models.PositiveIntegerField(default=0)

    class Meta:
        """One counter for each service and date."""

        constraints: ClassVar = [models.UniqueConstraint(fields=["service", "on"], name="scheduling_refused_once")]

    def __str__(self) -> str:
        """Return date and count."""
        return f"{self.on}: {self.count}"
