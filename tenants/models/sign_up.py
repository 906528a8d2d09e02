"""Businesses that asked for a place and are not there yet."""

from __future__ import annotations

from typing import ClassVar

from django.db import models

from tenants.enums import SignUpStatus


class SignUp(models.Model):
    """What an owner typed; the password only as a hash, links only as hashes of their tokens.

    ``mails`` says how often the verification mail was asked for.
    """

    business_name = models.CharField(max_length=120)
    slug = models.CharField(max_length=40)
    vertical = models.CharField(max_length=30)
    country = models.CharField(max_length=2)
    owner_name = models.CharField(max_length=120)
    email = models.EmailField(max_length=254)
    password_hash = models.CharField(max_length=128)
    locale = models.CharField(max_length=8)
    timezone = models.CharField(max_length=64, default="", db_default="")
    phone = models.CharField(max_length=32, default="", db_default="")
    address = models.CharField(max_length=300, default="", db_default="")
    mails = models.PositiveSmallIntegerField(default=1, db_default=1)
    status = models.CharField(max_length=16, choices=SignUpStatus.choices, default=SignUpStatus.STARTED)
    failure = models.CharField(max_length=40, blank=True)
    verify_token_hash = models.CharField(max_length=64, unique=True)
    progress_token_hash = models.CharField(max_length=64, unique=True)
    entry_used_at = models.DateTimeField(null=True)
    schema_name = models.CharField(max_length=63, blank=True)
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [
            # A slug is kept for whoever verified first; those who only typed it do not block it.
            models.UniqueConstraint(
                fields=["slug"],
                condition=models.Q(status__in=["verified", "done"]),
                name="tenants_sign_up_slug_unique",
            )
        ]

    def __str__(self) -> str:
        """Return the business's name and address."""
        return f"{self.business_name} ({self.slug})"
