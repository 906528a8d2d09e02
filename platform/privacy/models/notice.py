"""Privacy notices that people were shown."""

from __future__ import annotations

from typing import Any, ClassVar

from django.db import models

REFUSED = "a notice that somebody was shown is never written anew"


class KeptNotices(models.QuerySet["NoticeVersion"]):
    """Rows that are read and added; tenants' schemas have no triggers that could see to it (decision 11)."""

    def update(self, **_values: Any) -> int:
        """Refuse: what people were shown stays as they saw it.

        Raises:
            TypeError: Always.
        """
        raise TypeError(REFUSED)

    def delete(self) -> tuple[int, dict[str, int]]:
        """Refuse, as `update`.

        Raises:
            TypeError: Always.
        """
        raise TypeError(REFUSED)


class NoticeVersion(models.Model):
    """One text of the notice, in each language, as it was shown; consents name it by its ``version``.

    The version is a digest of the texts: the same words are the same version, whenever they come back.
    """

    version = models.CharField(max_length=32, unique=True)
    texts = models.JSONField()
    law_country = models.CharField(max_length=2, blank=True, default="")
    shown_at = models.DateTimeField()

    objects = KeptNotices.as_manager()

    class Meta:
        """No version is empty."""

        constraints: ClassVar = [
            models.CheckConstraint(condition=~models.Q(version=""), name="privacy_notice_version"),
        ]

    def __str__(self) -> str:
        """Return the version."""
        return self.version

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Add the row.

        Raises:
            TypeError: It is there already.
        """
        if not self._state.adding:
            raise TypeError(REFUSED)
        super().save(*args, **kwargs)

    def delete(self, *_args: Any, **_kwargs: Any) -> tuple[int, dict[str, int]]:
        """Refuse, as `KeptNotices.delete`.

        Raises:
            TypeError: Always.
        """
        raise TypeError(REFUSED)
