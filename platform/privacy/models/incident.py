"""What got out, was lost or was changed, and every step of the answer."""

from __future__ import annotations

from typing import Any, ClassVar

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from privacy.enums import IncidentState, IncidentStep

REFUSED = "a step that was written down stays as it is"


class Incident(models.Model):
    """One incident of a business.

    It lasted from ``began_at`` to ``ended_at``, and the clocks run from ``known_at``. ``tables`` are the tables that
    it reached (``app_label.Model``). Country and zone are those of when it was written down: a business that moves
    changes no clock that runs. ``is_risky`` is None until somebody has assessed it.
    """

    title = models.CharField(max_length=120)
    story = models.TextField()
    tables = models.JSONField(default=list)
    state = models.CharField(max_length=12, choices=IncidentState.choices, default=IncidentState.OPEN)
    is_risky = models.BooleanField(null=True)
    began_at = models.DateTimeField()
    ended_at = models.DateTimeField()
    known_at = models.DateTimeField()
    recorded_at = models.DateTimeField()
    recorded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    law_country = models.CharField(max_length=2, blank=True, default="")
    law_region = models.CharField(max_length=8, blank=True, default="")
    timezone = models.CharField(max_length=64)
    authority_told_at = models.DateTimeField(null=True, blank=True)
    persons_told_at = models.DateTimeField(null=True, blank=True)
    closed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        """It began before it ended and was known before it was written down; closed or not."""

        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(state__in=IncidentState.values), name="privacy_incident_state"),
            models.CheckConstraint(condition=Q(began_at__lte=F("ended_at")), name="privacy_incident_ended"),
            models.CheckConstraint(
                condition=Q(began_at__lte=F("known_at"), known_at__lte=F("recorded_at")), name="privacy_incident_known"
            ),
            models.CheckConstraint(
                condition=Q(state=IncidentState.CLOSED, closed_at__isnull=False)
                | (~Q(state=IncidentState.CLOSED) & Q(closed_at__isnull=True)),
                name="privacy_incident_closed",
            ),
            models.CheckConstraint(
                condition=Q(state=IncidentState.OPEN) | Q(is_risky__isnull=False), name="privacy_incident_assessed"
            ),
        ]
        indexes: ClassVar = [models.Index(fields=["-recorded_at", "-id"], name="privacy_incident_newest")]

    def __str__(self) -> str:
        """Return what it is called."""
        return self.title


class KeptSteps(models.QuerySet["IncidentLogLine"]):
    """Rows that are read and added; tenants' schemas have no triggers that could see to it (decision 11)."""

    def update(self, **_values: Any) -> int:
        """Refuse: what was done stays as it was written down.

        Raises:
            TypeError: Always.
        """
        raise TypeError(REFUSED)

    def delete(self) -> tuple[int, dict[str, int]]:
        """Refuse, as `update`.

        Raises:
            TypeError: Always.
        """
        raise TypeError(REFUSED)


class IncidentLogLine(models.Model):
    """One step; ``by`` is empty for the platform itself."""

    incident = models.ForeignKey(Incident, on_delete=models.PROTECT, related_name="steps", db_index=False)
    step = models.CharField(max_length=12, choices=IncidentStep.choices)
    at = models.DateTimeField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="+")
    note = models.TextField(blank=True, default="")

    objects = KeptSteps.as_manager()

    class Meta:
        """In order, for one incident."""

        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(step__in=IncidentStep.values), name="privacy_incident_step"),
        ]
        indexes: ClassVar = [models.Index(fields=["incident", "id"], name="privacy_incident_log")]

    def __str__(self) -> str:
        """Return which step, and when."""
        return f"{self.step} {self.at:%Y-%m-%d %H:%M}"
