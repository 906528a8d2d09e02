"""What goes back of a visit that became smaller; since when the card provider does not answer."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("billing", "0015_when_silent"),
    ]

    operations = [
        migrations.RemoveConstraint(
            model_name="refund",
            name="billing_refund_cause",
        ),
        migrations.AddField(
            model_name="payment",
            name="silent_since",
            field=models.DateTimeField(blank=True, null=True),
        ),
        migrations.AlterField(
            model_name="refund",
            name="cause",
            field=models.CharField(
                choices=[
                    ("policy", "By the policy agreed"),
                    ("business", "The business called it off"),
                    ("late", "Paid too late, or twice"),
                    ("kinder", "More than the policy says"),
                    ("provider", "Sent at the card provider"),
                    ("changed", "The visit became smaller"),
                ],
                max_length=8,
            ),
        ),
        migrations.AddConstraint(
            model_name="refund",
            constraint=models.CheckConstraint(
                condition=models.Q(("cause__in", ["policy", "business", "late", "kinder", "provider", "changed"])),
                name="billing_refund_cause",
            ),
        ),
    ]
