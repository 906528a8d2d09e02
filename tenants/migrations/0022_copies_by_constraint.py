from django.db import migrations, models
from django.db.models import F, Q


class Migration(migrations.Migration):
    dependencies = [
        ("tenants", "0021_request_of_due_work"),
    ]

    operations = [
        migrations.AddField("tenant", "was_quiet_since", models.DateTimeField(null=True)),
        migrations.AddField("tenant", "was_quiet_until", models.DateTimeField(null=True)),
        migrations.AddConstraint(
            "tenant",
            models.CheckConstraint(
                condition=Q(was_quiet_since__isnull=True, was_quiet_until__isnull=True)
                | Q(quiet_since__isnull=True, was_quiet_since__lte=F("was_quiet_until")),
                name="tenants_tenant_quiet_or_was",
            ),
        ),
        migrations.AddConstraint(
            "backup",
            models.CheckConstraint(condition=Q(archive="") ^ Q(failure=""), name="tenants_backup_kept_or_failed"),
        ),
        migrations.AddConstraint(
            "backup",
            models.CheckConstraint(condition=Q(bytes__gte=0, rows__gte=0, files__gte=0), name="tenants_backup_counted"),
        ),
        migrations.AddConstraint(
            "backup", models.CheckConstraint(condition=~Q(schema_name=""), name="tenants_backup_whose")
        ),
        migrations.AddConstraint(
            "backup",
            models.UniqueConstraint(
                fields=["schema_name", "archive"], condition=~Q(archive=""), name="tenants_backup_once"
            ),
        ),
        migrations.AddConstraint(
            "formeraddress",
            models.CheckConstraint(condition=Q(slug__regex=r"^[a-z](-?[a-z0-9])+$"), name="tenants_former_slug_shape"),
        ),
        migrations.AddConstraint(
            "formeraddress",
            models.CheckConstraint(condition=Q(redirects_until__gte=F("left_at")), name="tenants_former_redirects"),
        ),
    ]
