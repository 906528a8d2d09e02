"""What customers left with the business by making their visits smaller."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("billing", "0016_smaller_visits"),
    ]

    operations = [
        migrations.AddField(
            model_name="payment",
            name="stays_minor",
            field=models.BigIntegerField(db_default=0, default=0),
        ),
        migrations.AddConstraint(
            model_name="payment",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("stays_minor", 0),
                    models.Q(
                        ("state", "received"),
                        ("stays_minor__gte", 0),
                        ("stays_minor__lte", models.F("amount_minor")),
                    ),
                    _connector="OR",
                ),
                name="billing_payment_stays",
            ),
        ),
    ]
