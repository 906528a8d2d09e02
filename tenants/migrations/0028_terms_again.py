"""Terms are accepted again when they change, also by businesses that no sign-up made (decision 71)."""

from django.db import migrations, models

# A business that a sign-up made has agreed to what that accepted; one that was made of an archive is asked anew; all
# others are the platform's own samples, and nobody is asked.
BACKFILL = """
UPDATE tenants_tenant t SET agreed = CASE
    WHEN EXISTS (SELECT FROM tenants_signup s WHERE s.schema_name = t.schema_name) THEN COALESCE(
        (SELECT jsonb_object_agg(a.document, a.version)
         FROM tenants_signup s JOIN tenants_termsacceptance a ON a.sign_up_number = s.id
         WHERE s.schema_name = t.schema_name), '{}'::jsonb)
    WHEN t.former_schemas <> '[]'::jsonb OR t.quiet_since IS NOT NULL OR t.was_quiet_since IS NOT NULL THEN '{}'::jsonb
END
"""


class Migration(migrations.Migration):
    dependencies = [("tenants", "0027_ideas_of_who_left")]

    operations = [
        migrations.AddField("tenant", "agreed", models.JSONField(blank=True, db_default={}, default=None, null=True)),
        migrations.AddField(
            "termsacceptance", "business", models.CharField(blank=True, db_default="", default="", max_length=63)
        ),
        migrations.AlterField("termsacceptance", "sign_up_number", models.BigIntegerField(null=True)),
        migrations.AddConstraint(
            "termsacceptance",
            models.CheckConstraint(
                condition=models.Q(business="", sign_up_number__isnull=False)
                | (~models.Q(business="") & models.Q(sign_up_number__isnull=True)),
                name="tenants_terms_by_one_way",
            ),
        ),
        migrations.AddConstraint(
            "termsacceptance",
            models.UniqueConstraint(
                condition=~models.Q(business=""),
                fields=["business", "document", "version"],
                name="tenants_terms_again_once",
            ),
        ),
        migrations.RunSQL(BACKFILL, migrations.RunSQL.noop),
    ]
