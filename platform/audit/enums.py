"""Closed lists of words of audit."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _


class Action(models.TextChoices):
    """What was done to a row."""

    CREATED = "created", _("Was created")
    CHANGED = "changed", _("Was changed")
    ARCHIVED = "archived", _("Was archived")
    RESTORED = "restored", _("Was restored")
    DELETED = "deleted", _("Was deleted")
