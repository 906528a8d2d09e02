"""Write phone numbers that are stored as `kernel.identity.phones` writes them now: one person, one number.

What was accepted before was valid, so that only Mexico's 1 after +52, which libraries took until 2021, and
Argentine mobiles without their 9 differ. A location's own number may be a fixed line and stays.
"""

from __future__ import annotations

from django.db import migrations

MODERN = r"regexp_replace(regexp_replace({0}, '^\+521(\d{{10}})$', '+52\1'), '^\+54([123]\d{{9}})$', '+549\1')"
OLD = r"{0} ~ '^\+(521\d{{10}}|54[123]\d{{9}})$'"
COLUMNS = (
    ("scheduling_booking", "customer_phone"),
    ("scheduling_historicalbooking", "customer_phone"),
    ("scheduling_contact", "value"),
    ("scheduling_resource", "phone"),
)


def modernize(table: str, column: str) -> migrations.RunSQL:
    """Return an operation that rewrites one column."""
    statement = f"UPDATE {table} SET {column} = {MODERN.format(column)} WHERE {OLD.format(column)}"  # noqa: S608
    return migrations.RunSQL(statement.replace("%", "%%"), migrations.RunSQL.noop)


FORGET_TWINS = f"""
DELETE FROM scheduling_contact AS old USING scheduling_contact AS modern
WHERE {OLD.format("old.value")} AND modern.customer_id = old.customer_id AND modern.kind = old.kind
  AND modern.value = {MODERN.format("old.value")}
"""  # noqa: S608


class Migration(migrations.Migration):
    dependencies = [
        ("scheduling", "0004_proven_contact"),
    ]

    operations = [
        migrations.RunSQL(FORGET_TWINS, migrations.RunSQL.noop),
        *(modernize(table, column) for table, column in COLUMNS),
    ]
