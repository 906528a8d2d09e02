"""Before and after the visit: reminders and feedback."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q

from scheduling.enums import ReminderStatus
from scheduling.models.booking import Booking


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
    """What the customer says about a visit; nothing asks for it yet."""

    booking = models.OneToOneField(Booking, on_delete=models.CASCADE, related_name="feedback")
    score = models.PositiveSmallIntegerField()
    comment = models.TextField(blank=True, default="")
    recommend_score = models.PositiveSmallIntegerField(null=True, blank=True)
    may_publish = models.BooleanField(default=False)
    created_at = models.DateTimeField()

    class Meta:
        """Score 1 to 5; likelihood to recommend 0 to 10."""

        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(score__gte=1, score__lte=5), name="scheduling_feedback_score"),
            models.CheckConstraint(
                condition=Q(recommend_score__isnull=True) | Q(recommend_score__lte=10),
                name="scheduling_feedback_recommend",
            ),
        ]
        verbose_name_plural = "feedback"

    def __str__(self) -> str:
        """Return the score."""
        return f"{self.score}"
