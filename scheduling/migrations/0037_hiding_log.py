from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("scheduling", "0036_waitlist_offers"),
    ]

    operations = [
        migrations.AddField(
            model_name="feedback",
            name="hiding_log",
            field=models.JSONField(blank=True, db_default=models.Value([], models.JSONField()), default=list),
        ),
    ]
