"""States of a tenant and what they allow, what changes them, and states of a sign-up."""

from enum import IntEnum, StrEnum

from django.db import models
from django.utils.translation import gettext_lazy as _


class TenantStatus(models.TextChoices):
    """The life of a tenant, in order."""

    PROVISIONING = "provisioning", _("Being prepared")
    TRIAL = "trial", _("Trial")
    ACTIVE = "active", _("Active")
    PAST_DUE = "past_due", _("Payment overdue")
    READ_ONLY = "read_only", _("Read only")
    SUSPENDED = "suspended", _("Suspended")
    CLOSED = "closed", _("Closed")


class TenantAct(models.TextChoices):
    """What changes the state of a tenant."""

    ACTIVATE = "activate", _("Mark as paid")
    MARK_PAST_DUE = "mark_past_due", _("Mark as overdue")
    RESTRICT = "restrict", _("Make read-only")
    SUSPEND = "suspend", _("Suspend")
    RESUME = "resume", _("Lift the suspension")
    CLOSE = "close", _("Close")
    REOPEN = "reopen", _("Reopen")


class CopyAct(models.TextChoices):
    """What is done with copies of a business: one is taken along, becomes a business, and then one like all others."""

    RESTORE = "restore", _("Restored from an archive")
    IMPORT = "import", _("Imported")
    SPEAK = "speak", _("The copy writes to customers")
    TAKE = "take", _("Its owner took all data along")


class Ability(StrEnum):
    """What can be done at a business as long as its state allows it (`tenants.policies.ABILITIES`)."""

    BOOK = "book"
    """Customers and staff make new bookings."""
    MOVE = "move"
    """Customers change the time of a booking."""
    CANCEL = "cancel"
    """Customers see a booking, say that they will come, and cancel."""
    REMIND = "remind"
    """Reminders leave."""
    OWNER_READ = "owner_read"
    """Owners sign in and read."""
    STAFF_READ = "staff_read"
    """Staff other than owners sign in and read."""
    STEP = "step"
    """Staff takes the steps of bookings that exist: answers, moves, cancels, receives, finishes."""
    WRITE = "write"
    """Staff changes everything else."""


class SignUpStatus(models.TextChoices):
    """How far a sign-up is."""

    STARTED = "started", _("Waiting for the e-mail to be confirmed")
    VERIFIED = "verified", _("Being prepared")
    DONE = "done", _("Ready")
    FAILED = "failed", _("Could not be prepared")


class DomainState(models.TextChoices):
    """How far a domain of a business's own is."""

    WAITING = "waiting", _("Waiting for the change")
    VERIFIED = "verified", _("Verified")
    FALLEN = "fallen", _("No longer leads here")


class AddressEvent(StrEnum):
    """What became of the addresses of a business."""

    MOVED = "moved"
    """It has another address below the platform's."""
    CLAIMED = "claimed"
    """Somebody typed a domain of its own; nothing answers there yet."""
    VERIFIED = "verified"
    FALLEN = "fallen"
    REMOVED = "removed"


class Lack(StrEnum):
    """What a domain lacks that was verified before."""

    PROOF = "proof"
    """The record that proves whose it is."""
    LEAD = "lead"
    """It leads elsewhere, or nowhere."""
    ANSWER = "answer"
    """Its name servers say nothing."""


class Urgency(IntEnum):
    """How soon somebody misses due work; what is more urgent is done first, however long the rest has waited."""

    NOW = 0
    """Somebody waits at the screen."""
    SOON = 1
    """Somebody waits for a message."""
    LATER = 2
    """It has a time of its own, and a minute matters little."""
    LAST = 3
    """It can be read elsewhere as well."""
