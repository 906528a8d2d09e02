"""What is sold, and what it takes."""

from __future__ import annotations

from typing import ClassVar

from django.core.validators import MinValueValidator
from django.db import models
from django.db.models import Value
from django.db.models.functions import Lower

from kernel.money import PriceKind
from scheduling.engine import LONGEST_VISIT_MINUTES, SHORTEST_ANSWER_MINUTES, Align, Strategy
from scheduling.enums import Approval, DepositKind
from scheduling.models.resource import Resource, ResourceType
from scheduling.models.row import CatalogRow

LONGEST_BUFFER_MINUTES = 1440


def default_reminder_offsets() -> list[int]:
    """Return one day and two hours before, in minutes."""
    return [1440, 120]


class Service(CatalogRow):
    """A service with every policy that is agreed when it is booked."""

    name = models.CharField(max_length=120)
    description = models.TextField(blank=True, default="")
    category = models.CharField(max_length=80, blank=True, default="")
    position = models.PositiveIntegerField(default=0)
    texts = models.JSONField(default=list, blank=True, db_default=Value([], models.JSONField()))
    questions = models.JSONField(default=list, blank=True, db_default=Value([], models.JSONField()))
    is_sample = models.BooleanField(default=False)
    is_online = models.BooleanField(default=True, db_default=True)

    duration_minutes = models.PositiveIntegerField(validators=[MinValueValidator(1)])
    buffer_before_minutes = models.PositiveIntegerField(default=0)
    buffer_after_minutes = models.PositiveIntegerField(default=0)
    buffers_inside_hours = models.BooleanField(default=False)
    step_minutes = models.PositiveIntegerField(default=15, validators=[MinValueValidator(1)])
    align = models.CharField(max_length=8, choices=[(a.value, a.value) for a in Align], default=Align.PERIOD.value)
    strategy = models.CharField(
        max_length=16, choices=[(s.value, s.value) for s in Strategy], default=Strategy.LEAST_BUSY.value
    )
    seats = models.PositiveIntegerField(null=True, blank=True)
    max_party_size = models.PositiveIntegerField(null=True, blank=True)

    price_kind = models.CharField(
        max_length=12, choices=[(k.value, k.value) for k in PriceKind], default=PriceKind.ON_REQUEST.value
    )
    price_minor = models.PositiveBigIntegerField(null=True, blank=True)
    deposit_kind = models.CharField(max_length=8, choices=DepositKind.choices, default=DepositKind.NONE)
    deposit_minor = models.PositiveBigIntegerField(default=0)
    deposit_percent = models.PositiveSmallIntegerField(default=0)
    deposit_above_minor = models.PositiveBigIntegerField(null=True, blank=True)
    deposit_first_visit = models.BooleanField(default=False, db_default=False)
    deposit_outside_hours = models.BooleanField(default=False, db_default=False)
    deposit_ahead_minutes = models.PositiveIntegerField(null=True, blank=True)
    deposit_within_minutes = models.PositiveIntegerField(null=True, blank=True)
    deposit_must_prepay = models.BooleanField(default=False, db_default=False)
    is_deposit_fee = models.BooleanField(default=False, db_default=False)
    is_deposit_on_card = models.BooleanField(default=False, db_default=False)
    refund_free_minutes = models.PositiveIntegerField(null=True, blank=True)
    refund_kept_percent = models.PositiveSmallIntegerField(default=100, db_default=100)
    refund_no_show_percent = models.PositiveSmallIntegerField(default=100, db_default=100)

    minimum_notice_minutes = models.PositiveIntegerField(default=0)
    booking_window_days = models.PositiveIntegerField(null=True, blank=True, default=60)
    bookable_hours = models.JSONField(default=list, blank=True, db_default=Value([], models.JSONField()))
    latest_start_minute = models.PositiveSmallIntegerField(null=True, blank=True)
    cancel_cutoff_minutes = models.PositiveIntegerField(default=0)
    move_cutoff_minutes = models.PositiveIntegerField(default=0)
    hold_minutes = models.PositiveIntegerField(default=10)
    most_repeats = models.PositiveSmallIntegerField(default=0, db_default=0)
    approval = models.CharField(max_length=12, choices=Approval.choices, default=Approval.INSTANT)
    answer_within_minutes = models.PositiveIntegerField(default=1440, db_default=1440)
    answer_ahead_minutes = models.PositiveIntegerField(default=240, db_default=240)
    arrival_modes = models.JSONField(default=list, blank=True)
    reminder_offsets_minutes = models.JSONField(default=default_reminder_offsets, blank=True)

    class Meta:
        """Only numbers that make sense."""

        ordering: ClassVar = ["position", "id"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                Lower("category"), Lower("name"), condition=models.Q(is_active=True), name="scheduling_service_name"
            ),
            models.CheckConstraint(
                condition=models.Q(duration_minutes__gte=1, duration_minutes__lte=LONGEST_VISIT_MINUTES),
                name="scheduling_service_duration",
            ),
            models.CheckConstraint(
                condition=models.Q(
                    buffer_before_minutes__lte=LONGEST_BUFFER_MINUTES, buffer_after_minutes__lte=LONGEST_BUFFER_MINUTES
                ),
                name="scheduling_service_buffers",
            ),
            models.CheckConstraint(
                condition=models.Q(step_minutes__gte=1, step_minutes__lte=1440), name="scheduling_service_step"
            ),
            models.CheckConstraint(
                condition=models.Q(seats__isnull=True) | models.Q(seats__gte=1), name="scheduling_service_seats"
            ),
            models.CheckConstraint(condition=models.Q(max_party_size__gte=1), name="scheduling_service_party"),
            models.CheckConstraint(
                condition=models.Q(hold_minutes__gte=1, hold_minutes__lte=1440), name="scheduling_service_hold"
            ),
            models.CheckConstraint(condition=models.Q(most_repeats__lte=52), name="scheduling_service_repeats"),
            models.CheckConstraint(
                condition=models.Q(answer_within_minutes__gte=SHORTEST_ANSWER_MINUTES), name="scheduling_service_answer"
            ),
            models.CheckConstraint(
                condition=models.Q(price_kind=PriceKind.ON_REQUEST.value, price_minor__isnull=True)
                | models.Q(price_kind__in=[PriceKind.FIXED.value, PriceKind.FROM.value], price_minor__isnull=False),
                name="scheduling_service_price_kind",
            ),
            models.CheckConstraint(
                condition=models.Q(latest_start_minute__isnull=True) | models.Q(latest_start_minute__lt=1440),
                name="scheduling_service_latest_start",
            ),
            models.CheckConstraint(
                condition=models.Q(deposit_percent__lte=100), name="scheduling_service_deposit_percent"
            ),
            models.CheckConstraint(
                condition=models.Q(refund_kept_percent__lte=100, refund_no_show_percent__lte=100),
                name="scheduling_service_refund_percents",
            ),
            models.CheckConstraint(
                condition=models.Q(align__in=[a.value for a in Align]), name="scheduling_service_align_known"
            ),
            models.CheckConstraint(
                condition=models.Q(strategy__in=[s.value for s in Strategy]), name="scheduling_service_strategy_known"
            ),
            models.CheckConstraint(
                condition=models.Q(deposit_kind__in=DepositKind.values), name="scheduling_service_deposit_known"
            ),
            models.CheckConstraint(
                condition=models.Q(approval__in=Approval.values), name="scheduling_service_approval_known"
            ),
        ]

    def __str__(self) -> str:
        """Return the name."""
        return self.name


