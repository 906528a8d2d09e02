from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = []

    operations = [
        migrations.CreateModel(
            name="PlatformBackup",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("label", models.CharField(blank=True, max_length=60)),
                ("began_at", models.DateTimeField()),
                ("stored_bytes", models.BigIntegerField(default=0)),
                ("failure", models.CharField(blank=True, max_length=300)),
            ],
            options={
                "indexes": [models.Index(fields=["-began_at"], name="recovery_backup_newest")],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("label", ""), ("failure", ""), _connector="XOR"),
                        name="recovery_backup_told",
                    )
                ],
            },
        ),
    ]
