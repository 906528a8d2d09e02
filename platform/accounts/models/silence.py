"""Notices that somebody does not want."""

from __future__ import annotations

from typing import ClassVar

from django.db import models

from accounts.enums import Notice
from accounts.models.user import User


class SilencedNotice(models.Model):
    """A person gets no e-mail of this kind; everything that has no row is told."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="silenced")
    notice = models.CharField(max_length=40, choices=Notice.choices)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["user", "notice"], name="accounts_silenced_notice_once"),
            models.CheckConstraint(condition=models.Q(notice__in=Notice.values), name="accounts_silenced_notice_known"),
        ]

    def __str__(self) -> str:
        """Return the kind of notice."""
        return self.notice
