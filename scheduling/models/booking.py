"""Bookings: what was agreed with whom."""

from __future__ import annotations

from datetime import date
from typing import ClassVar

from django.db import models
from django.db.models import Value

from audit.history import keep_history
from scheduling.enums import (
    ACTIVE_STATUSES,
    ActorKind,
    BookingSource,
    BookingStatus,
    CancelCause,
    ContactKind,
    OverrideKind,
)
from scheduling.models.allocation import Session
from scheduling.models.customer import Asset, Customer
from scheduling.models.place import Location
from scheduling.models.resource import Resource
from scheduling.models.series import Series
from scheduling.models.service import Service

ACTIVE_VALUES = [status.value for status in ACTIVE_STATUSES]
EXPIRING_VALUES = [
    BookingStatus.HELD.value,
    BookingStatus.PENDING_PAYMENT.value,
    BookingStatus.PENDING_APPROVAL.value,
]

PAUSABLE_VALUES = [BookingStatus.IN_PROGRESS.value, BookingStatus.COMPLETED.value]

UNNOTED_ON = date(1970, 1, 1)
MOST_LATE_MINUTES = 480
"""Whoever is later than a working day moves the visit."""


class RealBookings(models.Manager["Booking"]):
    """All bookings but tests: whoever counts, lists, plans or reminds sees nothing of them."""

    def get_queryset(self) -> models.QuerySet[Booking]:
        """Leave tests out."""
        return super().get_queryset().filter(is_test=False)


