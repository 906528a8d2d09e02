"""A table of what bookings are found by, filled for those who are there already."""

from __future__ import annotations

from typing import Any

import django.contrib.postgres.fields
import django.contrib.postgres.indexes
import django.db.models.deletion
from django.db import migrations, models

from kernel.identity.search import Findable, list_keys
from verticals.registry import list_verticals

BATCH = 1000
FIELDS = (
    "id",
    "starts_at",
    "reference",
    "customer_name",
    "customer_phone",
    "customer_email",
    "asset_label",
    "asset_data",
)


def fill(apps: Any, schema_editor: Any) -> None:
    """Write the keys of every booking that has somebody."""
    bookings, found = (apps.get_model("scheduling", name) for name in ("Booking", "BookingSearch"))
    marks = {each.key for pack in list_verticals() if pack.asset for each in pack.asset.fields if each.is_identifier}
    last = 0
    while batch := list(bookings.objects.filter(pk__gt=last).order_by("pk").only(*FIELDS)[:BATCH]):
        found.objects.bulk_create(
            found(booking_id=each.pk, starts_at=each.starts_at, keys=list_keys(_describe(each, marks)))
            for each in batch
            if each.customer_name or each.customer_phone or each.customer_email or each.asset_label
        )
        last = batch[-1].pk
    # The index comes after, in this transaction.
    schema_editor.execute("SET CONSTRAINTS ALL IMMEDIATE")


def _describe(booking: Any, marks: set[str]) -> Findable:
    return Findable(
        texts=tuple(filter(None, (booking.customer_name, booking.asset_label))),
        marks=tuple(str(value) for key, value in booking.asset_data.items() if key in marks and value),
        email=booking.customer_email,
        phone=booking.customer_phone,
        reference=booking.reference,
    )


class Migration(migrations.Migration):
    dependencies = [
        ("scheduling", "0009_agreed_times"),
    ]

    operations = [
        migrations.CreateModel(
            name="BookingSearch",
            fields=[
                (
                    "booking",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        primary_key=True,
                        related_name="search",
                        serialize=False,
                        to="scheduling.booking",
                    ),
                ),
                ("starts_at", models.DateTimeField()),
                ("keys", django.contrib.postgres.fields.ArrayField(base_field=models.IntegerField(), size=None)),
            ],
        ),
        migrations.RunPython(fill, migrations.RunPython.noop),
        migrations.AddIndex(
            model_name="bookingsearch",
            index=django.contrib.postgres.indexes.GinIndex(
                fastupdate=False, fields=["keys"], name="scheduling_search_keys"
            ),
        ),
    ]
