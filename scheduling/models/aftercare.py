"""Before and after the visit: reminders and feedback."""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import BooleanField, ExpressionWrapper, F, Q, Value

from scheduling.enums import ReminderStatus
from scheduling.models.booking import Booking

IS_SILENT = ExpressionWrapper(Q(comment=""), output_field=BooleanField())
"""Of what customers say: a score without words."""


class Reminder(models.Model):
    """One reminder of a booking, due at an instant."""

    booking = models.ForeignKey(Booking, on_delete=models.CASCADE, related_name="reminders", db_index=False)
    offset_minutes = models.PositiveIntegerField()
    due_at = models.DateTimeField()
    status = models.CharField(max_length=12, choices=ReminderStatus.choices, default=ReminderStatus.PLANNED)
    done_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        """One for each offset; a moved booking plans the same ones anew."""

        constraints: ClassVar = [
            models.UniqueConstraint(fields=["booking", "offset_minutes"], name="scheduling_reminder_once"),
        ]

    def __str__(self) -> str:
        """Return when it is due."""
        return f"{self.due_at:%Y-%m-%d %H:%M}"


class Feedback(models.Model):
    """What the customer says about a visit, once, and what the business answers.

    With ``may_publish`` everybody reads it on the booking page, until the customer takes that back or the business
    hides it, for a reason that is kept. ``hiding_log`` has who hid it and why, and who showed it again, in order
    (`types.aftercare.views.HidingLine`).
    """

    booking = models.OneToOneField(Booking, on_delete=models.CASCADE, related_name="feedback")
    score = models.PositiveSmallIntegerField()
    comment = models.TextField(blank=True, default="")
    recommend_score = models.PositiveSmallIntegerField(null=True, blank=True)
    may_publish = models.BooleanField(default=False)
    created_at = models.DateTimeField()
    answer = models.TextField(blank=True, default="", db_default="")
    answered_at = models.DateTimeField(null=True, blank=True)
    answered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    hidden_at = models.DateTimeField(null=True, blank=True)
    hidden_reason = models.CharField(max_length=300, blank=True, default="", db_default="")
    hiding_log = models.JSONField(default=list, blank=True, db_default=Value([], models.JSONField()))

    class Meta:
        """Score 1 to 5; likelihood to recommend 0 to 10; answered with words, hidden for a reason."""

        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(score__gte=1, score__lte=5), name="scheduling_feedback_score"),
            models.CheckConstraint(
                condition=Q(recommend_score__isnull=True) | Q(recommend_score__lte=10),
                name="scheduling_feedback_recommend",
            ),
            models.CheckConstraint(
                condition=Q(answer="", answered_at__isnull=True) | (~Q(answer="") & Q(answered_at__isnull=False)),
                name="scheduling_feedback_answered",
            ),
            models.CheckConstraint(
                condition=Q(hidden_reason="", hidden_at__isnull=True)
                | (~Q(hidden_reason="") & Q(hidden_at__isnull=False)),
                name="scheduling_feedback_hidden",
            ),
        ]
        indexes: ClassVar = [
            # With words first, the newest of them first; what is summed up of all is read from the index alone.
            models.Index(
                IS_SILENT,
                F("created_at").desc(),
                F("id").desc(),
                condition=Q(may_publish=True, hidden_at__isnull=True),
                include=["score", "booking"],
                name="scheduling_feedback_public",
            ),
            models.Index(fields=["-created_at", "-id"], name="scheduling_feedback_newest"),
        ]
        verbose_name_plural = "feedback"

    def __str__(self) -> str:
        """Return the score."""
        return f"{self.score}"
