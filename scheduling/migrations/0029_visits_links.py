"""Links to one's own visits, and bookings found by the contact that gets their messages."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("scheduling", "0028_former_links"),
    ]

    operations = [
        migrations.CreateModel(
            name="VisitsLink",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("kind", models.CharField(choices=[("phone", "Phone"), ("email", "E-mail")], max_length=8)),
                ("contact", models.CharField(max_length=254)),
                ("locale", models.CharField(blank=True, default="", max_length=8)),
                ("token_hash", models.CharField(blank=True, default="", max_length=64)),
                ("created_at", models.DateTimeField()),
                ("told_at", models.DateTimeField(blank=True, null=True)),
                ("expires_at", models.DateTimeField()),
            ],
            options={
                "indexes": [models.Index(fields=["expires_at"], name="scheduling_visits_link_end")],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("token_hash", ""), _negated=True),
                        fields=("token_hash",),
                        name="scheduling_visits_link_hash",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("token_hash", ""), ("told_at__isnull", False), _connector="OR"),
                        name="scheduling_visits_link_told",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("expires_at__gt", models.F("created_at"))),
                        name="scheduling_visits_link_ends",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("kind__in", ["phone", "email"])), name="scheduling_visits_link_kind"
                    ),
                ],
            },
        ),
        migrations.AddIndex(
            model_name="booking",
            index=models.Index(
                condition=models.Q(("customer_email", ""), _negated=True),
                fields=["customer_email", "starts_at"],
                name="scheduling_booking_email",
            ),
        ),
        migrations.AddIndex(
            model_name="booking",
            index=models.Index(
                condition=models.Q(("customer_phone", ""), _negated=True),
                fields=["customer_phone", "starts_at"],
                name="scheduling_booking_phone",
            ),
        ),
    ]
