"""Texts of the platform that owners accepted: proof, so rows are only added."""

from __future__ import annotations

from typing import ClassVar

from django.db import models


class TermsAcceptance(models.Model):
    """One text that was accepted, at a sign-up or later by an owner; the database refuses to change or remove a row.

    Only a mistyped e-mail is corrected, together with the sign-up's, until somebody confirms it.

    The sign-up is a number, not a key to its row: the proof outlives it. So does ``business``, the schema for which an
    owner accepted it later; of a sign-up that is empty.
    """

    sign_up_number = models.BigIntegerField(null=True)
    business = models.CharField(max_length=63, blank=True, default="", db_default="")
    email = models.EmailField(max_length=254)
    document = models.CharField(max_length=20)
    version = models.CharField(max_length=20)
    language = models.CharField(max_length=8)
    digest = models.CharField(max_length=64)
    sentence = models.CharField(max_length=300)
    address_block = models.CharField(max_length=64)
    accepted_at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["sign_up_number", "document"], name="tenants_terms_accepted_once"),
            models.UniqueConstraint(
                fields=["business", "document", "version"],
                condition=~models.Q(business=""),
                name="tenants_terms_again_once",
            ),
            models.CheckConstraint(
                condition=models.Q(business="", sign_up_number__isnull=False)
                | (~models.Q(business="") & models.Q(sign_up_number__isnull=True)),
                name="tenants_terms_by_one_way",
            ),
        ]

    def __str__(self) -> str:
        """Return which text it is."""
        return f"{self.document} {self.version}"
