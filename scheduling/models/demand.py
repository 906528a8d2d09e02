"""Demand that found no place: the waitlist, and searches without a result."""

from __future__ import annotations

from typing import ClassVar

from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import F, Q, Value

from scheduling.engine import LONGEST_AHEAD_MINUTES
from scheduling.enums import RefusalReason, WaitlistStatus
from scheduling.models.booking import Booking
from scheduling.models.customer import Customer
from scheduling.models.place import Location
from scheduling.models.service import Service

LARGEST_COUNTED = 20
"""A larger party is counted as this one."""
OPEN_VALUES = [WaitlistStatus.WAITING.value, WaitlistStatus.OFFERED.value]
ENDED_VALUES = [WaitlistStatus.BOOKED.value, WaitlistStatus.EXPIRED.value, WaitlistStatus.CANCELLED.value]


class WaitlistEntry(models.Model):
    """Someone who wants a visit within a window of dates.

    The wish is told as in `types.Wish`: ``service`` is the first of ``service_ids``, and ``resource_ids`` are those who
    were chosen by name. They can come on ``weekdays`` (0 for Monday; none = all), from ``from_minute`` to before
    ``to_minute`` on the clock of the place, and when they hear of it ``shortest_notice_minutes`` before.

    ``details`` is everything that was typed, so that one tap accepts an offer. ``uid`` is what links are derived from:
    ``token_hash`` is the entry's own, ``offer_token_hash`` that of the last offer, which only its message names;
    ``offer_number`` counts the offers. ``join_key`` stands for the run through the pages, the wish and the person: what
    is sent twice makes one entry. While an offer lasts, ``offered_booking`` is the hold, and after it was accepted the
    booking. ``missed_count`` counts offers in a row that nobody answered. ``log`` has what happened, in order
    (`types.demand.waitlist.LogLine`).
    """

    service = models.ForeignKey(Service, on_delete=models.CASCADE, related_name="waitlist", db_index=False)
    location = models.ForeignKey(Location, on_delete=models.CASCADE, null=True, blank=True, related_name="+")
    service_ids = models.JSONField(default=list, blank=True, db_default=Value([], models.JSONField()))
    add_on_ids = models.JSONField(default=list, blank=True, db_default=Value([], models.JSONField()))
    resource_ids = models.JSONField(default=list, blank=True, db_default=Value([], models.JSONField()))
    arrival_mode = models.CharField(max_length=32, blank=True, default="", db_default="")
    customer = models.ForeignKey(Customer, on_delete=models.CASCADE, related_name="waitlist")
    from_on = models.DateField()
    to_on = models.DateField()
    weekdays = models.JSONField(default=list, blank=True, db_default=Value([], models.JSONField()))
    from_minute = models.PositiveSmallIntegerField(null=True, blank=True)
    to_minute = models.PositiveSmallIntegerField(null=True, blank=True)
    shortest_notice_minutes = models.PositiveIntegerField(default=0, db_default=0)
    party_size = models.PositiveIntegerField(default=1)
    note = models.CharField(max_length=300, blank=True, default="")
    status = models.CharField(max_length=12, choices=WaitlistStatus.choices, default=WaitlistStatus.WAITING)
    offered_booking = models.ForeignKey(Booking, on_delete=models.SET_NULL, null=True, blank=True, related_name="+")
    offer_expires_at = models.DateTimeField(null=True, blank=True)
    log = models.JSONField(default=list, blank=True)
    created_at = models.DateTimeField()
    uid = models.CharField(max_length=32, blank=True, default="", db_default="")
    token_hash = models.CharField(max_length=64, blank=True, default="", db_default="")
    join_key = models.CharField(max_length=64, blank=True, default="", db_default="")
    details = models.JSONField(default=dict, blank=True, db_default=Value({}, models.JSONField()))
    offer_number = models.PositiveIntegerField(default=0, db_default=0)
    offer_token_hash = models.CharField(max_length=64, blank=True, default="", db_default="")
    missed_count = models.PositiveSmallIntegerField(default=0, db_default=0)
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        """First come, first offered; nobody shares an offer, a link or a run through the pages."""

        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(status__in=OPEN_VALUES, ended_at__isnull=True)
                | Q(status__in=ENDED_VALUES, ended_at__isnull=False),
                name="scheduling_waitlist_ended",
            ),
            models.CheckConstraint(
                condition=Q(status=WaitlistStatus.OFFERED.value, offer_expires_at__isnull=False)
                | Q(status__in=[WaitlistStatus.WAITING.value, *ENDED_VALUES], offer_expires_at__isnull=True),
                name="scheduling_waitlist_offered",
            ),
            models.UniqueConstraint(fields=["offered_booking"], name="scheduling_waitlist_booking"),
            models.UniqueConstraint(
                fields=["token_hash"], condition=Q(token_hash__gt=""), name="scheduling_waitlist_link"
            ),
            models.UniqueConstraint(
                fields=["offer_token_hash"], condition=Q(offer_token_hash__gt=""), name="scheduling_waitlist_offer_link"
            ),
            models.UniqueConstraint(fields=["join_key"], condition=Q(join_key__gt=""), name="scheduling_waitlist_join"),
            models.CheckConstraint(condition=Q(to_on__gte=F("from_on")), name="scheduling_waitlist_window"),
            models.CheckConstraint(condition=Q(party_size__gte=1), name="scheduling_waitlist_party"),
            models.CheckConstraint(
                condition=Q(weekdays__contained_by=list(range(7))), name="scheduling_waitlist_weekdays"
            ),
            models.CheckConstraint(
                condition=Q(from_minute__isnull=True, to_minute__isnull=True)
                | Q(from_minute__isnull=False, to_minute__isnull=False, from_minute__lt=F("to_minute"))
                & Q(to_minute__lte=1440),
                name="scheduling_waitlist_hours",
            ),
            models.CheckConstraint(
                condition=Q(shortest_notice_minutes__lte=LONGEST_AHEAD_MINUTES), name="scheduling_waitlist_notice"
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["service", "status", "id"], name="scheduling_waitlist_turn"),
            models.Index(fields=["id"], condition=Q(status__in=OPEN_VALUES), name="scheduling_waitlist_open"),
            # Whose an entry is, its details say alone.
            GinIndex(fields=["details"], opclasses=["jsonb_path_ops"], name="scheduling_waitlist_details"),
        ]
        verbose_name_plural = "waitlist entries"

    def __str__(self) -> str:
        """Return the window."""
        return f"{self.from_on} - {self.to_on}"