class Booking(models.Model):
    """One visit, from hold to completion.

    The customer's and the asset's data are a snapshot of what was typed, and ``proven_contact`` is the
    contact whose code was typed. ``policy`` is the service's policy as agreed. ``rule_usage`` lists
    ``[rule, bucket, amount]`` taken from capacity rules. In a group, ``group_share`` lists
    ``[resource, part, from, to]``: what it takes of the group's resources, in minutes after its start,
    buffers included. ``service`` is the first line's. ``length_minutes`` is how long staff said that it lasts; empty:
    as long as its services. ``chosen_beside_ids`` are the resources that
    were chosen by name together with ``chosen_resource``. ``hold_extended_at`` is when whoever held it asked to keep it
    longer: once is enough. ``payer`` is who pays where that is not the customer
    (a company for its driver). ``promised_at`` is when the work was promised to be done, ``ready_at`` when it was,
    ``collected_at`` when the asset was fetched. No page writes these four yet: they stand for the desk's customers and
    for the workshop's board, so that those need no migration of a full table.

    ``agreed_on``, ``agreed_minute`` and ``agreed_fold`` are the start on the clock of ``agreed_timezone``, as it was
    agreed: when the zone's rules change, ``starts_at`` follows. ``agreed_at`` is the instant for which they were noted:
    where ``starts_at`` is another one, something that does not know these columns has moved the booking (empty: a
    booking of before this column). `services.writing.agreed` alone writes all of these. No zone: a booking of before
    these columns. `manage follow_zone_changes` notes the time of both kinds.

    ``pause_state`` is the key of the trade's pause in which a visit stands since ``paused_at``; it counts while the
    visit is in progress. A program of before these columns may finish one without ending its pause.
    ``paused_minutes`` were spent in pauses that are over. The business has said that it is ``late_minutes`` behind, for
    a start at ``late_for``: given another time, the visit is not late any more. ``is_late_told``: the customer knows
    of these minutes.

    ``is_test``: somebody of the staff tried the customer's way. A test has the same states and takes nothing, and
    ``objects`` does not know it: whoever follows one booking by its id or link asks ``with_tests``.

    ``is_sole``: its customer meant it to be their only one of this service at this start, so that a form that is sent
    twice makes one booking. Whatever gives it another time, or lets it live again, forgets that: nobody asks then.
    """

    reference = models.CharField(max_length=12)
    token_hash = models.CharField(max_length=64)
    token_version = models.PositiveIntegerField(default=1)
    hold_token_hash = models.CharField(max_length=64, blank=True, default="")
    ics_uid = models.CharField(max_length=80)
    sequence = models.PositiveIntegerField(default=0)

    service = models.ForeignKey(Service, on_delete=models.PROTECT, related_name="bookings", db_index=False)
    location = models.ForeignKey(Location, on_delete=models.PROTECT, related_name="bookings", db_index=False)
    session = models.ForeignKey(Session, on_delete=models.PROTECT, null=True, blank=True, related_name="bookings")
    series = models.ForeignKey(Series, on_delete=models.SET_NULL, null=True, blank=True, related_name="bookings")
    chosen_resource = models.ForeignKey(
        Resource, on_delete=models.SET_NULL, null=True, blank=True, related_name="+", db_index=False
    )
    chosen_beside_ids = models.JSONField(default=list, blank=True, db_default=Value([], models.JSONField()))
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    agreed_on = models.DateField(default=UNNOTED_ON, db_default=UNNOTED_ON)
    agreed_minute = models.PositiveSmallIntegerField(default=0, db_default=0)
    agreed_fold = models.PositiveSmallIntegerField(default=0, db_default=0)
    agreed_timezone = models.CharField(max_length=64, blank=True, default="", db_default="")
    agreed_at = models.DateTimeField(null=True, blank=True)
    party_size = models.PositiveIntegerField(default=1)
    length_minutes = models.PositiveIntegerField(null=True, blank=True)

    status = models.CharField(max_length=20, choices=BookingStatus.choices)
    is_active = models.BooleanField()
    source = models.CharField(max_length=12, choices=BookingSource.choices)
    hold_expires_at = models.DateTimeField(null=True, blank=True)
    hold_extended_at = models.DateTimeField(null=True, blank=True)
    rule_usage = models.JSONField(default=list, blank=True)
    group_share = models.JSONField(default=list, blank=True, db_default=Value([], models.JSONField()))

    customer = models.ForeignKey(Customer, on_delete=models.SET_NULL, null=True, blank=True, related_name="bookings")
    payer = models.ForeignKey(Customer, on_delete=models.SET_NULL, null=True, blank=True, related_name="paid_bookings")
    customer_name = models.CharField(max_length=120, blank=True, default="")
    customer_phone = models.CharField(max_length=32, blank=True, default="")
    customer_email = models.CharField(max_length=254, blank=True, default="")
    customer_locale = models.CharField(max_length=8, blank=True, default="")
    proven_contact = models.CharField(max_length=8, choices=ContactKind.choices, blank=True, default="", db_default="")
    wants_reminders = models.BooleanField(default=True)
    asset = models.ForeignKey(Asset, on_delete=models.SET_NULL, null=True, blank=True, related_name="bookings")
    asset_label = models.CharField(max_length=160, blank=True, default="")
    asset_data = models.JSONField(default=dict, blank=True)
    answers = models.JSONField(default=dict, blank=True)
    arrival_mode = models.CharField(max_length=32, blank=True, default="")
    note = models.TextField(blank=True, default="")

    price_minor = models.PositiveBigIntegerField(null=True, blank=True)
    deposit_minor = models.PositiveBigIntegerField(default=0)
    currency = models.CharField(max_length=3)
    policy = models.JSONField(default=dict, blank=True)

    override_kind = models.CharField(max_length=8, choices=OverrideKind.choices, blank=True, default="", db_default="")
    override_reason = models.CharField(max_length=300, blank=True, default="")
    overridden_by_id = models.BigIntegerField(null=True, blank=True)
    cancelled_by = models.CharField(max_length=12, choices=ActorKind.choices, blank=True, default="")
    cancelled_reason = models.CharField(max_length=300, blank=True, default="")
    cancelled_cause = models.CharField(
        max_length=12, choices=CancelCause.choices, blank=True, default="", db_default=""
    )
    created_at = models.DateTimeField()
    confirmed_at = models.DateTimeField(null=True, blank=True)
    attendance_confirmed_at = models.DateTimeField(null=True, blank=True)
    arrived_at = models.DateTimeField(null=True, blank=True)
    started_at = models.DateTimeField(null=True, blank=True)
    pause_state = models.CharField(max_length=30, blank=True, default="", db_default="")
    paused_at = models.DateTimeField(null=True, blank=True)
    paused_minutes = models.PositiveIntegerField(default=0, db_default=0)
    late_minutes = models.PositiveSmallIntegerField(default=0, db_default=0)
    late_for = models.DateTimeField(null=True, blank=True)
    is_late_told = models.BooleanField(default=False, db_default=False)
    completed_at = models.DateTimeField(null=True, blank=True)
    cancelled_at = models.DateTimeField(null=True, blank=True)
    promised_at = models.DateTimeField(null=True, blank=True)
    ready_at = models.DateTimeField(null=True, blank=True)
    collected_at = models.DateTimeField(null=True, blank=True)
    is_sample = models.BooleanField(default=False)
    is_test = models.BooleanField(default=False, db_default=False)
    is_sole = models.BooleanField(default=False, db_default=False)

    objects = RealBookings()
    with_tests: ClassVar[models.Manager[Booking]] = models.Manager()

    history = keep_history(
        excluded_fields=("token_hash", "hold_token_hash", "hold_extended_at", "group_share", "agreed_at", "is_sole"),
        keys=("service", "location", "session", "series", "chosen_resource", "customer", "asset", "payer"),
    )

    class Meta:
        """A booking that takes resources says so, and ends after it starts."""

        constraints: ClassVar = [
            models.CheckConstraint(
                condition=models.Q(ends_at__gt=models.F("starts_at")), name="scheduling_booking_ends"
            ),
            models.CheckConstraint(
                condition=models.Q(agreed_minute__lt=1440, agreed_fold__lte=1), name="scheduling_booking_agreed"
            ),
            models.CheckConstraint(
                condition=~models.Q(override_kind__in=[OverrideKind.IMPORT.value, OverrideKind.CLOCK.value])
                | models.Q(override_reason=""),
                name="scheduling_booking_override",
            ),
            models.CheckConstraint(condition=models.Q(party_size__gte=1), name="scheduling_booking_party"),
            models.UniqueConstraint(
                fields=["customer", "service", "starts_at"],
                condition=models.Q(is_active=True, is_sole=True),
                name="scheduling_booking_sole",
            ),
            models.CheckConstraint(
                condition=models.Q(collected_at__isnull=True)
                | models.Q(ready_at__isnull=True)
                | models.Q(collected_at__gte=models.F("ready_at")),
                name="scheduling_booking_collected",
            ),
            models.CheckConstraint(
                condition=models.Q(status__in=BookingStatus.values), name="scheduling_booking_status_known"
            ),
            models.CheckConstraint(
                condition=models.Q(pause_state="", paused_at__isnull=True)
                | (~models.Q(pause_state="") & models.Q(paused_at__isnull=False, status__in=PAUSABLE_VALUES)),
                name="scheduling_booking_paused",
            ),
            models.CheckConstraint(
                condition=models.Q(late_minutes=0, late_for__isnull=True)
                | models.Q(late_minutes__range=(1, MOST_LATE_MINUTES), late_for__isnull=False),
                name="scheduling_booking_late",
            ),
            models.CheckConstraint(
                condition=models.Q(is_test=False)
                | models.Q(
                    customer__isnull=True,
                    payer__isnull=True,
                    asset__isnull=True,
                    session__isnull=True,
                    series__isnull=True,
                    rule_usage=[],
                    group_share=[],
                ),
                name="scheduling_booking_test_takes_nothing",
            ),
            models.CheckConstraint(
                condition=models.Q(is_active=True, status__in=ACTIVE_VALUES)
                | (models.Q(is_active=False) & ~models.Q(status__in=ACTIVE_VALUES)),
                name="scheduling_booking_active",
            ),
            models.CheckConstraint(
                condition=models.Q(status__in=EXPIRING_VALUES)
                | models.Q(hold_expires_at__isnull=True)
                | models.Q(is_active=False),
                name="scheduling_booking_expiry",
            ),
            models.CheckConstraint(
                condition=~models.Q(status=BookingStatus.HELD) | models.Q(hold_expires_at__isnull=False),
                name="scheduling_booking_hold_expires",
            ),
            models.CheckConstraint(
                condition=models.Q(hold_extended_at__isnull=True)
                | models.Q(hold_extended_at__gte=models.F("created_at")),
                name="scheduling_booking_extended",
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["starts_at", "id"], name="scheduling_booking_start"),
            models.Index(fields=["service", "starts_at"], name="scheduling_booking_service"),
            models.Index(
                fields=["customer_email", "starts_at"],
                condition=~models.Q(customer_email=""),
                name="scheduling_booking_email",
            ),
            models.Index(
                fields=["customer_phone", "starts_at"],
                condition=~models.Q(customer_phone=""),
                name="scheduling_booking_phone",
            ),
            models.Index(fields=["id"], condition=models.Q(is_test=True), name="scheduling_booking_test"),
            models.Index(fields=["customer"], condition=models.Q(status="no_show"), name="scheduling_booking_missed"),
            models.Index(
                fields=["hold_expires_at"],
                condition=models.Q(is_active=True, hold_expires_at__isnull=False),
                name="scheduling_booking_expiring",
            ),
        ]

    def __str__(self) -> str:
        """Return the reference."""
        return self.reference


class BookingLine(models.Model):
    """One service of a visit, in order, with the add-ons and the price as agreed."""

    booking = models.ForeignKey(Booking, on_delete=models.CASCADE, related_name="lines", db_index=False)
    position = models.PositiveSmallIntegerField()
    service = models.ForeignKey(Service, on_delete=models.PROTECT, related_name="+", db_index=False)
    service_name = models.CharField(max_length=120)
    service_names = models.JSONField(default=dict, blank=True, db_default=Value({}, models.JSONField()))
    duration_minutes = models.PositiveIntegerField()
    price_minor = models.PositiveBigIntegerField(null=True, blank=True)
    add_ons = models.JSONField(default=list, blank=True)

    class Meta:
        """Numbered from 0."""

        ordering: ClassVar = ["position"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["booking", "position"], name="scheduling_line_position"),
            models.CheckConstraint(condition=models.Q(duration_minutes__gte=1), name="scheduling_line_duration"),
        ]

    def __str__(self) -> str:
        """Return the service's name."""
        return self.service_name
