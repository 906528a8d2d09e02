"""What is said of samples and tests may not be published, instead of being left out wherever it is read."""

from django.db import migrations

OPINIONS_SQL = """
UPDATE scheduling_feedback f SET may_publish = false FROM scheduling_booking b
WHERE b.id = f.booking_id AND (b.is_sample OR b.is_test) AND f.may_publish
"""


class Migration(migrations.Migration):
    dependencies = [
        ("scheduling", "0041_waitlist_forgets"),
    ]

    operations = [
        migrations.RemoveIndex(
            model_name="booking",
            name="scheduling_booking_sample",
        ),
        migrations.RunSQL(OPINIONS_SQL, migrations.RunSQL.noop),
    ]
