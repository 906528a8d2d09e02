"""Notices that somebody does not want."""

from __future__ import annotations

from typing import ClassVar

from django.db import models

from accounts.enums import OWN_WORK, Notice, NoticeChannel
from accounts.models.user import User

KINDS = (*Notice.values, OWN_WORK)


class SilencedNotice(models.Model):
    """A person is not told of this kind by this channel; everything that has no row is told."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="silenced")
    notice = models.CharField(max_length=40)
    channel = models.CharField(
        max_length=8, choices=NoticeChannel.choices, default=NoticeChannel.EMAIL, db_default=NoticeChannel.EMAIL.value
    )

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["user", "notice", "channel"], name="accounts_silenced_notice_once"),
            models.CheckConstraint(condition=models.Q(notice__in=KINDS), name="accounts_silenced_notice_known"),
            models.CheckConstraint(
                condition=models.Q(channel__in=NoticeChannel.values), name="accounts_silenced_channel_known"
            ),
        ]

    def __str__(self) -> str:
        """Return the kind of notice."""
        return self.notice
