from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("tenants", "0017_backups"),
    ]

    operations = [
        migrations.AddField(
            model_name="tenant",
            name="quiet_since",
            field=models.DateTimeField(null=True),
        ),
    ]
