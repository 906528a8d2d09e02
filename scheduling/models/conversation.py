"""What a customer and the business write to each other about a booking, and what customers want of their data."""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q

from scheduling.enums import ActorKind, DataRequestKind
from scheduling.models.booking import Booking

WRITERS = (ActorKind.CUSTOMER.value, ActorKind.STAFF.value)


class ConversationLine(models.Model):
    """One message of the conversation about a booking; it is never changed.

    A customer's one waits until ``settled_at``: somebody of the business answered, or said that it needs no answer.
    """

    booking = models.ForeignKey(Booking, on_delete=models.CASCADE, related_name="conversation", db_index=False)
    author = models.CharField(max_length=8, choices=ActorKind.choices)
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    text = models.TextField()
    written_at = models.DateTimeField()
    settled_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        """Words of a customer or of staff; only what customers write waits for somebody."""

        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(author__in=WRITERS), name="scheduling_conversation_author"),
            models.CheckConstraint(condition=~Q(text=""), name="scheduling_conversation_text"),
            models.CheckConstraint(
                condition=Q(author=ActorKind.STAFF.value) | Q(user__isnull=True), name="scheduling_conversation_user"
            ),
            models.CheckConstraint(
                condition=Q(author=ActorKind.CUSTOMER.value, settled_at__isnull=True)
                | Q(settled_at__gte=models.F("written_at")),
                name="scheduling_conversation_settled",
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["booking", "written_at"], name="scheduling_conversation_order"),
            models.Index(
                fields=["written_at", "id"],
                condition=Q(settled_at__isnull=True),
                name="scheduling_conversation_wait",
            ),
        ]

    def __str__(self) -> str:
        """Return who wrote, and when: the words are theirs."""
        return f"{self.author} {self.written_at:%Y-%m-%d %H:%M}"


class VisitNote(models.Model):
    """What somebody of the team wrote down about a booking, for the team alone; ``is_pinned`` ones are read first."""

    booking = models.ForeignKey(Booking, on_delete=models.CASCADE, related_name="notes", db_index=False)
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    text = models.TextField()
    is_pinned = models.BooleanField(default=False)
    written_at = models.DateTimeField()

    class Meta:
        """In the order in which they were written; none is empty."""

        ordering: ClassVar = ["pk"]
        constraints: ClassVar = [
            models.CheckConstraint(condition=~Q(text=""), name="scheduling_visit_note_text"),
        ]
        indexes: ClassVar = [models.Index(fields=["booking", "id"], name="scheduling_visit_note_order")]

    def __str__(self) -> str:
        """Return when it was written: the words are the team's."""
        return f"{self.written_at:%Y-%m-%d %H:%M}"


class DataRequest(models.Model):
    """A customer asks to correct or erase what is kept about them; staff does it and answers.

    Whoever has the link of a booking asked: how much that proves, staff decides.
    """

    booking = models.ForeignKey(Booking, on_delete=models.CASCADE, related_name="data_requests", db_index=False)
    kind = models.CharField(max_length=12, choices=DataRequestKind.choices)
    text = models.TextField(blank=True, default="")
    asked_at = models.DateTimeField()
    done_at = models.DateTimeField(null=True, blank=True)
    done_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    answer = models.TextField(blank=True, default="")

    class Meta:
        """One of a kind waits for each booking; whoever wants a correction says which when it is asked."""

        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(kind__in=DataRequestKind.values), name="scheduling_data_request_kind"),
            models.CheckConstraint(
                condition=Q(done_at__isnull=False) | Q(answer="", done_by__isnull=True),
                name="scheduling_data_request_done",
            ),
            models.UniqueConstraint(
                fields=["booking", "kind"], condition=Q(done_at__isnull=True), name="scheduling_data_request_once"
            ),
        ]
        indexes: ClassVar = [
            models.Index(
                fields=["asked_at", "id"], condition=Q(done_at__isnull=True), name="scheduling_data_request_wait"
            ),
        ]

    def __str__(self) -> str:
        """Return what is asked."""
        return self.kind