class Requirement(models.Model):
    """``quantity`` resources of one pool for a part of the service.

    The pool: the named resources when there are any; otherwise all active ones of the type
    and with the skill (whichever are given). ``duration_minutes`` empty: to the end. The resources
    of ``same_as``, another one of the service, are also those of this one.
    """

    service = models.ForeignKey(Service, on_delete=models.CASCADE, related_name="requirements")
    position = models.PositiveIntegerField(default=0)
    resource_type = models.ForeignKey(ResourceType, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    skill = models.CharField(max_length=60, blank=True, default="")
    resources = models.ManyToManyField(Resource, through="RequirementResource", related_name="requirements")
    quantity = models.PositiveIntegerField(default=1)
    starts_after_minutes = models.PositiveIntegerField(default=0)
    duration_minutes = models.PositiveIntegerField(null=True, blank=True)
    # All of a service's go together, so nothing has to look for those that name one of them.
    same_as = models.ForeignKey(
        "self", on_delete=models.DO_NOTHING, null=True, blank=True, related_name="+", db_index=False
    )

    class Meta:
        """In order: the grid of starts is laid from the first one's hours."""

        ordering: ClassVar = ["position", "id"]
        constraints: ClassVar = [
            models.CheckConstraint(condition=models.Q(quantity__gte=1), name="scheduling_requirement_quantity"),
            models.CheckConstraint(
                condition=models.Q(duration_minutes__isnull=True) | models.Q(duration_minutes__gte=1),
                name="scheduling_requirement_duration",
            ),
            models.CheckConstraint(
                condition=models.Q(same_as__isnull=True) | ~models.Q(same_as=models.F("id")),
                name="scheduling_requirement_same_as",
            ),
        ]

    def __str__(self) -> str:
        """Return quantity and pool."""
        return f"{self.quantity} × {self.skill or self.resource_type_id or 'named'}"


class RequirementResource(models.Model):
    """A resource named by a requirement, in order of preference."""

    requirement = models.ForeignKey(Requirement, on_delete=models.CASCADE, related_name="named", db_index=False)
    resource = models.ForeignKey(Resource, on_delete=models.CASCADE, related_name="+")
    position = models.PositiveIntegerField(default=0)

    class Meta:
        """Named once."""

        ordering: ClassVar = ["position", "id"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["requirement", "resource"], name="scheduling_requirement_named_once"),
        ]

    def __str__(self) -> str:
        """Return both ids."""
        return f"{self.requirement_id}: {self.resource_id}"


