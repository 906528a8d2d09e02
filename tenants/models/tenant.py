"""Businesses, each with a schema of its own."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django_tenants.models import TenantMixin

from tenants.enums import TenantStatus
from tenants.types import USUAL_ACCENT

SLUG_PATTERN = r"^[a-z](-?[a-z0-9])+$"


class Tenant(TenantMixin):
    """A business.

    Its schema is made by provisioning alone; saving a row never makes or drops one. What it was
    before a suspension is kept in ``resumes_as``, and before it was closed in ``reopens_as``.
    ``is_closed_by_owner`` says that its owner closed it, and may open it again; else only the platform may.
    ``sms_countries`` are the countries (ISO 3166-1) whose numbers get SMS besides those of its own.
    ``is_example`` marks the business that the platform shows to visitors: it writes to nobody.
    Until ``published_at`` is set the booking page is a draft, for staff alone (`tenants.services.publishing`);
    ``profile`` and ``logo`` are a `BusinessProfile` and a `Logo` of `tenants.types`; ``version`` counts what the owner
    changed of them and of name, color, language and time zone.
    ``former_schemas`` are those whose archives it was made of, oldest first: links of theirs are known as such.
    Since ``quiet_since`` it is a copy that writes to no customer, until its owner says so (`copies.quiet`).
    ``was_quiet_since`` and ``was_quiet_until`` say from then on when it was: what was kept back stays unsaid.
    ``agreed`` says which version of each document of the platform its owner accepted last, for reading it without a
    query; None: it is a sample of the platform's own, of which nobody is asked. The proof is `TermsAcceptance`.
    ``tested_at``, ``shared_at`` and ``guide_ended_at`` are the first steps that leave no other trace.
    """

    auto_create_schema = False
    auto_drop_schema = False

    slug = models.CharField(max_length=40, unique=True)
    name = models.CharField(max_length=120)
    vertical = models.CharField(max_length=30)
    country = models.CharField(max_length=2)
    timezone = models.CharField(max_length=64)
    currency = models.CharField(max_length=3)
    locale = models.CharField(max_length=8)
    accent = models.CharField(max_length=7, default=USUAL_ACCENT)
    status = models.CharField(max_length=16, choices=TenantStatus.choices, default=TenantStatus.TRIAL)
    status_since = models.DateTimeField(null=True)
    suspension_reason = models.CharField(max_length=500, blank=True, default="", db_default="")
    resumes_as = models.CharField(max_length=16, choices=TenantStatus.choices, blank=True, default="", db_default="")
    reopens_as = models.CharField(max_length=16, choices=TenantStatus.choices, blank=True, default="", db_default="")
    is_closed_by_owner = models.BooleanField(default=False, db_default=False)
    trial_ends_at = models.DateTimeField(null=True)
    entitlements = models.JSONField(default=dict)
    sms_countries = models.JSONField(default=list, db_default=[], blank=True)
    is_example = models.BooleanField(default=False, db_default=False)
    published_at = models.DateTimeField(null=True)
    tested_at = models.DateTimeField(null=True)
    shared_at = models.DateTimeField(null=True)
    guide_ended_at = models.DateTimeField(null=True)
    profile = models.JSONField(default=dict, db_default={}, blank=True)
    logo = models.JSONField(default=dict, db_default={}, blank=True)
    version = models.PositiveIntegerField(default=1, db_default=1)
    former_schemas = models.JSONField(default=list, db_default=[], blank=True)
    quiet_since = models.DateTimeField(null=True)
    was_quiet_since = models.DateTimeField(null=True)
    was_quiet_until = models.DateTimeField(null=True)
    agreed = models.JSONField(null=True, blank=True, default=None, db_default={})
    created_at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(condition=models.Q(slug__regex=SLUG_PATTERN), name="tenants_tenant_slug_shape"),
            models.CheckConstraint(
                condition=models.Q(status__in=TenantStatus.values), name="tenants_tenant_status_known"
            ),
            models.CheckConstraint(
                condition=models.Q(was_quiet_since__isnull=True, was_quiet_until__isnull=True)
                | models.Q(quiet_since__isnull=True, was_quiet_since__lte=models.F("was_quiet_until")),
                name="tenants_tenant_quiet_or_was",
            ),
        ]

    def __str__(self) -> str:
        """Return the business's name."""
        return self.name
