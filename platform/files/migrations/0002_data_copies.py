import uuid

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("files", "0001_initial"),
    ]

    operations = [
        migrations.CreateModel(
            name="DataCopy",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("key", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                (
                    "kind",
                    models.CharField(
                        choices=[("export", "Everything as tables and files"), ("archive", "Backup")], max_length=8
                    ),
                ),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("asked", "Waiting its turn"),
                            ("working", "Being made"),
                            ("ready", "Ready"),
                            ("failed", "Not made"),
                            ("gone", "No longer kept"),
                        ],
                        default="asked",
                        max_length=8,
                    ),
                ),
                (
                    "failure",
                    models.CharField(
                        blank=True,
                        choices=[
                            (
                                "full",
                                "There was no room for it on our disk. Nothing of it is left; ask for it again later.",
                            ),
                            (
                                "away",
                                "The place where files lie did not answer. Ask for it again in some minutes.",
                            ),
                            (
                                "stopped",
                                "It was stopped several times before all of it was there. Ask for it again later.",
                            ),
                            (
                                "trouble",
                                "It did not turn out right, and what does not is given to nobody. Please tell support.",
                            ),
                        ],
                        default="",
                        max_length=8,
                    ),
                ),
                ("asked_by_id", models.BigIntegerField()),
                ("asked_at", models.DateTimeField()),
                ("ready_at", models.DateTimeField(null=True)),
                ("ends_at", models.DateTimeField(null=True)),
                ("taken_at", models.DateTimeField(null=True)),
                ("name", models.CharField(blank=True, default="", max_length=120)),
                ("bytes", models.BigIntegerField(default=0)),
                ("sha256", models.CharField(blank=True, default="", max_length=64)),
                ("tries", models.PositiveSmallIntegerField(default=0)),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("kind__in", ["export", "archive"])), name="files_copy_kind_known"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("state__in", ["asked", "working", "ready", "failed", "gone"])),
                        name="files_copy_state_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("state", "failed"), ("failure", ""), _connector="XOR"),
                        name="files_copy_failure_said",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("state", "ready"), _negated=True),
                            models.Q(("ends_at__isnull", False), ("ready_at__isnull", False)),
                            _connector="OR",
                        ),
                        name="files_copy_ends",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("state__in", ("asked", "working"))),
                        fields=("kind",),
                        name="files_copy_one_at_work",
                    ),
                ],
            },
        ),
    ]
