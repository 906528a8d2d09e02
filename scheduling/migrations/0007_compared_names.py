"""What customers and their vehicles are compared by, also for those who are there already.

Two vehicles of one customer with one plate become one: the older one, with the visits of both.
"""

from __future__ import annotations

from typing import Any

import django.db.models.deletion
from django.db import migrations, models

from kernel.identity.keys import make_key
from kernel.identity.names import clean_person_name
from verticals.registry import list_verticals

BATCH = 1000


def fill(apps: Any, schema_editor: Any) -> None:
    """Write the keys of every customer and asset, and the marks of the assets."""
    customers = apps.get_model("scheduling", "Customer").objects
    for batch in _list_batches(customers):
        for customer in batch:
            customer.name = clean_person_name(customer.name) or customer.name
            customer.name_key = make_key(customer.name)
        customers.bulk_update(batch, ["name", "name_key"])
    assets, marks = (apps.get_model("scheduling", name).objects for name in ("Asset", "AssetMark"))
    types = {each.asset.key: each.asset for each in list_verticals() if each.asset is not None}
    for batch in _list_batches(assets):
        for asset in batch:
            asset.label_key = make_key(asset.label)
            known = types[asset.type_key].list_marks(asset.data) if asset.type_key in types else ()
            first = marks.filter(owner_id=asset.owner_id, mark__in=known).order_by("asset_id").first()
            if first is not None:
                _join(apps, asset.pk, first.asset_id)
            else:
                marks.bulk_create(marks.model(asset_id=asset.pk, owner_id=asset.owner_id, mark=each) for each in known)
        assets.bulk_update(batch, ["label_key"])
    # What comes after in this transaction may change these tables.
    schema_editor.execute("SET CONSTRAINTS ALL IMMEDIATE")


def _list_batches(rows: Any) -> Any:
    last = 0
    while batch := list(rows.filter(pk__gt=last).order_by("pk")[:BATCH]):
        yield batch
        last = batch[-1].pk


def _join(apps: Any, twin: int, first: int) -> None:
    for name in ("Booking", "HistoricalBooking"):
        apps.get_model("scheduling", name).objects.filter(asset_id=twin).update(asset_id=first)
    apps.get_model("scheduling", "Asset").objects.filter(pk=twin).delete()


class Migration(migrations.Migration):
    dependencies = [
        ("scheduling", "0006_group_share"),
    ]

    operations = [
        migrations.CreateModel(
            name="AssetMark",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("mark", models.CharField(max_length=304)),
            ],
        ),
        migrations.RemoveIndex(
            model_name="asset",
            name="scheduling_asset_identifier",
        ),
        migrations.RemoveIndex(
            model_name="customer",
            name="scheduling_customer_name",
        ),
        migrations.AddField(
            model_name="asset",
            name="label_key",
            field=models.CharField(blank=True, db_default="", default="", max_length=240),
        ),
        migrations.AddField(
            model_name="customer",
            name="name_key",
            field=models.CharField(db_default="", default="", max_length=240),
        ),
        migrations.AddField(
            model_name="assetmark",
            name="asset",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE, related_name="marks", to="scheduling.asset"
            ),
        ),
        migrations.AddField(
            model_name="assetmark",
            name="owner",
            field=models.ForeignKey(
                db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name="+", to="scheduling.customer"
            ),
        ),
        migrations.AddConstraint(
            model_name="assetmark",
            constraint=models.UniqueConstraint(fields=("owner", "mark"), name="scheduling_mark_once"),
        ),
        migrations.RunPython(fill, migrations.RunPython.noop),
    ]
