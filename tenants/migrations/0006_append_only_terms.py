"""What was accepted stays as it was: the database refuses every change, to everybody (decision 11)."""

from django.db import migrations

FUNCTION = """
CREATE FUNCTION tenants_refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'accepted terms are append-only' USING ERRCODE = 'restrict_violation';
END $$
"""
ROW_TRIGGER = """
CREATE TRIGGER tenants_terms_append_only BEFORE UPDATE OR DELETE ON tenants_termsacceptance
FOR EACH ROW EXECUTE FUNCTION tenants_refuse_change()
"""
TABLE_TRIGGER = """
CREATE TRIGGER tenants_terms_not_emptied BEFORE TRUNCATE ON tenants_termsacceptance
FOR EACH STATEMENT EXECUTE FUNCTION tenants_refuse_change()
"""
ALWAYS = "ALTER TABLE tenants_termsacceptance ENABLE ALWAYS TRIGGER {name}"
DROP = "DROP TRIGGER {name} ON tenants_termsacceptance"
NAMES = ("tenants_terms_append_only", "tenants_terms_not_emptied")


class Migration(migrations.Migration):
    """Triggers that refuse UPDATE, DELETE and TRUNCATE."""

    dependencies = [("tenants", "0005_sign_up_place")]

    operations = [
        migrations.RunSQL(
            [FUNCTION, ROW_TRIGGER, TABLE_TRIGGER, *(ALWAYS.format(name=name) for name in NAMES)],
            [*(DROP.format(name=name) for name in NAMES), "DROP FUNCTION tenants_refuse_change()"],
        )
    ]
