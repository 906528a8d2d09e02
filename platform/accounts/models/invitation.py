"""Invitations: who may become one of the people of a business."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models.functions import Lower

from accounts.enums import InvitationEnd, Role
from accounts.models.user import User

INVITED_ROLES = tuple(role for role in Role.values if role != Role.OPERATOR)


class Invitation(models.Model):
    """A link by e-mail that works once. It stays as a record; one that is sent anew is another row.

    ``resource_id`` is the number of what the person is booked as, in a room above; none: nothing yet.
    """

    email = models.EmailField(max_length=254)
    role = models.CharField(max_length=16, choices=Role.choices)
    resource_id = models.BigIntegerField(null=True, blank=True)
    locale = models.CharField(max_length=8)
    token_hash = models.CharField(max_length=64, unique=True)
    invited_by = models.ForeignKey(User, on_delete=models.CASCADE, related_name="+")
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True)
    end = models.CharField(max_length=16, choices=InvitationEnd.choices, blank=True, default="")

    class Meta:
        """One open invitation for each e-mail."""

        constraints: ClassVar = [
            models.UniqueConstraint(
                Lower("email"), condition=models.Q(ended_at__isnull=True), name="accounts_invitation_one_open"
            ),
            models.CheckConstraint(condition=models.Q(role__in=INVITED_ROLES), name="accounts_invitation_role_known"),
            models.CheckConstraint(
                condition=models.Q(ended_at__isnull=True, end="")
                | models.Q(ended_at__isnull=False, end__in=InvitationEnd.values),
                name="accounts_invitation_end_known",
            ),
        ]

    def __str__(self) -> str:
        """Return as what somebody is invited: an address in a log line would be personal."""
        return f"invitation {self.pk} as {self.role}"
