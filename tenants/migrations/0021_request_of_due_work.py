from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("tenants", "0020_removals"),
    ]

    operations = [
        migrations.AddField(
            model_name="duework",
            name="request_id",
            field=models.CharField(blank=True, db_default="", default="", max_length=36),
        ),
        migrations.AddIndex(
            model_name="duework",
            index=models.Index(
                condition=models.Q(("is_parked", True)), fields=["kind"], name="tenants_due_work_parked"
            ),
        ),
    ]
