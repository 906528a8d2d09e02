"""Who missed a visit is found without a look at all visits."""

from django.db import migrations, models
from django.db.models import Q


class Migration(migrations.Migration):
    dependencies = [
        ("scheduling", "0048_customer_search"),
    ]

    operations = [
        migrations.AddIndex(
            model_name="booking",
            index=models.Index(
                condition=Q(("status", "no_show")), fields=["customer"], name="scheduling_booking_missed"
            ),
        ),
    ]
