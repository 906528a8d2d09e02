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


class TakenReply(models.Model):
    """An answer to an SMS that was taken: the carrier may hand it over again, and it means nothing then.

    ``message_hash`` is that of the carrier's id of it.
    """

    message_hash = models.CharField(max_length=64, unique=True)
    taken_at = models.DateTimeField()

    class Meta:
        """Removed when the carrier has long stopped trying."""

        indexes: ClassVar = [models.Index(fields=["taken_at"], name="notifications_reply_taken")]

    def __str__(self) -> str:
        """Return when it was taken."""
        return f"{self.taken_at:%Y-%m-%d %H:%M}"


class TextedNumber(models.Model):
    """A number that a business writes SMS to, and since when it wants none; the newest one is answered.

    Nobody can read the number: ``recipient_hash`` is keyed. ``words`` and ``proof`` are the answer and the
    carrier's id of it. An empty ``schema_name`` stands for every business.
    """

    recipient_hash = models.CharField(max_length=64)
    schema_name = models.CharField(max_length=63, blank=True)
    texted_at = models.DateTimeField()
    stopped_at = models.DateTimeField(null=True, blank=True)
    words = models.CharField(max_length=160, blank=True, default="")
    proof = models.CharField(max_length=160, blank=True, default="")

    class Meta:
        """One for each number and business."""

        constraints: ClassVar = [
            models.UniqueConstraint(fields=["recipient_hash", "schema_name"], name="notifications_texted_once"),
        ]

    def __str__(self) -> str:
        """Return whose it is, and whether it is stopped."""
        return f"{self.schema_name} {'stopped' if self.stopped_at else 'open'}"
