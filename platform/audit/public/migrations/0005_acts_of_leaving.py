from django.db import migrations, models

ACTIONS = [
    ("activate", "Marked as paid"),
    ("mark_past_due", "Marked as overdue"),
    ("restrict", "Made read-only"),
    ("suspend", "Suspended"),
    ("resume", "Suspension lifted"),
    ("close", "Closed"),
    ("reopen", "Reopened"),
    ("restore", "Restored from an archive"),
    ("import", "Imported"),
    ("speak", "The copy writes to customers"),
    ("take", "Its owner took all data along"),
    ("remove", "Removed"),
    ("reset_second_step", "Second step removed"),
]


class Migration(migrations.Migration):
    dependencies = [
        ("audit_public", "0004_data_taken"),
    ]

    operations = [
        migrations.RemoveConstraint(model_name="platformentry", name="audit_platform_entry_action_known"),
        migrations.AlterField(
            model_name="platformentry",
            name="action",
            field=models.CharField(choices=ACTIONS, max_length=24),
        ),
        migrations.AddConstraint(
            model_name="platformentry",
            constraint=models.CheckConstraint(
                condition=models.Q(("action__in", [action for action, _ in ACTIONS])),
                name="audit_platform_entry_action_known",
            ),
        ),
    ]
