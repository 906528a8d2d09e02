"""Messages of the platform itself, and the codes that prove whose a contact is."""

from __future__ import annotations

from typing import ClassVar

from django.db import models

from notifications.models.base import MessageBase


class Message(MessageBase):
    """One message of the platform to the owner of a new business or to an operator."""


class ContactCode(models.Model):
    """A code that was sent to a recipient for one business; whoever types it has read what we sent.

    Nothing here is readable: ``recipient_hash`` and ``code_hash`` are keyed. It works until
    ``expires_at``, once, and for so many attempts as the setting ``CODE_ATTEMPTS`` says.
    """

    schema_name = models.CharField(max_length=63)
    recipient_hash = models.CharField(max_length=64)
    code_hash = models.CharField(max_length=64)
    attempts = models.PositiveSmallIntegerField(default=0)
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True)

    class Meta:
        """Found by whom it was sent to; removed when it is over."""

        indexes: ClassVar = [
            models.Index(fields=["recipient_hash", "schema_name"], name="notifications_code_recipient"),
            models.Index(fields=["expires_at"], name="notifications_code_end"),
        ]

    def __str__(self) -> str:
        """Return for which business it is, and until when."""
        return f"{self.schema_name} until {self.expires_at:%Y-%m-%d %H:%M}"
