"""One place in a booking means one; groups for which nothing was set get what that meant: all of their places.

As a number, not as NULL: processes of before this migration read it as well.
"""

from django.db import migrations, models

SAY_SQL = "UPDATE scheduling_service SET max_party_size = seats WHERE max_party_size = 1 AND seats IS NOT NULL"
FILL_SQL = "UPDATE scheduling_service SET max_party_size = coalesce(seats, 1) WHERE max_party_size IS NULL"


class Migration(migrations.Migration):
    dependencies = [
        ("scheduling", "0039_former_waitlist_links"),
    ]

    operations = [
        migrations.AlterField(
            model_name="service",
            name="max_party_size",
            field=models.PositiveIntegerField(blank=True, null=True),
        ),
        migrations.RunSQL(SAY_SQL, FILL_SQL),
    ]
