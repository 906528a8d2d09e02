from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("billing", "0017_what_stays"),
    ]

    operations = [
        migrations.RemoveConstraint(
            model_name="payout",
            name="billing_payout_state",
        ),
        migrations.AddField(
            model_name="paymentaccount",
            name="payouts_asked_at",
            field=models.DateTimeField(blank=True, null=True),
        ),
        migrations.AlterField(
            model_name="payout",
            name="state",
            field=models.CharField(
                choices=[
                    ("on_its_way", "On its way to the bank"),
                    ("arrived", "Sent to the bank"),
                    ("failed", "Sent back by the bank"),
                    ("canceled", "Canceled, nothing was sent"),
                ],
                max_length=10,
            ),
        ),
        migrations.AddConstraint(
            model_name="payout",
            constraint=models.CheckConstraint(
                condition=models.Q(("state__in", ["on_its_way", "arrived", "failed", "canceled"])),
                name="billing_payout_state",
            ),
        ),
    ]
