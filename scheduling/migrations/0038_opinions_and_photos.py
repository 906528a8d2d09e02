"""Reading what is published from an index; photos that were booked before they had an end get theirs."""

from django.conf import settings
from django.db import migrations, models

PHOTOS_SQL = """
INSERT INTO tenants_duework (schema_name, kind, row_id, due_at, attempts, is_parked, last_error)
SELECT current_schema(), 'visit_photo', photo.id, booking.ends_at + interval '730 days', 0, false, ''
FROM scheduling_visitphoto photo JOIN scheduling_booking booking ON booking.id = photo.booking_id
ON CONFLICT (schema_name, kind, row_id) DO NOTHING
"""


class Migration(migrations.Migration):
    dependencies = [
        ("scheduling", "0037_hiding_log"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.RemoveIndex(
            model_name="feedback",
            name="scheduling_feedback_public",
        ),
        migrations.AddIndex(
            model_name="booking",
            index=models.Index(
                condition=models.Q(("is_sample", True)), fields=["id"], name="scheduling_booking_sample"
            ),
        ),
        migrations.AddIndex(
            model_name="feedback",
            index=models.Index(
                models.ExpressionWrapper(models.Q(("comment", "")), output_field=models.BooleanField()),
                models.OrderBy(models.F("created_at"), descending=True),
                models.OrderBy(models.F("id"), descending=True),
                condition=models.Q(("hidden_at__isnull", True), ("may_publish", True)),
                include=("score", "booking"),
                name="scheduling_feedback_public",
            ),
        ),
        migrations.RunSQL(PHOTOS_SQL, migrations.RunSQL.noop),
    ]