class ServiceResource(models.Model):
    """What differs when a resource fills the first requirement of a service; null: as the service has it."""

    service = models.ForeignKey(Service, on_delete=models.CASCADE, related_name="per_resource", db_index=False)
    resource = models.ForeignKey(Resource, on_delete=models.CASCADE, related_name="+")
    duration_minutes = models.PositiveIntegerField(null=True, blank=True)
    price_minor = models.PositiveBigIntegerField(null=True, blank=True)
    position = models.PositiveIntegerField(default=0)

    class Meta:
        """One line for each pair, and it says something."""

        ordering: ClassVar = ["position", "id"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["service", "resource"], name="scheduling_service_resource_once"),
            models.CheckConstraint(
                condition=models.Q(duration_minutes__isnull=True)
                | models.Q(duration_minutes__gte=1, duration_minutes__lte=LONGEST_VISIT_MINUTES),
                name="scheduling_service_resource_duration",
            ),
            models.CheckConstraint(
                condition=models.Q(duration_minutes__isnull=False) | models.Q(price_minor__isnull=False),
                name="scheduling_service_resource_says",
            ),
        ]

    def __str__(self) -> str:
        """Return both ids."""
        return f"{self.service_id}: {self.resource_id}"


class AddOn(CatalogRow):
    """Something extra that makes a visit longer, dearer or both."""

    service = models.ForeignKey(Service, on_delete=models.CASCADE, related_name="add_ons")
    name = models.CharField(max_length=120)
    minutes = models.PositiveIntegerField(default=0)
    price_minor = models.PositiveBigIntegerField(default=0)
    texts = models.JSONField(default=list, blank=True, db_default=Value([], models.JSONField()))
    position = models.PositiveIntegerField(default=0)

    class Meta:
        """In the order that the business chose."""

        ordering: ClassVar = ["position", "id"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                Lower("name"), "service", condition=models.Q(is_active=True), name="scheduling_add_on_name"
            ),
            models.CheckConstraint(condition=models.Q(minutes__lte=1440), name="scheduling_add_on_minutes"),
        ]

    def __str__(self) -> str:
        """Return the name."""
        return self.name
