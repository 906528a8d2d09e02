from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("billing", "0013_dispute_answers"),
    ]

    operations = [
        migrations.AddField(
            model_name="refund",
            name="attempt",
            field=models.PositiveIntegerField(db_default=1, default=1),
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
                ],
                max_length=8,
            ),
        ),
        migrations.RemoveIndex(model_name="payment", name="billing_payment_newest"),
    ]
