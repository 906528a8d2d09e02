"""What a business has in tables of the whole platform: its own row, its hosts, and rows that name its schema.

A table of the platform with a column ``schema_name`` is copied, unless its room says why not
(`tenants.hooks.register_left_behind`).
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from typing import Any

from django.apps import apps
from django.conf import settings
from django.db.models import Model

from database.connection import connection
from tenants import hooks
from tenants.models import Domain, DueWork, Tenant
from tenants.services.addresses.answering import CHECK_KIND

SCHEMA = "schema_name"
VOLATILE: Mapping[str, tuple[str, ...]] = {DueWork._meta.label: ("leased_until", "leased_pid")}  # noqa: SLF001
"""Columns that say what a worker is doing just now."""

ELSEWHERE: Mapping[str, str] = {DueWork._meta.label: f"AND t.kind <> '{CHECK_KIND}'"}  # noqa: SLF001
"""Rows that are about a row of the platform's which has another number afterwards."""

LEFT_BEHIND: Mapping[str, str] = {
    "tenants.Backup": "says where the platform keeps the archives of a schema; those of another one are its own",
    "tenants.FormerAddress": "leads to the business that left it, and nobody else ever gets it",
    "tenants.Idea": "was told to the platform by the business, and not by any copy of it",
    "tenants.LimitCount": "keyed hashes that end with their window; a restored business begins with full budgets",
    "tenants.OwnDomain": "asked for anew, with its proof (tenants.services.copies.hosts)",
    "tenants.Removal": "the proof that a business was removed, which is no business's own",
    "tenants.SchemaState": "says what a schema has had; written anew for the schema that is made",
    "tenants.SchemaTemplate": "the platform's own: how schemas are made",
    "tenants.SignUp": "how a business came to be, before it was one; kept by the platform with what was agreed",
    "tenants.SpareSchema": "the platform's own: schemas that nobody has",
    "tenants.TermsAcceptance": "proof of what was agreed with the platform: it outlives the business and any copy",
    "tenants.Tombstone": "holds for every archive of its schema, and lies beside them as well",
    "tenants.Workplace": "made anew from the people of the business (accounts.services.restoring)",
    "tenants.WorkplaceRequest": "somebody's question to the platform, for seconds",
}
"""Tables of this room that are in no copy, and why."""

OUTLIVING: Mapping[str, str] = {
    "tenants.Removal": "the proof that the business was removed",
    "tenants.Tombstone": "whoever has an archive of before brings nobody back",
}
"""Tables of this room that name a schema, and whose rows stay when the business is removed, and why."""

ROWS_SQL = (
    "SELECT (to_jsonb(t) - %s::text[])::text FROM public.{table} t WHERE t.schema_name = %s {but} ORDER BY t.{key}"
)
INSERT_SQL = """
INSERT INTO public.{table} ({columns}, schema_name)
SELECT {values}, %s FROM jsonb_populate_record(NULL::public.{table}, %s::jsonb) r
"""
TENANT_SQL = "SELECT (to_jsonb(t) - '{id,schema_name,slug}'::text[])::text FROM public.tenants_tenant t WHERE t.id = %s"
NEW_TENANT_SQL = """
INSERT INTO public.tenants_tenant ({columns}, id, schema_name, slug)
SELECT {values}, %s, %s, %s FROM jsonb_populate_record(NULL::public.tenants_tenant, %s::jsonb) r
"""


def list_public_models() -> list[type[Model]]:
    """Return the tables that exist once for the platform, and in no tenant's schema."""
    tenant = set(settings.TENANT_APPS)
    public = [config for config in apps.get_app_configs() if config.name in settings.SHARED_APPS]
    return [
        model
        for config in public
        if config.name not in tenant
        for model in config.get_models(include_auto_created=True)
    ]


def list_shared_models() -> list[type[Model]]:
    """Return the tables of the platform whose rows belong to a business and travel with it."""
    left = hooks.list_left_behind()
    return [
        model
        for model in list_public_models()
        if model not in (Tenant, Domain) and model._meta.label not in left and has_schema(model)  # noqa: SLF001
    ]


def read_shared(cursor: Any, model: type[Model], schema_name: str) -> list[str]:
    """Return the rows of a business in a table of the platform, each as a document without number and schema."""
    meta = model._meta  # noqa: SLF001
    key = str(meta.pk.column)
    without = [key, SCHEMA, *VOLATILE.get(meta.label, ())]
    sql = ROWS_SQL.format(table=_quote(model), key=connection.ops.quote_name(key), but=ELSEWHERE.get(meta.label, ""))
    cursor.execute(sql, [without, schema_name])
    return [row for (row,) in cursor.fetchall()]


def digest_rows(rows: Sequence[str]) -> tuple[int, str]:
    """Return how many rows there are, and a sum that differs when one of them does."""
    return len(rows), hashlib.sha256("\n".join(rows).encode()).hexdigest()


def write_shared(cursor: Any, model: type[Model], schema_name: str, rows: Sequence[str]) -> None:
    """Give a business its rows in a table of the platform; a column that is no more is left out."""
    for row in rows:
        columns = _list_known(model, row)
        cursor.execute(_fill(INSERT_SQL, columns, table=_quote(model)), [schema_name, row])


def read_tenant(cursor: Any, tenant_id: int) -> dict[str, Any]:
    """Return the row of a business, without number, schema and address."""
    cursor.execute(TENANT_SQL, [tenant_id])
    row: dict[str, Any] = json.loads(cursor.fetchone()[0])
    return row


def write_tenant(cursor: Any, row: Mapping[str, Any], *, tenant_id: int, schema_name: str, slug: str) -> None:
    """Make the row of a business anew, under another number, schema and address."""
    text = json.dumps(row)
    sql = _fill(NEW_TENANT_SQL, _list_known(Tenant, text))
    cursor.execute(sql, [tenant_id, schema_name, slug, text])


def reserve_tenant_id(cursor: Any) -> int:
    """Take a number that no business has had."""
    cursor.execute("SELECT nextval(pg_get_serial_sequence('public.tenants_tenant', 'id'))")
    (number,) = cursor.fetchone()
    return int(number)


def has_schema(model: type[Model]) -> bool:
    """Tell whether the rows of a table of the platform name a schema."""
    return any(field.column == SCHEMA for field in model._meta.concrete_fields)  # noqa: SLF001


def _list_known(model: type[Model], row: str) -> list[str]:
    known = {field.column for field in model._meta.concrete_fields}  # noqa: SLF001
    return [column for column in json.loads(row) if column in known]


def _fill(sql: str, columns: Sequence[str], **names: str) -> str:
    quoted = [connection.ops.quote_name(column) for column in columns]
    return sql.format(columns=", ".join(quoted), values=", ".join(f"r.{column}" for column in quoted), **names)


def _quote(model: type[Model]) -> str:
    return str(connection.ops.quote_name(model._meta.db_table))  # noqa: SLF001
