"""Addresses of businesses besides the one below the platform's that they have now."""

from __future__ import annotations

from typing import ClassVar

from django.db import models

from tenants.enums import DomainState
from tenants.models.tenant import SLUG_PATTERN, Tenant


class FormerAddress(models.Model):
    """An address below the platform's that a business had before; nobody else ever gets it.

    Until ``redirects_until`` it leads to where the business is now. The row outlives the business: links in
    customers' hands would lead to a stranger.
    """

    slug = models.CharField(max_length=40, unique=True)
    tenant = models.ForeignKey(Tenant, on_delete=models.SET_NULL, null=True, related_name="former_addresses")
    left_at = models.DateTimeField()
    redirects_until = models.DateTimeField()

    class Meta:
        """An address, which leads on for some time after it was left."""

        constraints: ClassVar = [
            models.CheckConstraint(condition=models.Q(slug__regex=SLUG_PATTERN), name="tenants_former_slug_shape"),
            models.CheckConstraint(
                condition=models.Q(redirects_until__gte=models.F("left_at")), name="tenants_former_redirects"
            ),
        ]

    def __str__(self) -> str:
        """Return the address."""
        return self.slug


class OwnDomain(models.Model):
    """The domain that a business wants to answer at, and what was found out about it.

    Anybody may type any name: it answers (a row of `Domain`) only while it is verified, and only one business can
    have it verified. ``token`` has to stand in a TXT record, which only the domain's owner can write: that a name
    leads here (CNAME) proves nothing, it may have been left behind by somebody else.
    ``points_to`` is where it led at the last look, ``our_addresses`` where it should; ``answered_at`` when name
    servers last said anything about it.
    """

    tenant = models.OneToOneField(Tenant, on_delete=models.CASCADE, related_name="own_domain")
    name = models.CharField(max_length=253)
    token = models.CharField(max_length=32)
    state = models.CharField(max_length=16, choices=DomainState.choices, default=DomainState.WAITING)
    state_since = models.DateTimeField()
    asked_at = models.DateTimeField()
    checked_at = models.DateTimeField(null=True)
    answered_at = models.DateTimeField(null=True)
    has_proof = models.BooleanField(default=False)
    is_pointed = models.BooleanField(default=False)
    is_taken = models.BooleanField(default=False)
    points_to = models.CharField(max_length=300, blank=True, default="")
    our_addresses = models.CharField(max_length=300, blank=True, default="")

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["name"], condition=models.Q(state=DomainState.VERIFIED), name="tenants_own_domain_unique"
            ),
            models.CheckConstraint(
                condition=models.Q(state__in=DomainState.values), name="tenants_own_domain_state_known"
            ),
        ]
        indexes: ClassVar = [models.Index(fields=["name"], name="tenants_own_domain_name")]

    def __str__(self) -> str:
        """Return the domain."""
        return self.name
