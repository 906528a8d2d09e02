"""Customers, how to reach them, what they agreed to, and what their visits are about."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models.functions import Upper

from audit.history import keep_history
from scheduling.enums import ConsentPurpose, ContactKind


class Customer(models.Model):
    """A person (or company) that books."""

    name = models.CharField(max_length=120)
    locale = models.CharField(max_length=8, default="es")
    notes = models.TextField(blank=True, default="")
    tags = models.JSONField(default=list, blank=True)
    is_sample = models.BooleanField(default=False)
    created_at = models.DateTimeField()
    erased_at = models.DateTimeField(null=True, blank=True)

    history = keep_history()

    class Meta:
        """Searched by name."""

        indexes: ClassVar = [models.Index(Upper("name"), name="scheduling_customer_name")]

    def __str__(self) -> str:
        """Return the name."""
        return self.name


class Contact(models.Model):
    """A phone number (E.164) or e-mail (lower case); several customers may share one."""

    customer = models.ForeignKey(Customer, on_delete=models.CASCADE, related_name="contacts", db_index=False)
    kind = models.CharField(max_length=8, choices=ContactKind.choices)
    value = models.CharField(max_length=254)
    verified_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        """Once for each customer."""

        constraints: ClassVar = [
            models.UniqueConstraint(fields=["customer", "kind", "value"], name="scheduling_contact_once"),
            models.CheckConstraint(condition=models.Q(kind__in=ContactKind.values), name="scheduling_contact_kind"),
        ]
        indexes: ClassVar = [models.Index(fields=["value", "kind"], name="scheduling_contact_value")]

    def __str__(self) -> str:
        """Return the value."""
        return self.value


class Consent(models.Model):
    """One agreement: to what, with which text, when, from where; and its withdrawal."""

    customer = models.ForeignKey(Customer, on_delete=models.CASCADE, related_name="consents")
    booking = models.ForeignKey(
        "scheduling.Booking", on_delete=models.SET_NULL, null=True, blank=True, related_name="consents"
    )
    purpose = models.CharField(max_length=24, choices=ConsentPurpose.choices)
    channel = models.CharField(max_length=16, blank=True, default="")
    text_version = models.CharField(max_length=32, blank=True, default="")
    source = models.CharField(max_length=16, blank=True, default="")
    proof = models.JSONField(default=dict, blank=True)
    given_at = models.DateTimeField()
    withdrawn_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        """A consent cannot be withdrawn before it was given."""

        constraints: ClassVar = [
            models.CheckConstraint(
                condition=models.Q(withdrawn_at__isnull=True) | models.Q(withdrawn_at__gte=models.F("given_at")),
                name="scheduling_consent_withdrawal",
            ),
        ]

    def __str__(self) -> str:
        """Return the purpose."""
        return self.purpose


class Asset(models.Model):
    """What a visit is about (a vehicle, a pet); the vertical names and checks its ``data``.

    ``identifier`` is the value of the identifying field (a plate), in upper case.
    """

    owner = models.ForeignKey(Customer, on_delete=models.CASCADE, related_name="assets")
    type_key = models.CharField(max_length=32)
    label = models.CharField(max_length=160, blank=True, default="")
    identifier = models.CharField(max_length=64, blank=True, default="")
    data = models.JSONField(default=dict, blank=True)
    is_sample = models.BooleanField(default=False)
    created_at = models.DateTimeField()

    class Meta:
        """Found by its identifier."""

        indexes: ClassVar = [models.Index(fields=["identifier"], name="scheduling_asset_identifier")]

    def __str__(self) -> str:
        """Return the label."""
        return self.label
