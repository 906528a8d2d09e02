"""Closed lists of words of files."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _


class FileState(models.TextChoices):
    """Where a file stands."""

    WAITING = "waiting", _("Being prepared")
    READY = "ready", _("Ready")
    FAILED = "failed", _("Not taken")
    REMOVED = "removed", _("Being removed")


class CopyKind(models.TextChoices):
    """What an owner takes along: everything for people to read, or everything to begin again with."""

    EXPORT = "export", _("Everything as tables and files")
    ARCHIVE = "archive", _("Backup of everything")


class CopyState(models.TextChoices):
    """Where a copy stands that an owner asked for."""

    ASKED = "asked", _("Waiting its turn")
    WORKING = "working", _("Being made")
    READY = "ready", _("Ready")
    FAILED = "failed", _("Not made")
    GONE = "gone", _("No longer kept")


COPIES_AT_WORK = (CopyState.ASKED, CopyState.WORKING)


class CopyFailure(models.TextChoices):
    """Why a copy was not made."""

    FULL = "full", _("There was no room for it on our disk. Nothing of it is left; ask for it again later.")
    AWAY = "away", _("The file storage did not answer. Ask for it again in a few minutes.")
    STOPPED = "stopped", _("It was stopped several times before all of it was there. Ask for it again later.")
    TROUBLE = "trouble", _("The copy did not pass our check, so we do not hand it out. Please contact support.")
