"""Whether the customer knows how late it gets."""

from __future__ import annotations

from typing import Any

from django.db import migrations, models


def note_told(apps: Any, _schema_editor: Any) -> None:
    """Who said before that it gets late, told it, as far as anybody can say."""
    apps.get_model("scheduling", "Booking").objects.filter(late_minutes__gt=0).update(is_late_told=True)


class Migration(migrations.Migration):
    dependencies = [
        ("scheduling", "0068_asset_dues"),
    ]

    operations = [
        migrations.AddField(
            model_name="booking",
            name="is_late_told",
            field=models.BooleanField(db_default=False, default=False),
        ),
        migrations.AddField(
            model_name="historicalbooking",
            name="is_late_told",
            field=models.BooleanField(db_default=False, default=False),
        ),
        migrations.RunPython(note_told, migrations.RunPython.noop),
    ]