class RefusedDemand(models.Model):
    """How many searches for a service found nothing on a local date; no personal data.

    ``hour`` is the wall hour of a time that was asked for and gone; None: any time of the date was. ``location`` None:
    any. ``party_size`` stops at `LARGEST_COUNTED`, so that the combinations, and with them the rows, are few.
    """

    service = models.ForeignKey(Service, on_delete=models.CASCADE, related_name="+", db_index=False)
    on = models.DateField()
    hour = models.PositiveSmallIntegerField(null=True, blank=True)
    location = models.ForeignKey(Location, on_delete=models.CASCADE, null=True, blank=True, related_name="+")
    reason = models.CharField(
        max_length=12, choices=RefusalReason.choices, default=RefusalReason.FULL, db_default=RefusalReason.FULL
    )
    party_size = models.PositiveSmallIntegerField(default=1, db_default=1)
    arrival_mode = models.CharField(max_length=32, blank=True, default="", db_default="")
    count = models.PositiveIntegerField(default=0)

    class Meta:
        """One counter for each combination; old dates go first."""

        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["service", "on", "hour", "location", "reason", "party_size", "arrival_mode"],
                nulls_distinct=False,
                name="scheduling_refused_once",
            ),
            models.CheckConstraint(condition=Q(hour__isnull=True) | Q(hour__lt=24), name="scheduling_refused_hour"),
            models.CheckConstraint(
                condition=Q(party_size__gte=1, party_size__lte=LARGEST_COUNTED), name="scheduling_refused_party"
            ),
            models.CheckConstraint(condition=Q(reason__in=RefusalReason.values), name="scheduling_refused_reason"),
        ]
        indexes: ClassVar = [models.Index(fields=["on"], name="scheduling_refused_on")]

    def __str__(self) -> str:
        """Return date and count."""
        return f"{self.on}: {self.count}"
