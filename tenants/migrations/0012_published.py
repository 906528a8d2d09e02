from django.db import migrations, models


class Migration(migrations.Migration):
    """Every business that exists was open to everybody from its first day on, and stays so."""

    dependencies = [
        ("tenants", "0011_leased_pid"),
    ]

    operations = [
        migrations.AddField(
            model_name="tenant",
            name="published_at",
            field=models.DateTimeField(null=True),
        ),
        migrations.RunSQL("UPDATE tenants_tenant SET published_at = created_at", migrations.RunSQL.noop),
    ]
