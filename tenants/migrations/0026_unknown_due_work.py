from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("tenants", "0025_ideas"),
    ]

    operations = [
        migrations.AddField(
            model_name="duework",
            name="unknown_since",
            field=models.DateTimeField(null=True),
        ),
    ]
