"""The tables of a business as documents and sheets: what exports write and imports read, without secrets."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any

from django.apps import apps
from django.conf import settings
from django.db.models import Model

from database.connection import connection
from kernel.lines import disarm
from tenants import hooks
from tenants.errors import ImportStrange
from tenants.services.copies import tables

BATCH = 500


@dataclass(frozen=True, slots=True)
class Exported:
    """A table that is exported, and the columns of which something is."""

    label: str
    table: str
    columns: tuple[str, ...]
    key: str
    rule: hooks.ExportRule


def list_tenant_models() -> list[type[Model]]:
    """Return the models whose tables every business has, by their labels."""
    configs = [config for config in apps.get_app_configs() if config.name in settings.TENANT_APPS]
    models = [model for config in configs for model in config.get_models(include_auto_created=True)]
    return sorted(
        (model for model in models if model._meta.managed and not model._meta.proxy),  # noqa: SLF001
        key=lambda model: model._meta.label,  # noqa: SLF001
    )


def list_exported(cursor: Any, schema_name: str) -> list[Exported]:
    """Return what is exported of a schema; columns as PostgreSQL has them, but those that are computed."""
    found = tables.list_tables(cursor, schema_name)
    exported: list[Exported] = []
    for model in list_tenant_models():
        meta = model._meta  # noqa: SLF001
        rule = hooks.get_export_rule(meta.label)
        if rule.left_out or meta.db_table not in found:
            continue
        columns = tuple(column for column in found[meta.db_table] if column not in rule.without)
        exported.append(Exported(meta.label, meta.db_table, columns, str(meta.pk.column), rule))
    return exported


def read_documents(schema_name: str, each: Exported) -> Iterator[list[str]]:
    """Return the rows of a table by their keys, some hundred at a time, each as a JSON object in one line."""
    quote = connection.ops.quote_name
    columns = ", ".join(quote(column) for column in each.columns)
    sql = (
        f"SELECT row_to_json(x)::text FROM (SELECT {columns} FROM {quote(schema_name)}.{quote(each.table)} "  # noqa: S608 - quoted
        f"WHERE {each.rule.where} ORDER BY {quote(each.key)}) x"
    )
    with connection.chunked_cursor() as cursor:
        cursor.execute(sql)
        while rows := cursor.fetchmany(BATCH):
            yield [document for (document,) in rows]  # in one line each: a break in a value is written as \n


def write_documents(cursor: Any, schema_name: str, each: Exported, documents: Sequence[str]) -> None:
    """Add rows to a table of a schema; what is not exported gets what its rule says."""
    quote = connection.ops.quote_name
    known = _read_keys(documents[0]) & set(each.columns)
    columns = [column for column in each.columns if column in known]
    names = ", ".join(quote(column) for column in [*columns, *each.rule.without])
    values = ", ".join([*(f"r.{quote(column)}" for column in columns), *each.rule.without.values()])
    target = f"{quote(schema_name)}.{quote(each.table)}"
    cursor.execute(
        f"INSERT INTO {target} ({names}) SELECT {values} FROM jsonb_populate_recordset(NULL::{target}, %s::jsonb) r",  # noqa: S608
        [f"[{','.join(documents)}]"],
    )


def count_allowed(cursor: Any, schema_name: str, each: Exported) -> int:
    """Count the rows of a table that an export may have: somebody may have written others by hand."""
    quote = connection.ops.quote_name
    cursor.execute(
        f"SELECT count(*) FROM {quote(schema_name)}.{quote(each.table)} WHERE {each.rule.where}"  # noqa: S608 - quoted
    )
    (count,) = cursor.fetchone()
    return int(count)


def _read_keys(document: str) -> set[str]:
    try:
        return set(json.loads(document).keys())
    except (ValueError, AttributeError) as error:
        raise ImportStrange(what=document[:80]) from error


def write_rows(rows: Iterable[Iterable[object]]) -> bytes:
    """Return lines of a sheet (RFC 4180, UTF-8)."""
    lines = io.StringIO(newline="")
    csv.writer(lines).writerows(map(_show, row) for row in rows)
    return lines.getvalue().encode()


def _show(cell: object) -> object:
    """Return a value as people write it: documents as they are, yes and no in small letters, days as in ISO 8601."""
    if isinstance(cell, str):
        return disarm(cell)
    if isinstance(cell, bool):
        return "true" if cell else "false"
    if isinstance(cell, dict | list):
        return disarm(json.dumps(cell, ensure_ascii=False))
    if isinstance(cell, date | datetime):
        return cell.isoformat()
    if isinstance(cell, time):
        return cell.isoformat("minutes")
    return disarm(cell)
