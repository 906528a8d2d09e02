"""A table of what customers are found by, filled for those who are there already, and the orders of their list."""

from __future__ import annotations

from typing import Any

import django.contrib.postgres.fields
import django.contrib.postgres.indexes
import django.db.models.deletion
from django.db import migrations, models
from django.db.models import Q

from kernel.identity.search import Findable, list_keys
from verticals.registry import list_verticals

BATCH = 1000


def fill(apps: Any, schema_editor: Any) -> None:
    """Write the keys of every customer that was not erased."""
    customers, found = (apps.get_model("scheduling", name) for name in ("Customer", "CustomerSearch"))
    marks = {each.key for pack in list_verticals() if pack.asset for each in pack.asset.fields if each.is_identifier}
    last = 0
    rows = customers.objects.filter(erased_at=None).order_by("pk").prefetch_related("contacts", "assets")
    while batch := list(rows.filter(pk__gt=last)[:BATCH]):
        found.objects.bulk_create(found(customer_id=each.pk, keys=_list_keys(each, marks)) for each in batch)
        last = batch[-1].pk
    # The index comes after, in this transaction.
    schema_editor.execute("SET CONSTRAINTS ALL IMMEDIATE")


def _list_keys(customer: Any, marks: set[str]) -> list[int]:
    assets = list(customer.assets.all())
    texts = (customer.name, *(each.label for each in assets))
    known = tuple(str(value) for each in assets for key, value in each.data.items() if key in marks and value)
    keys = set(list_keys(Findable(texts=tuple(filter(None, texts)), marks=known)))
    for each in customer.contacts.all():
        keys.update(list_keys(Findable(phone=each.value) if each.kind == "phone" else Findable(email=each.value)))
    return sorted(keys)


class Migration(migrations.Migration):
    dependencies = [
        ("scheduling", "0047_saved_cards"),
    ]

    operations = [
        migrations.CreateModel(
            name="CustomerSearch",
            fields=[
                (
                    "customer",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        primary_key=True,
                        related_name="search",
                        serialize=False,
                        to="scheduling.customer",
                    ),
                ),
                ("keys", django.contrib.postgres.fields.ArrayField(base_field=models.IntegerField(), size=None)),
            ],
        ),
        migrations.RunPython(fill, migrations.RunPython.noop),
        migrations.AddIndex(
            model_name="customersearch",
            index=django.contrib.postgres.indexes.GinIndex(
                fastupdate=False, fields=["keys"], name="scheduling_customer_keys"
            ),
        ),
        migrations.AddIndex(
            model_name="customer",
            index=models.Index(
                condition=Q(("erased_at", None)), fields=["name_key", "id"], name="scheduling_customer_names"
            ),
        ),
        migrations.AddIndex(
            model_name="customer",
            index=models.Index(
                condition=Q(("booking_level", "normal"), _negated=True),
                fields=["name_key", "id"],
                name="scheduling_customer_levels",
            ),
        ),
        migrations.AddIndex(
            model_name="customer",
            index=models.Index(
                condition=Q(("tags", []), _negated=True),
                fields=["name_key", "id"],
                name="scheduling_customer_tagged",
            ),
        ),
    ]
