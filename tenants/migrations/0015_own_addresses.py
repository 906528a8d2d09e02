import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("tenants", "0014_business_profile"),
    ]

    operations = [
        migrations.CreateModel(
            name="FormerAddress",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("slug", models.CharField(max_length=40, unique=True)),
                ("left_at", models.DateTimeField()),
                ("redirects_until", models.DateTimeField()),
                (
                    "tenant",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="former_addresses",
                        to="tenants.tenant",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="OwnDomain",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("name", models.CharField(max_length=253)),
                ("token", models.CharField(max_length=32)),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("waiting", "Waiting for the change"),
                            ("verified", "Verified"),
                            ("fallen", "No longer leads here"),
                        ],
                        default="waiting",
                        max_length=16,
                    ),
                ),
                ("state_since", models.DateTimeField()),
                ("asked_at", models.DateTimeField()),
                ("checked_at", models.DateTimeField(null=True)),
                ("answered_at", models.DateTimeField(null=True)),
                ("has_proof", models.BooleanField(default=False)),
                ("is_pointed", models.BooleanField(default=False)),
                ("is_taken", models.BooleanField(default=False)),
                ("points_to", models.CharField(blank=True, default="", max_length=300)),
                ("our_addresses", models.CharField(blank=True, default="", max_length=300)),
                (
                    "tenant",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE, related_name="own_domain", to="tenants.tenant"
                    ),
                ),
            ],
            options={
                "indexes": [models.Index(fields=["name"], name="tenants_own_domain_name")],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("state", "verified")),
                        fields=("name",),
                        name="tenants_own_domain_unique",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("state__in", ["waiting", "verified", "fallen"])),
                        name="tenants_own_domain_state_known",
                    ),
                ],
            },
        ),
    ]
