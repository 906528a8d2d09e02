"""Schemas made in advance, so that a new business need not wait."""

from __future__ import annotations

import secrets

from django.conf import settings
from django.db import transaction

from database.connection import connection
from tenants.models import SchemaTemplate, SpareSchema
from tenants.services.templates import ensure_template


def name_schema(tenant_id: int, slug: str) -> str:
    """Return the name of a new business's schema: its number makes it new, also where the slug was used before."""
    return f"t{tenant_id}_{slug.replace('-', '_')}"


def refill_spares() -> int:
    """Make spare schemas until there are ``settings.SPARE_SCHEMAS``; return how many were made.

    Spares of an older migration state are dropped, not migrated.
    """
    template = ensure_template()
    for stale in SpareSchema.objects.exclude(state=template.state):
        drop_spare(stale.schema_name)
    missing = settings.SPARE_SCHEMAS - SpareSchema.objects.filter(state=template.state, is_ready=True).count()
    for _ in range(missing):
        make_spare(template)
    return max(missing, 0)


def make_spare(template: SchemaTemplate) -> SpareSchema:
    """Make one schema from the template, in one transaction and one round trip; its name is never used again."""
    name = f"spare_{secrets.token_hex(8)}"
    with transaction.atomic():
        spare = SpareSchema.objects.create(schema_name=name, state=template.state, is_ready=True)
        with connection.cursor() as cursor:
            cursor.execute(
                f'CREATE SCHEMA "{name}"; SET LOCAL search_path = "{name}", public;\n'
                f"{template.statements};\n"
                "SET LOCAL search_path = public"
            )
    return spare


def claim_spare(template: SchemaTemplate, schema_name: str) -> None:
    """Give a ready spare the name ``schema_name``; make one when none is ready.

    Belongs in the caller's transaction. Two callers never get the same one, and neither waits.
    """
    spare = (
        SpareSchema.objects.select_for_update(skip_locked=True)
        .filter(state=template.state, is_ready=True)
        .order_by("pk")
        .first()
    ) or make_spare(template)
    with connection.cursor() as cursor:
        quote = connection.ops.quote_name
        cursor.execute(f"ALTER SCHEMA {quote(spare.schema_name)} RENAME TO {quote(schema_name)}")
    spare.delete()


def drop_spare(schema_name: str) -> None:
    """Drop a spare that nobody will use; one that is being claimed right now is left alone."""
    with transaction.atomic():
        spare = SpareSchema.objects.select_for_update(skip_locked=True).filter(schema_name=schema_name).first()
        if spare is None:
            return
        with connection.cursor() as cursor:
            cursor.execute(f"DROP SCHEMA IF EXISTS {connection.ops.quote_name(schema_name)} CASCADE")
        spare.delete()
