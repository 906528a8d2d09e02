from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("tenants", "0022_copies_by_constraint"),
    ]

    operations = [
        migrations.AddField("tenant", "is_closed_by_owner", models.BooleanField(default=False, db_default=False)),
    ]
