"""States of a tenant, and of a sign-up."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class TenantStatus(models.TextChoices):
    """The life of a tenant, in order."""

    PROVISIONING = "provisioning", _("Being prepared")
    TRIAL = "trial", _("Trial")
    ACTIVE = "active", _("Active")
    PAST_DUE = "past_due", _("Payment overdue")
    SUSPENDED = "suspended", _("Suspended")
    CLOSED = "closed", _("Closed")


CLOSED_STATUSES = frozenset({TenantStatus.PROVISIONING, TenantStatus.SUSPENDED, TenantStatus.CLOSED})
"""In which a tenant's host answers nobody."""


class SignUpStatus(models.TextChoices):
    """How far a sign-up is."""

    STARTED = "started", _("Waiting for the e-mail to be confirmed")
    VERIFIED = "verified", _("Being prepared")
    DONE = "done", _("Ready")
    FAILED = "failed", _("Could not be prepared")
