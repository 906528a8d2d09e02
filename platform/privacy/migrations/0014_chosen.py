from django.db import migrations, models

STEPS = [
    ("asked", "Asked"),
    ("chosen", "Customer chosen"),
    ("code_sent", "A code was sent"),
    ("identified", "Identity checked"),
    ("extended", "Deadline extended"),
    ("granted", "Agreed to"),
    ("refused", "Refused"),
    ("withdrawn", "Withdrawn"),
    ("exported", "File made"),
    ("downloaded", "File downloaded"),
    ("blocked", "Data blocked"),
    ("erased", "Data erased"),
    ("done", "Done"),
    ("warned", "Reminded of the deadline"),
]


class Migration(migrations.Migration):
    """Let choosing whose request it is be a step of its own."""

    dependencies = [
        ("privacy", "0013_retention"),
    ]

    operations = [
        migrations.RemoveConstraint(model_name="personrequeststep", name="privacy_step_known"),
        migrations.AlterField(
            model_name="personrequeststep", name="step", field=models.CharField(choices=STEPS, max_length=12)
        ),
        migrations.AddConstraint(
            model_name="personrequeststep",
            constraint=models.CheckConstraint(
                condition=models.Q(("step__in", [value for value, _ in STEPS])), name="privacy_step_known"
            ),
        ),
    ]
