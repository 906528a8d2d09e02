"""States of a tenant."""

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
