"""What a message is, in a tenant's schema and in the public one (`notifications.public`)."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.db.models.functions import Now

from notifications.enums import Channel, MessageCategory, MessageReason, MessageStatus

MAX_DEDUP_KEY_LENGTH = 400


class MessageBase(models.Model):
    """One message to one recipient, as it was rendered.

    ``subject_kind`` and ``subject_id`` name the row that it is about, of a room that this one does
    not know. ``dedup_key`` names event, template, channel and recipient: the same message is stored
    once.
    ``leased_until`` is set while a worker talks to the carrier; nobody else takes it before then.
    ``send_after`` is when it leaves at the earliest: what staff does can be undone until then. Once it was tried, it is
    when that was last.
    ``role`` is the thread that it belongs to (``customer``): messages of one thread to one recipient
    never overtake each other. ``state`` is how the subject stands according to the message, in the
    words of the subject's room; ``is_live``: that room is asked again when the message leaves.
    Live ones of a ``bundle``, ``bundle_size`` of them, leave as one.
    After ``expires_at`` it would tell nothing that still helps, and is not sent any more.
    ``is_secret``: whoever reads the text can act as the recipient (a link that sets a password), so it
    is erased once the message was sent or given up, and no log shows it before.
    ``price_minor`` is what the carrier asks for it, in the smallest coin of ``price_currency``; None: not known.
    """

    channel = models.CharField(max_length=8, choices=Channel.choices)
    template = models.CharField(max_length=64)
    to = models.CharField(max_length=254)
    reply_to = models.CharField(max_length=254, blank=True, default="")
    locale = models.CharField(max_length=8)
    subject = models.CharField(max_length=250, blank=True, default="")
    body_text = models.TextField()
    body_html = models.TextField(blank=True, default="")
    attachments = models.JSONField(default=list, blank=True)
    subject_kind = models.CharField(max_length=40, blank=True, default="")
    subject_id = models.BigIntegerField(null=True, blank=True)
    is_secret = models.BooleanField(default=False)
    role = models.CharField(max_length=16, blank=True, default="")
    state = models.JSONField(null=True, blank=True)
    is_live = models.BooleanField(default=False)
    bundle = models.CharField(max_length=40, blank=True, default="", db_default="")
    bundle_size = models.PositiveSmallIntegerField(default=1, db_default=1)
    category = models.CharField(
        max_length=16,
        choices=MessageCategory.choices,
        default=MessageCategory.TRANSACTIONAL,
        db_default=MessageCategory.TRANSACTIONAL,
    )
    price_minor = models.PositiveBigIntegerField(null=True, blank=True)
    price_currency = models.CharField(max_length=3, blank=True, default="", db_default="")
    dedup_key = models.CharField(max_length=MAX_DEDUP_KEY_LENGTH)

    status = models.CharField(max_length=12, choices=MessageStatus.choices, default=MessageStatus.QUEUED)
    reason = models.CharField(max_length=24, choices=MessageReason.choices, blank=True, default="")
    attempts = models.PositiveIntegerField(default=0)
    leased_until = models.DateTimeField(null=True, blank=True)
    last_error = models.CharField(max_length=300, blank=True, default="")
    provider_id = models.CharField(max_length=120, blank=True, default="")
    created_at = models.DateTimeField()
    # The database's own default is for workers of before, which do not know the column.
    send_after = models.DateTimeField(db_default=Now())
    expires_at = models.DateTimeField(null=True, blank=True)
    sent_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        """Never the same one twice; sent exactly when it says when."""

        abstract = True
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["dedup_key"], name="%(app_label)s_message_once"),
            models.CheckConstraint(condition=Q(channel__in=Channel.values), name="%(app_label)s_message_channel"),
            models.CheckConstraint(condition=Q(status__in=MessageStatus.values), name="%(app_label)s_message_status"),
            models.CheckConstraint(
                condition=Q(status=MessageStatus.SENT, sent_at__isnull=False)
                | (~Q(status=MessageStatus.SENT) & Q(sent_at__isnull=True)),
                name="%(app_label)s_message_sent_at",
            ),
            models.CheckConstraint(
                condition=Q(category__in=MessageCategory.values), name="%(app_label)s_message_category"
            ),
            models.CheckConstraint(
                condition=Q(price_minor__isnull=True) | ~Q(price_currency=""), name="%(app_label)s_message_price"
            ),
        ]

    def __str__(self) -> str:
        """Return template and recipient."""
        return f"{self.template} → {self.to}"
