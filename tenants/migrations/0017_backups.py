from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("tenants", "0016_former_schemas"),
    ]

    operations = [
        migrations.CreateModel(
            name="Backup",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("schema_name", models.CharField(max_length=63)),
                ("archive", models.CharField(blank=True, max_length=200)),
                ("began_at", models.DateTimeField()),
                ("verified_at", models.DateTimeField(null=True)),
                ("bytes", models.BigIntegerField(default=0)),
                ("rows", models.BigIntegerField(default=0)),
                ("files", models.IntegerField(default=0)),
                ("failure", models.CharField(blank=True, max_length=300)),
            ],
            options={
                "indexes": [models.Index(fields=["schema_name", "-began_at"], name="tenants_backup_newest")],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("verified_at__isnull", True), ("failure", ""), _connector="XOR"),
                        name="tenants_backup_told",
                    )
                ],
            },
        ),
    ]
