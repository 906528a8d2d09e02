"""Customers with number, kind and level, meters, payers, what was refused and what is waited for."""

import django.db.models.deletion
from django.db import migrations, models

import scheduling.models.customer


class Migration(migrations.Migration):
    dependencies = [
        ("scheduling", "0022_rule_takes"),
    ]

    operations = [
        # Each schema has a sequence of its own; rows that are there get their numbers from it.
        migrations.RunSQL(
            "CREATE SEQUENCE scheduling_customer_number", "DROP SEQUENCE IF EXISTS scheduling_customer_number"
        ),
        migrations.CreateModel(
            name="AssetReading",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("value", models.PositiveBigIntegerField()),
                ("unit", models.CharField(max_length=8)),
                ("read_at", models.DateTimeField()),
            ],
        ),
        migrations.RemoveConstraint(
            model_name="refuseddemand",
            name="scheduling_refused_once",
        ),
        migrations.RemoveField(
            model_name="waitlistentry",
            name="resource",
        ),
        migrations.AddField(
            model_name="booking",
            name="collected_at",
            field=models.DateTimeField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name="booking",
            name="payer",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="paid_bookings",
                to="scheduling.customer",
            ),
        ),
        migrations.AddField(
            model_name="booking",
            name="promised_at",
            field=models.DateTimeField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name="booking",
            name="ready_at",
            field=models.DateTimeField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name="customer",
            name="booking_level",
            field=models.CharField(
                choices=[
                    ("normal", "Books as everybody"),
                    ("must_prepay", "Only if paid in advance"),
                    ("by_approval", "Only with approval"),
                    ("refused", "Not online"),
                ],
                db_default="normal",
                default="normal",
                max_length=12,
            ),
        ),
        migrations.AddField(
            model_name="customer",
            name="kind",
            field=models.CharField(
                choices=[("person", "Person"), ("company", "Company")],
                db_default="person",
                default="person",
                max_length=8,
            ),
        ),
        migrations.AddField(
            model_name="customer",
            name="level_reason",
            field=models.CharField(blank=True, db_default="", default="", max_length=300),
        ),
        migrations.AddField(
            model_name="customer",
            name="number",
            field=models.BigIntegerField(
                db_default=scheduling.models.customer.NextNumber(), editable=False, unique=True
            ),
        ),
        migrations.AddField(
            model_name="customer",
            name="tax_id",
            field=models.CharField(blank=True, db_default="", default="", max_length=32),
        ),
        migrations.AddField(
            model_name="historicalbooking",
            name="collected_at",
            field=models.DateTimeField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name="historicalbooking",
            name="payer",
            field=models.ForeignKey(
                blank=True,
                db_constraint=False,
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.DO_NOTHING,
                related_name="+",
                to="scheduling.customer",
            ),
        ),
        migrations.AddField(
            model_name="historicalbooking",
            name="promised_at",
            field=models.DateTimeField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name="historicalbooking",
            name="ready_at",
            field=models.DateTimeField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name="historicalcustomer",
            name="booking_level",
            field=models.CharField(
                choices=[
                    ("normal", "Books as everybody"),
                    ("must_prepay", "Only if paid in advance"),
                    ("by_approval", "Only with approval"),
                    ("refused", "Not online"),
                ],
                db_default="normal",
                default="normal",
                max_length=12,
            ),
        ),
        migrations.AddField(
            model_name="historicalcustomer",
            name="kind",
            field=models.CharField(
                choices=[("person", "Person"), ("company", "Company")],
                db_default="person",
                default="person",
                max_length=8,
            ),
        ),
        migrations.AddField(
            model_name="historicalcustomer",
            name="level_reason",
            field=models.CharField(blank=True, db_default="", default="", max_length=300),
        ),
        migrations.AddField(
            model_name="historicalcustomer",
            name="tax_id",
            field=models.CharField(blank=True, db_default="", default="", max_length=32),
        ),
        migrations.AddField(
            model_name="refuseddemand",
            name="arrival_mode",
            field=models.CharField(blank=True, db_default="", default="", max_length=32),
        ),
        migrations.AddField(
            model_name="refuseddemand",
            name="hour",
            field=models.PositiveSmallIntegerField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name="refuseddemand",
            name="location",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="+",
                to="scheduling.location",
            ),
        ),
        migrations.AddField(
            model_name="refuseddemand",
            name="party_size",
            field=models.PositiveSmallIntegerField(db_default=1, default=1),
        ),
        migrations.AddField(
            model_name="refuseddemand",
            name="reason",
            field=models.CharField(
                choices=[
                    ("full", "Full"),
                    ("unfit", "Does not fit"),
                ],
                db_default="full",
                default="full",
                max_length=12,
            ),
        ),
        migrations.AddField(
            model_name="waitlistentry",
            name="add_on_ids",
            field=models.JSONField(blank=True, db_default=models.Value([], models.JSONField()), default=list),
        ),
        migrations.AddField(
            model_name="waitlistentry",
            name="arrival_mode",
            field=models.CharField(blank=True, db_default="", default="", max_length=32),
        ),
        migrations.AddField(
            model_name="waitlistentry",
            name="from_minute",
            field=models.PositiveSmallIntegerField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name="waitlistentry",
            name="resource_ids",
            field=models.JSONField(blank=True, db_default=models.Value([], models.JSONField()), default=list),
        ),
        migrations.AddField(
            model_name="waitlistentry",
            name="service_ids",
            field=models.JSONField(blank=True, db_default=models.Value([], models.JSONField()), default=list),
        ),
        migrations.AddField(
            model_name="waitlistentry",
            name="shortest_notice_minutes",
            field=models.PositiveIntegerField(db_default=0, default=0),
        ),
        migrations.AddField(
            model_name="waitlistentry",
            name="to_minute",
            field=models.PositiveSmallIntegerField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name="waitlistentry",
            name="weekdays",
            field=models.JSONField(blank=True, db_default=models.Value([], models.JSONField()), default=list),
        ),
        migrations.AddIndex(
            model_name="refuseddemand",
            index=models.Index(fields=["on"], name="scheduling_refused_on"),
        ),
        migrations.AddConstraint(
            model_name="booking",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("collected_at__isnull", True),
                    ("ready_at__isnull", True),
                    ("collected_at__gte", models.F("ready_at")),
                    _connector="OR",
                ),
                name="scheduling_booking_collected",
            ),
        ),
        migrations.AddConstraint(
            model_name="customer",
            constraint=models.CheckConstraint(
                condition=models.Q(("kind__in", ["person", "company"])), name="scheduling_customer_kind"
            ),
        ),
        migrations.AddConstraint(
            model_name="customer",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("booking_level", "normal"),
                    models.Q(
                        ("booking_level__in", ["normal", "must_prepay", "by_approval", "refused"]),
                        models.Q(("level_reason", ""), _negated=True),
                    ),
                    _connector="OR",
                ),
                name="scheduling_customer_level",
            ),
        ),
        migrations.AddConstraint(
            model_name="refuseddemand",
            constraint=models.UniqueConstraint(
                fields=("service", "on", "hour", "location", "reason", "party_size", "arrival_mode"),
                name="scheduling_refused_once",
                nulls_distinct=False,
            ),
        ),
        migrations.AddConstraint(
            model_name="refuseddemand",
            constraint=models.CheckConstraint(
                condition=models.Q(("hour__isnull", True), ("hour__lt", 24), _connector="OR"),
                name="scheduling_refused_hour",
            ),
        ),
        migrations.AddConstraint(
            model_name="refuseddemand",
            constraint=models.CheckConstraint(
                condition=models.Q(("party_size__gte", 1), ("party_size__lte", 20)), name="scheduling_refused_party"
            ),
        ),
        migrations.AddConstraint(
            model_name="refuseddemand",
            constraint=models.CheckConstraint(
                condition=models.Q(("reason__in", ["full", "unfit"])),
                name="scheduling_refused_reason",
            ),
        ),
        migrations.AddConstraint(
            model_name="waitlistentry",
            constraint=models.CheckConstraint(
                condition=models.Q(("weekdays__contained_by", [0, 1, 2, 3, 4, 5, 6])),
                name="scheduling_waitlist_weekdays",
            ),
        ),
        migrations.AddConstraint(
            model_name="waitlistentry",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("from_minute__isnull", True), ("to_minute__isnull", True)),
                    models.Q(
                        ("from_minute__isnull", False),
                        ("from_minute__lt", models.F("to_minute")),
                        ("to_minute__isnull", False),
                        ("to_minute__lte", 1440),
                    ),
                    _connector="OR",
                ),
                name="scheduling_waitlist_hours",
            ),
        ),
        migrations.AddConstraint(
            model_name="waitlistentry",
            constraint=models.CheckConstraint(
                condition=models.Q(("shortest_notice_minutes__lte", 2635200)), name="scheduling_waitlist_notice"
            ),
        ),
        migrations.AddField(
            model_name="assetreading",
            name="asset",
            field=models.ForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="readings",
                to="scheduling.asset",
            ),
        ),
        migrations.AddField(
            model_name="assetreading",
            name="booking",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="readings",
                to="scheduling.booking",
            ),
        ),
        migrations.AddIndex(
            model_name="assetreading",
            index=models.Index(fields=["asset", "read_at"], name="scheduling_reading_log"),
        ),
        migrations.RunSQL(
            "ALTER SEQUENCE scheduling_customer_number OWNED BY scheduling_customer.number", migrations.RunSQL.noop
        ),
    ]
