"""A form that is sent twice makes one booking."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("scheduling", "0032_service_repeats"),
    ]

    operations = [
        migrations.AddField(
            model_name="booking",
            name="is_sole",
            field=models.BooleanField(db_default=False, default=False),
        ),
        migrations.AddConstraint(
            model_name="booking",
            constraint=models.UniqueConstraint(
                condition=models.Q(("is_active", True), ("is_sole", True)),
                fields=("customer", "service", "starts_at"),
                name="scheduling_booking_sole",
            ),
        ),
    ]
