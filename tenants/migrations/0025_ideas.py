from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("tenants", "0024_letters_of_removals"),
    ]

    operations = [
        migrations.CreateModel(
            name="Idea",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("schema_name", models.CharField(max_length=63)),
                ("user_id", models.BigIntegerField()),
                ("text", models.TextField()),
                ("page", models.CharField(blank=True, default="", max_length=200)),
                ("written_at", models.DateTimeField()),
                ("read_at", models.DateTimeField(blank=True, null=True)),
            ],
            options={
                "indexes": [
                    models.Index(fields=["schema_name", "written_at"], name="tenants_idea_schema"),
                    models.Index(
                        condition=models.Q(("read_at__isnull", True)),
                        fields=["-written_at", "-id"],
                        name="tenants_idea_unread",
                    ),
                ],
                "constraints": [
                    models.CheckConstraint(condition=models.Q(("text", ""), _negated=True), name="tenants_idea_text"),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("read_at__isnull", True), ("read_at__gte", models.F("written_at")), _connector="OR"
                        ),
                        name="tenants_idea_read",
                    ),
                ],
            },
        ),
    ]
