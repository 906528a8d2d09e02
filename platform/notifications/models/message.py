"""Messages of a tenant, and the tenant's own texts for them."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q

from notifications.enums import Channel
from notifications.models.base import MessageBase


class Message(MessageBase):
    """One message of a business to its customers or staff."""

    class Meta(MessageBase.Meta):
        """Read by what they are about."""

        indexes: ClassVar = [
            models.Index(fields=["subject_kind", "subject_id", "id"], name="notifications_message_subject")
        ]


class MessageTemplate(models.Model):
    """The tenant's own subject and text for a message, instead of the built-in ones.

    ``{customer_name}``-style placeholders; details, links and footer are added as always.
    """

    key = models.CharField(max_length=64)
    channel = models.CharField(max_length=8, choices=Channel.choices)
    locale = models.CharField(max_length=8)
    subject = models.CharField(max_length=250, blank=True, default="")
    body = models.TextField()
    is_active = models.BooleanField(default=True)

    class Meta:
        """One for each message, channel and language."""

        constraints: ClassVar = [
            models.UniqueConstraint(fields=["key", "channel", "locale"], name="notifications_template_once"),
            models.CheckConstraint(condition=Q(channel__in=Channel.values), name="notifications_template_channel"),
        ]

    def __str__(self) -> str:
        """Return key, channel and language."""
        return f"{self.key} {self.channel} {self.locale}"
