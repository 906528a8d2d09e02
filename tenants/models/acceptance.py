"""Texts that owners of new businesses accepted: proof, so rows are only added."""

from __future__ import annotations

from typing import ClassVar

from django.db import models


class TermsAcceptance(models.Model):
    """One text that one sign-up accepted; the database refuses to change or remove a row.

    Only a mistyped e-mail is corrected, together with the sign-up's, until somebody confirms it.

    The sign-up is a number, not a key to its row: the proof outlives it.
    """

    sign_up_number = models.BigIntegerField()
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
            models.UniqueConstraint(fields=["sign_up_number", "document"], name="tenants_terms_accepted_once")
        ]

    def __str__(self) -> str:
        """Return which text it is."""
        return f"{self.document} {self.version}"
