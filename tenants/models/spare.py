"""Schemas made in advance, and the statements they are made of."""

from __future__ import annotations

from typing import ClassVar

from django.db import models


class SchemaTemplate(models.Model):
    """The statements that make a tenant's schema as the migrations of one state would.

    ``state`` is the hash of all applied migrations; statements name no schema.
    """

    state = models.CharField(max_length=64, unique=True)
    statements = models.TextField()
    created_at = models.DateTimeField(auto_now_add=True)

    def __str__(self) -> str:
        """Return the migration state."""
        return self.state


class SpareSchema(models.Model):
    """A schema that waits for its tenant; a name is used once."""

    schema_name = models.CharField(max_length=63, unique=True)
    state = models.CharField(max_length=64)
    is_ready = models.BooleanField(default=False)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        indexes: ClassVar = [models.Index(fields=["state", "is_ready"], name="tenants_spare_ready")]

    def __str__(self) -> str:
        """Return the schema's name."""
        return self.schema_name


class SchemaState(models.Model):
    """The ledger: which migration state a tenant's schema has."""

    schema_name = models.CharField(max_length=63, unique=True)
    state = models.CharField(max_length=64)
    migrated_at = models.DateTimeField(auto_now=True)

    def __str__(self) -> str:
        """Return the schema and its state."""
        return f"{self.schema_name} {self.state[:12]}"
