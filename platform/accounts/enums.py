"""Closed lists of words of accounts."""

from enum import StrEnum

from django.db import models
from django.utils.translation import gettext_lazy as _


class Role(models.TextChoices):
    """What a person is in the business; ``operator`` exists in the public schema only."""

    OWNER = "owner", _("Owner")
    MANAGER = "manager", _("Manager")
    RECEPTIONIST = "receptionist", _("Receptionist")
    PROVIDER = "provider", _("Provider")
    READ_ONLY = "read_only", _("Read only")
    OPERATOR = "operator", _("Operator")


class InvitationEnd(models.TextChoices):
    """How an invitation ended."""

    ACCEPTED = "accepted", _("Accepted")
    REVOKED = "revoked", _("Taken back")
    REPLACED = "replaced", _("Sent anew")


class AccountMessageKind(StrEnum):
    """What someone is told about an account."""

    PASSWORD_RESET = "password_reset"  # noqa: S105 - a word, no password
    UNKNOWN_ACCOUNT = "unknown_account"
    INVITATION = "invitation"
    OWNER_ADDED = "owner_added"
