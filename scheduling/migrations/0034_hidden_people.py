"""People whom customers book by their own link only."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("scheduling", "0033_sole_bookings"),
    ]

    operations = [
        migrations.AddField(
            model_name="resource",
            name="is_link_only",
            field=models.BooleanField(db_default=False, default=False),
        ),
        migrations.AddConstraint(
            model_name="resource",
            constraint=models.CheckConstraint(
                condition=models.Q(("is_link_only", False), ("is_customer_choosable", False), _connector="OR"),
                name="scheduling_resource_hidden",
            ),
        ),
    ]
