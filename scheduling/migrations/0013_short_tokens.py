"""Links become short; what is stored of them follows, and the long ones of before go on working (`hash_link_token`)."""

from __future__ import annotations

import hashlib
import hmac
from typing import Any

from django.conf import settings
from django.db import migrations

from kernel.ids import hash_token, make_link_token

BATCH = 1000


def shorten(apps: Any, schema_editor: Any) -> None:
    """Store the hash of each booking's short token instead of its long one's."""
    booking_model = apps.get_model("scheduling", "Booking")
    schema_name = schema_editor.connection.schema_name
    key = b"scheduling.manage:" + settings.SECRET_KEY.encode()
    batch = []
    for booking in booking_model.objects.only("pk", "ics_uid", "token_version").iterator(BATCH):
        message = f"{schema_name}:{booking.ics_uid}:{booking.token_version}"
        booking.token_hash = hash_token(make_link_token(hmac.digest(key, message.encode(), hashlib.sha256)))
        batch.append(booking)
        if len(batch) == BATCH:
            booking_model.objects.bulk_update(batch, ["token_hash"])
            batch = []
    booking_model.objects.bulk_update(batch, ["token_hash"])


class Migration(migrations.Migration):
    """Rows of bookings only; no table changes."""

    dependencies = [
        ("scheduling", "0012_same_people"),
    ]

    operations = [
        migrations.RunPython(shorten, migrations.RunPython.noop),
    ]
