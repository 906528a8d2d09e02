"""Sessions, which know whose they are."""

from __future__ import annotations

from typing import ClassVar

from django.contrib.sessions.base_session import AbstractBaseSession, BaseSessionManager
from django.db import models

from accounts.models.user import User


class SessionManager(BaseSessionManager["Session"]):
    """Finds and saves sessions."""

    use_in_migrations = False


class Session(AbstractBaseSession):
    """A browser that came back; ``user`` once somebody signed in, with it when and from what.

    Attributes:
        agent: Browser and system in two words, ``firefox linux``; nothing else of what browsers tell is kept.
        began_at: When the person signed in.
        seen_at: When they were here last, to ten minutes.
    """

    user = models.ForeignKey(User, on_delete=models.CASCADE, null=True, blank=True, related_name="+")
    agent = models.CharField(max_length=32, blank=True, default="", db_default="")
    began_at = models.DateTimeField(null=True, blank=True)
    seen_at = models.DateTimeField(null=True, blank=True)

    objects: ClassVar[SessionManager] = SessionManager()

    class Meta:
        """In Django's own table: sessions of before go on."""

        db_table = "django_session"
