"""What becomes of visits while the card provider does not answer."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("billing", "0014_attempts_of_refunds"),
    ]

    operations = [
        migrations.AddField(
            model_name="paymentaccount",
            name="books_when_silent",
            field=models.BooleanField(db_default=False, default=False),
        ),
    ]
