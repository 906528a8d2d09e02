"""The platform's log takes rows and gives none back: the database refuses every change, to everybody.

The public schema may have a trigger (a tenant's may not: a distributed PostgreSQL refuses it there).
``ENABLE ALWAYS`` lets it fire in replica sessions too, which skip ordinary triggers.
"""

from django.db import migrations

FUNCTION = """
CREATE FUNCTION audit_refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'the log of the platform is append-only' USING ERRCODE = 'restrict_violation';
END $$
"""
ROW_TRIGGER = """
CREATE TRIGGER audit_platform_entry_append_only BEFORE UPDATE OR DELETE ON audit_public_platformentry
FOR EACH ROW EXECUTE FUNCTION audit_refuse_change()
"""
TABLE_TRIGGER = """
CREATE TRIGGER audit_platform_entry_not_emptied BEFORE TRUNCATE ON audit_public_platformentry
FOR EACH STATEMENT EXECUTE FUNCTION audit_refuse_change()
"""
ALWAYS = "ALTER TABLE audit_public_platformentry ENABLE ALWAYS TRIGGER {name}"
DROP = "DROP TRIGGER {name} ON audit_public_platformentry"
NAMES = ("audit_platform_entry_append_only", "audit_platform_entry_not_emptied")


class Migration(migrations.Migration):
    """Triggers that refuse UPDATE, DELETE and TRUNCATE."""

    dependencies = [("audit_public", "0001_initial")]

    operations = [
        migrations.RunSQL(
            [FUNCTION, ROW_TRIGGER, TABLE_TRIGGER, *(ALWAYS.format(name=name) for name in NAMES)],
            [*(DROP.format(name=name) for name in NAMES), "DROP FUNCTION audit_refuse_change()"],
        )
    ]
