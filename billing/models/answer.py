"""What a business told the bank of a disputed payment, or that it gave in."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q

from billing.enums import AnswerFailure, AnswerKind, AnswerState
from billing.models.dispute import Dispute

LIVE_ANSWERS = [AnswerState.ASKED.value, AnswerState.SENT.value]
"""Of which a dispute has one at most: the bank takes one."""


class DisputeAnswer(models.Model):
    """One answer to a dispute; a worker sends it.

    ``paper`` is the PDF that a person read before, and ``facts`` are the words for the bank's own fields: they stay
    until the bank has them. ``text`` is what a person wrote. Since ``tried_at`` the provider may have it.
    """

    dispute = models.ForeignKey(Dispute, on_delete=models.PROTECT, related_name="answers")
    kind = models.CharField(max_length=8, choices=AnswerKind.choices)
    state = models.CharField(max_length=8, choices=AnswerState.choices, default=AnswerState.ASKED)
    failure = models.CharField(max_length=12, choices=AnswerFailure.choices, blank=True, default="")
    text = models.TextField(blank=True, default="")
    facts = models.JSONField(default=dict, blank=True)
    paper = models.BinaryField(null=True)
    provider_file_id = models.CharField(max_length=255, blank=True, default="")
    asked_at = models.DateTimeField()
    asked_by_id = models.BigIntegerField(null=True, blank=True)
    tried_at = models.DateTimeField(null=True, blank=True)
    done_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        """One that is on its way or there; what failed says why."""

        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(kind__in=AnswerKind.values), name="billing_answer_kind"),
            models.CheckConstraint(condition=Q(state__in=AnswerState.values), name="billing_answer_state"),
            models.CheckConstraint(
                condition=Q(state=AnswerState.ASKED) ^ Q(done_at__isnull=False), name="billing_answer_done"
            ),
            models.CheckConstraint(
                condition=Q(state=AnswerState.REFUSED, failure__in=AnswerFailure.values)
                | (~Q(state=AnswerState.REFUSED) & Q(failure="")),
                name="billing_answer_failure",
            ),
            models.UniqueConstraint(
                fields=["dispute"], condition=Q(state__in=LIVE_ANSWERS), name="billing_answer_one_live"
            ),
        ]

    def __str__(self) -> str:
        """Return of which dispute."""
        return f"answer to dispute {self.dispute_id}"
