"""Closed lists of words of audit."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class PlatformAction(models.TextChoices):
    """What an operator did; what is done to a business is called as in `tenants.enums.TenantAct` and `CopyAct`."""

    ACTIVATE = "activate", _("Marked as paid")
    MARK_PAST_DUE = "mark_past_due", _("Marked as overdue")
    RESTRICT = "restrict", _("Made read-only")
    SUSPEND = "suspend", _("Suspended")
    RESUME = "resume", _("Suspension lifted")
    CLOSE = "close", _("Closed")
    REOPEN = "reopen", _("Reopened")
    RESTORE = "restore", _("Restored from an archive")
    IMPORT = "import", _("Imported")
    SPEAK = "speak", _("The copy writes to customers")
    TAKE = "take", _("Its owner took all data along")
    REMOVE = "remove", pgettext_lazy("of a business", "Removed")
    RESET_SECOND_STEP = "reset_second_step", _("Second step removed")


class Action(models.TextChoices):
    """What was done to a row."""

    CREATED = "created", _("Was created")
    CHANGED = "changed", _("Was changed")
    ARCHIVED = "archived", _("Was archived")
    RESTORED = "restored", _("Was restored")
    DELETED = "deleted", _("Was deleted")
