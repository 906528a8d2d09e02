import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("scheduling", "0034_hidden_people"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddField("feedback", "answer", models.TextField(blank=True, db_default="", default="")),
        migrations.AddField("feedback", "answered_at", models.DateTimeField(blank=True, null=True)),
        migrations.AddField(
            "feedback",
            "answered_by",
            models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField("feedback", "hidden_at", models.DateTimeField(blank=True, null=True)),
        migrations.AddField(
            "feedback",
            "hidden_reason",
            models.CharField(blank=True, db_default="", default="", max_length=300),
        ),
        migrations.AddConstraint(
            "feedback",
            models.CheckConstraint(
                condition=models.Q(("answer", ""), ("answered_at__isnull", True))
                | models.Q(models.Q(("answer", ""), _negated=True), ("answered_at__isnull", False)),
                name="scheduling_feedback_answered",
            ),
        ),
        migrations.AddConstraint(
            "feedback",
            models.CheckConstraint(
                condition=models.Q(("hidden_at__isnull", True), ("hidden_reason", ""))
                | models.Q(models.Q(("hidden_reason", ""), _negated=True), ("hidden_at__isnull", False)),
                name="scheduling_feedback_hidden",
            ),
        ),
        migrations.AddIndex(
            "feedback",
            models.Index(
                condition=models.Q(("hidden_at__isnull", True), ("may_publish", True)),
                fields=["-created_at", "-id"],
                name="scheduling_feedback_public",
            ),
        ),
        migrations.AddIndex("feedback", models.Index(fields=["-created_at", "-id"], name="scheduling_feedback_newest")),
        migrations.CreateModel(
            name="ConversationLine",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "author",
                    models.CharField(
                        choices=[("customer", "Customer"), ("staff", "Staff"), ("system", "System")], max_length=8
                    ),
                ),
                ("text", models.TextField()),
                ("written_at", models.DateTimeField()),
                ("settled_at", models.DateTimeField(blank=True, null=True)),
                (
                    "booking",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="conversation",
                        to="scheduling.booking",
                    ),
                ),
                (
                    "user",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "indexes": [
                    models.Index(fields=["booking", "written_at"], name="scheduling_conversation_order"),
                    models.Index(
                        condition=models.Q(("settled_at__isnull", True)),
                        fields=["written_at", "id"],
                        name="scheduling_conversation_wait",
                    ),
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("author__in", ("customer", "staff"))),
                        name="scheduling_conversation_author",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("text", ""), _negated=True), name="scheduling_conversation_text"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("author", "staff"), ("user__isnull", True), _connector="OR"),
                        name="scheduling_conversation_user",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("author", "customer"), ("settled_at__isnull", True)),
                            ("settled_at__gte", models.F("written_at")),
                            _connector="OR",
                        ),
                        name="scheduling_conversation_settled",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="DataRequest",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "kind",
                    models.CharField(
                        choices=[("correction", "Correct something"), ("erasure", "Erase what is kept about me")],
                        max_length=12,
                    ),
                ),
                ("text", models.TextField(blank=True, default="")),
                ("asked_at", models.DateTimeField()),
                ("done_at", models.DateTimeField(blank=True, null=True)),
                ("answer", models.TextField(blank=True, default="")),
                (
                    "booking",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="data_requests",
                        to="scheduling.booking",
                    ),
                ),
                (
                    "done_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "indexes": [
                    models.Index(
                        condition=models.Q(("done_at__isnull", True)),
                        fields=["asked_at", "id"],
                        name="scheduling_data_request_wait",
                    ),
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("kind__in", ["correction", "erasure"])),
                        name="scheduling_data_request_kind",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("done_at__isnull", False),
                            models.Q(("answer", ""), ("done_by__isnull", True)),
                            _connector="OR",
                        ),
                        name="scheduling_data_request_done",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("done_at__isnull", True)),
                        fields=("booking", "kind"),
                        name="scheduling_data_request_once",
                    ),
                ],
            },
        ),
    ]
