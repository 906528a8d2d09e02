"""What somebody asked about their data, and every step of the answer."""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q

from kernel.law.persons import Right
from privacy.enums import OPEN_STATES, IdentityCheck, RequestRight, RequestSource, RequestState, RequestStep


class PersonRequest(models.Model):
    """One use of one right by one person.

    ``customer`` is whose data it is about, once that is known; ``booking`` the visit whose link was used. The clock
    starts at ``asked_at``, which may lie before ``recorded_at`` (a letter). ``answer_on`` and ``carry_out_on`` are the
    last local dates by the clock of the place, ``due_at`` the first instant at which what is next is too late:
    answering, then carrying out. ``law_country`` and the zone are those of when it was asked: a business
    that moves changes no clock that runs. ``warned_at`` is when the business was last told that time runs out.
    """

    uid = models.UUIDField(unique=True, editable=False)
    token_hash = models.CharField(max_length=64, unique=True)
    right = models.CharField(max_length=16, choices=RequestRight.choices)
    state = models.CharField(max_length=12, choices=RequestState.choices, default=RequestState.ASKED)
    source = models.CharField(max_length=12, choices=RequestSource.choices)
    customer = models.ForeignKey(
        "scheduling.Customer", on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    booking = models.ForeignKey(
        "scheduling.Booking", on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    name = models.CharField(max_length=120, blank=True, default="")
    contact = models.CharField(max_length=254, blank=True, default="")
    locale = models.CharField(max_length=8, default="es")
    text = models.TextField(blank=True, default="")
    asked_at = models.DateTimeField()
    recorded_at = models.DateTimeField()
    recorded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    law_country = models.CharField(max_length=2, blank=True, default="")
    law_region = models.CharField(max_length=8, blank=True, default="")
    timezone = models.CharField(max_length=64)
    answer_on = models.DateField()
    carry_out_on = models.DateField(null=True, blank=True)
    due_at = models.DateTimeField()
    extended_at = models.DateTimeField(null=True, blank=True)
    extension_reason = models.TextField(blank=True, default="")
    identity_check = models.CharField(max_length=12, choices=IdentityCheck.choices, blank=True, default="")
    identity_note = models.CharField(max_length=300, blank=True, default="")
    identity_at = models.DateTimeField(null=True, blank=True)
    identity_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    answer = models.TextField(blank=True, default="")
    answered_at = models.DateTimeField(null=True, blank=True)
    answered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    ended_at = models.DateTimeField(null=True, blank=True)
    warned_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        """Checked before granted; answered when granted or refused; extended once, for a reason; open or ended."""

        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(right__in=[each.value for each in Right]), name="privacy_request_right"),
            models.CheckConstraint(condition=Q(state__in=RequestState.values), name="privacy_request_state"),
            models.CheckConstraint(
                condition=Q(identity_check="", identity_at__isnull=True)
                | (~Q(identity_check="") & Q(identity_at__isnull=False)),
                name="privacy_request_identity",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=[RequestState.GRANTED, RequestState.DONE]) | Q(identity_at__isnull=False),
                name="privacy_request_granted_to_whom",
            ),
            models.CheckConstraint(
                condition=Q(state__in=OPEN_STATES, ended_at__isnull=True)
                | (~Q(state__in=OPEN_STATES) & Q(ended_at__isnull=False)),
                name="privacy_request_ended",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=[RequestState.GRANTED, RequestState.DONE, RequestState.REFUSED])
                | Q(answered_at__isnull=False),
                name="privacy_request_answered",
            ),
            models.CheckConstraint(condition=Q(asked_at__lte=models.F("recorded_at")), name="privacy_request_asked"),
            # Of one customer the service sees to it: two records that are merged may bring one each.
            models.UniqueConstraint(
                fields=["booking", "right"],
                condition=Q(ended_at=None, booking__isnull=False),
                name="privacy_request_once",
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["due_at", "id"], condition=Q(ended_at=None), name="privacy_request_open"),
            models.Index(fields=["-recorded_at", "-id"], name="privacy_request_newest"),
        ]

    def __str__(self) -> str:
        """Return what is asked, and since when."""
        return f"{self.right} {self.asked_at:%Y-%m-%d}"


class PersonRequestStep(models.Model):
    """One step of a request; ``by`` is empty for whoever asked and for the platform itself."""

    request = models.ForeignKey(PersonRequest, on_delete=models.CASCADE, related_name="steps", db_index=False)
    step = models.CharField(max_length=12, choices=RequestStep.choices)
    at = models.DateTimeField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="+")
    note = models.CharField(max_length=300, blank=True, default="")

    class Meta:
        """In order, for one request."""

        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(step__in=RequestStep.values), name="privacy_step_known"),
        ]
        indexes: ClassVar = [models.Index(fields=["request", "id"], name="privacy_step_log")]

    def __str__(self) -> str:
        """Return which step, and when."""
        return f"{self.step} {self.at:%Y-%m-%d %H:%M}"
