from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("tenants", "0023_closed_by_owner"),
    ]

    operations = [
        migrations.AddField("removal", "letters", models.JSONField(blank=True, db_default={}, default=dict)),
        migrations.AddConstraint(
            "removal",
            models.CheckConstraint(
                condition=models.Q(finished_at__isnull=True) | models.Q(letters={}), name="tenants_removal_told"
            ),
        ),
    ]
