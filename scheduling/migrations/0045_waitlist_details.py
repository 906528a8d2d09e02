"""Whose a place on the waitlist is, is found without reading all of them."""

import django.contrib.postgres.indexes
from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [
        ("scheduling", "0044_feeds_of_people"),
    ]

    operations = [
        migrations.AddIndex(
            model_name="waitlistentry",
            index=django.contrib.postgres.indexes.GinIndex(
                fields=["details"], name="scheduling_waitlist_details", opclasses=["jsonb_path_ops"]
            ),
        ),
    ]
