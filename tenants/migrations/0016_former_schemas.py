from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("tenants", "0015_own_addresses"),
    ]

    operations = [
        migrations.AddField(
            model_name="tenant",
            name="former_schemas",
            field=models.JSONField(blank=True, db_default=[], default=list),
        ),
    ]
