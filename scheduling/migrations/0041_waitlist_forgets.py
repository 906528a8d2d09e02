"""What was typed for entries of the waitlist that have ended already is removed in time, too."""

from django.db import migrations

FORGET_SQL = """
INSERT INTO tenants_duework (schema_name, kind, row_id, due_at, attempts, is_parked, last_error)
SELECT current_schema(), 'waitlist_forget', entry.id, entry.ended_at + interval '90 days', 0, false, ''
FROM scheduling_waitlistentry entry WHERE entry.ended_at IS NOT NULL
ON CONFLICT (schema_name, kind, row_id) DO NOTHING
"""


class Migration(migrations.Migration):
    dependencies = [
        ("scheduling", "0040_one_place_each"),
    ]

    operations = [
        migrations.RunSQL(FORGET_SQL, migrations.RunSQL.noop),
    ]
