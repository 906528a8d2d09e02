"""Links with which people see their visits without an account."""

from __future__ import annotations

from typing import ClassVar

from django.db import models

from scheduling.enums import ContactKind


class VisitsLink(models.Model):
    """Somebody asked for the visits of a contact, whoever it was; only who reads that contact's messages gets the link.

    A row is made for contacts that nobody here knows as well: from outside, both look the same. ``told_at`` is when
    the answer was written, ``token_hash`` what is stored of the link that was in it (empty: there was nothing to show).
    ``locale`` is the language in which was asked. The row goes when the link ends.
    """

    kind = models.CharField(max_length=8, choices=ContactKind.choices)
    contact = models.CharField(max_length=254)
    locale = models.CharField(max_length=8, blank=True, default="")
    token_hash = models.CharField(max_length=64, blank=True, default="")
    created_at = models.DateTimeField()
    told_at = models.DateTimeField(null=True, blank=True)
    expires_at = models.DateTimeField()

    class Meta:
        """Whoever opens one is led by its hash; nobody has one before it was told."""

        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["token_hash"], condition=~models.Q(token_hash=""), name="scheduling_visits_link_hash"
            ),
            models.CheckConstraint(
                condition=models.Q(token_hash="") | models.Q(told_at__isnull=False),
                name="scheduling_visits_link_told",
            ),
            models.CheckConstraint(
                condition=models.Q(expires_at__gt=models.F("created_at")), name="scheduling_visits_link_ends"
            ),
            models.CheckConstraint(condition=models.Q(kind__in=ContactKind.values), name="scheduling_visits_link_kind"),
        ]
        indexes: ClassVar = [models.Index(fields=["expires_at"], name="scheduling_visits_link_end")]

    def __str__(self) -> str:
        """Return when it ends."""
        return f"{self.expires_at:%Y-%m-%d %H:%M}"
