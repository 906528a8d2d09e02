"""The tables of scheduling as 46 migrations left them, for a schema that has none of them yet.

Running those one after the other takes a new installation most of its time: Django draws every model anew for each
of some 350 operations. They stay for schemas, and archives, that some of them are missing in. What filled rows that
were there is left out: there are none.
"""

import datetime as dt
import uuid

import django.contrib.postgres.constraints
import django.contrib.postgres.fields
import django.contrib.postgres.indexes
import django.core.validators
import django.db.models.deletion
import django.db.models.expressions
import django.db.models.functions.text
import simple_history.models
from django.conf import settings
from django.db import migrations, models

import scheduling.models.allocation
import scheduling.models.customer
import scheduling.models.service


class Migration(migrations.Migration):
    replaces = [
        ("scheduling", "0001_initial"),
        ("scheduling", "0002_allocation_minutes"),
        ("scheduling", "0003_catalog_door"),
        ("scheduling", "0004_proven_contact"),
        ("scheduling", "0005_phone_spelling"),
        ("scheduling", "0006_group_share"),
        ("scheduling", "0007_compared_names"),
        ("scheduling", "0008_answer_times"),
        ("scheduling", "0009_agreed_times"),
        ("scheduling", "0010_booking_search"),
        ("scheduling", "0011_override_kind"),
        ("scheduling", "0012_same_people"),
        ("scheduling", "0013_short_tokens"),
        ("scheduling", "0014_american_words"),
        ("scheduling", "0015_agreed_absences"),
        ("scheduling", "0016_cancelled_cause"),
        ("scheduling", "0017_agreed_at"),
        ("scheduling", "0018_location_map"),
        ("scheduling", "0019_service_online"),
        ("scheduling", "0020_service_keys"),
        ("scheduling", "0021_special_day_series"),
        ("scheduling", "0022_rule_takes"),
        ("scheduling", "0023_customers_and_demand"),
        ("scheduling", "0024_service_texts_and_questions"),
        ("scheduling", "0025_catalog_edition"),
        ("scheduling", "0026_special_days"),
        ("scheduling", "0027_test_bookings"),
        ("scheduling", "0028_former_links"),
        ("scheduling", "0029_visits_links"),
        ("scheduling", "0030_hold_extended"),
        ("scheduling", "0031_visit_photos"),
        ("scheduling", "0032_service_repeats"),
        ("scheduling", "0033_sole_bookings"),
        ("scheduling", "0034_hidden_people"),
        ("scheduling", "0035_aftercare"),
        ("scheduling", "0036_waitlist_offers"),
        ("scheduling", "0037_hiding_log"),
        ("scheduling", "0038_opinions_and_photos"),
        ("scheduling", "0039_former_waitlist_links"),
        ("scheduling", "0040_one_place_each"),
        ("scheduling", "0041_waitlist_forgets"),
        ("scheduling", "0042_invented_opinions"),
        ("scheduling", "0043_calendar_feeds"),
        ("scheduling", "0044_feeds_of_people"),
        ("scheduling", "0045_waitlist_details"),
        ("scheduling", "0046_service_refunds"),
    ]

    initial = True

    dependencies = [
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        # Each schema has a sequence of its own.
        migrations.RunSQL(
            "CREATE SEQUENCE scheduling_customer_number", "DROP SEQUENCE IF EXISTS scheduling_customer_number"
        ),
        migrations.CreateModel(
            name="HistoricalCustomer",
            fields=[
                ("id", models.BigIntegerField(auto_created=True, blank=True, db_index=True, verbose_name="ID")),
                ("name", models.CharField(max_length=120)),
                ("locale", models.CharField(default="es", max_length=8)),
                ("notes", models.TextField(blank=True, default="")),
                ("tags", models.JSONField(blank=True, default=list)),
                ("is_sample", models.BooleanField(default=False)),
                ("created_at", models.DateTimeField()),
                ("erased_at", models.DateTimeField(blank=True, null=True)),
                ("history_user_id", models.BigIntegerField(null=True)),
                ("history_change_reason", models.TextField(blank=True, default="")),
                ("history_id", models.AutoField(primary_key=True, serialize=False)),
                ("history_date", models.DateTimeField(db_index=True)),
                (
                    "history_type",
                    models.CharField(choices=[("+", "Created"), ("~", "Changed"), ("-", "Deleted")], max_length=1),
                ),
                (
                    "booking_level",
                    models.CharField(
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
                (
                    "kind",
                    models.CharField(
                        choices=[("person", "Person"), ("company", "Company")],
                        db_default="person",
                        default="person",
                        max_length=8,
                    ),
                ),
                ("level_reason", models.CharField(blank=True, db_default="", default="", max_length=300)),
                ("tax_id", models.CharField(blank=True, db_default="", default="", max_length=32)),
            ],
            options={
                "verbose_name": "historical customer",
                "verbose_name_plural": "historical customers",
                "ordering": ("-history_date", "-history_id"),
                "get_latest_by": ("history_date", "history_id"),
            },
            bases=(simple_history.models.HistoricalChanges, models.Model),
        ),
        migrations.CreateModel(
            name="Location",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("name", models.CharField(max_length=120)),
                ("timezone", models.CharField(max_length=64)),
                ("address", models.CharField(blank=True, default="", max_length=300)),
                ("phone", models.CharField(blank=True, default="", max_length=32)),
                ("email", models.EmailField(blank=True, default="", max_length=254)),
                ("what_to_bring", models.CharField(blank=True, default="", max_length=300)),
                ("region", models.CharField(blank=True, default="", max_length=8)),
                ("observes_public_holidays", models.BooleanField(default=True)),
                ("position", models.PositiveIntegerField(default=0)),
                ("is_active", models.BooleanField(default=True)),
                ("version", models.PositiveIntegerField(default=1)),
                ("map_url", models.CharField(blank=True, db_default="", default="", max_length=500)),
            ],
            options={
                "ordering": ["position", "id"],
                "constraints": [
                    models.UniqueConstraint(
                        django.db.models.functions.text.Lower("name"),
                        condition=models.Q(("is_active", True)),
                        name="scheduling_location_name",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="ResourceType",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("name", models.CharField(max_length=80)),
                ("is_person", models.BooleanField(default=False)),
                ("position", models.PositiveIntegerField(default=0)),
                ("is_active", models.BooleanField(default=True)),
                ("version", models.PositiveIntegerField(default=1)),
            ],
            options={
                "ordering": ["position", "id"],
                "constraints": [
                    models.UniqueConstraint(
                        django.db.models.functions.text.Lower("name"),
                        condition=models.Q(("is_active", True)),
                        name="scheduling_type_name",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Series",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("rule", models.CharField(max_length=200)),
                (
                    "on_conflict",
                    models.CharField(
                        choices=[
                            ("fail", "Book none"),
                            ("skip", "Leave the date out"),
                            ("move", "Take the nearest free time on that day"),
                        ],
                        max_length=8,
                    ),
                ),
                ("report", models.JSONField(blank=True, default=list)),
                ("created_at", models.DateTimeField()),
            ],
            options={
                "verbose_name_plural": "series",
                "ordering": ["-id"],
            },
        ),
        migrations.CreateModel(
            name="Customer",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("name", models.CharField(max_length=120)),
                ("locale", models.CharField(default="es", max_length=8)),
                ("notes", models.TextField(blank=True, default="")),
                ("tags", models.JSONField(blank=True, default=list)),
                ("is_sample", models.BooleanField(default=False)),
                ("created_at", models.DateTimeField()),
                ("erased_at", models.DateTimeField(blank=True, null=True)),
                ("name_key", models.CharField(db_default="", default="", max_length=240)),
                (
                    "booking_level",
                    models.CharField(
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
                (
                    "kind",
                    models.CharField(
                        choices=[("person", "Person"), ("company", "Company")],
                        db_default="person",
                        default="person",
                        max_length=8,
                    ),
                ),
                ("level_reason", models.CharField(blank=True, db_default="", default="", max_length=300)),
                (
                    "number",
                    models.BigIntegerField(
                        db_default=scheduling.models.customer.NextNumber(), editable=False, unique=True
                    ),
                ),
                ("tax_id", models.CharField(blank=True, db_default="", default="", max_length=32)),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("kind__in", ["person", "company"])), name="scheduling_customer_kind"
                    ),
                    models.CheckConstraint(
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
                ],
            },
        ),
        migrations.CreateModel(
            name="Asset",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("type_key", models.CharField(max_length=32)),
                ("label", models.CharField(blank=True, default="", max_length=160)),
                ("identifier", models.CharField(blank=True, default="", max_length=64)),
                ("data", models.JSONField(blank=True, default=dict)),
                ("is_sample", models.BooleanField(default=False)),
                ("created_at", models.DateTimeField()),
                (
                    "owner",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="assets", to="scheduling.customer"
                    ),
                ),
                ("label_key", models.CharField(blank=True, db_default="", default="", max_length=240)),
            ],
        ),
        migrations.CreateModel(
            name="HolidayAdjustment",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("on", models.DateField()),
                ("is_closed", models.BooleanField()),
                ("name", models.CharField(blank=True, default="", max_length=120)),
                (
                    "location",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="holiday_adjustments",
                        to="scheduling.location",
                    ),
                ),
                ("is_active", models.BooleanField(default=True)),
                ("version", models.PositiveIntegerField(default=1)),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("is_active", True)),
                        fields=("location", "on"),
                        name="scheduling_holiday_once",
                        nulls_distinct=False,
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Resource",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("name", models.CharField(max_length=120)),
                ("timezone", models.CharField(blank=True, default="", max_length=64)),
                ("capacity", models.PositiveIntegerField(default=1)),
                ("skills", models.JSONField(blank=True, default=list)),
                ("email", models.EmailField(blank=True, default="", max_length=254)),
                ("phone", models.CharField(blank=True, default="", max_length=32)),
                ("color", models.CharField(blank=True, default="", max_length=7)),
                ("is_customer_choosable", models.BooleanField(default=False)),
                ("efficiency_percent", models.PositiveIntegerField(default=100)),
                ("weight", models.PositiveIntegerField(default=1)),
                ("position", models.PositiveIntegerField(default=0)),
                ("is_active", models.BooleanField(default=True)),
                ("is_sample", models.BooleanField(default=False)),
                (
                    "location",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="resources", to="scheduling.location"
                    ),
                ),
                (
                    "user",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "resource_type",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="resources",
                        to="scheduling.resourcetype",
                    ),
                ),
                ("version", models.PositiveIntegerField(default=1)),
                ("is_link_only", models.BooleanField(db_default=False, default=False)),
            ],
            options={
                "ordering": ["position", "id"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("capacity__gte", 1), ("capacity__lte", 1000)),
                        name="scheduling_resource_capacity",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("efficiency_percent__gte", 1), ("efficiency_percent__lte", 500)),
                        name="scheduling_resource_efficiency",
                    ),
                    models.UniqueConstraint(
                        django.db.models.functions.text.Lower("name"),
                        models.F("resource_type"),
                        models.F("location"),
                        condition=models.Q(("is_active", True)),
                        name="scheduling_resource_name",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("is_link_only", False), ("is_customer_choosable", False), _connector="OR"),
                        name="scheduling_resource_hidden",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="DateOverride",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("on", models.DateField()),
                ("periods", models.JSONField(blank=True, default=list)),
                ("note", models.CharField(blank=True, default="", max_length=200)),
                (
                    "location",
                    models.ForeignKey(
                        blank=True,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="overrides",
                        to="scheduling.location",
                    ),
                ),
                (
                    "resource",
                    models.ForeignKey(
                        blank=True,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="overrides",
                        to="scheduling.resource",
                    ),
                ),
                ("is_active", models.BooleanField(default=True)),
                ("version", models.PositiveIntegerField(default=1)),
                ("series_id", models.UUIDField(blank=True, null=True)),
                ("is_closing", models.BooleanField(db_default=False, default=False)),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("location__isnull", True), ("resource__isnull", False)),
                            models.Q(("location__isnull", False), ("resource__isnull", True)),
                            _connector="OR",
                        ),
                        name="scheduling_override_one_owner",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("is_active", True)),
                        fields=("resource", "on"),
                        name="scheduling_override_resource_once",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("is_active", True)),
                        fields=("location", "on"),
                        name="scheduling_override_location_once",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("is_closing", False), models.Q(("periods", []), _negated=True), _connector="OR"
                        ),
                        name="scheduling_override_closes",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="ResourceLane",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("number", models.PositiveIntegerField()),
                (
                    "resource",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="lanes",
                        to="scheduling.resource",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("resource", "number"), name="scheduling_lane_number"),
                    models.CheckConstraint(condition=models.Q(("number__gte", 1)), name="scheduling_lane_from_one"),
                ],
            },
        ),
        migrations.CreateModel(
            name="Service",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("name", models.CharField(max_length=120)),
                ("description", models.TextField(blank=True, default="")),
                ("category", models.CharField(blank=True, default="", max_length=80)),
                ("position", models.PositiveIntegerField(default=0)),
                ("is_active", models.BooleanField(default=True)),
                ("is_sample", models.BooleanField(default=False)),
                (
                    "duration_minutes",
                    models.PositiveIntegerField(validators=[django.core.validators.MinValueValidator(1)]),
                ),
                ("buffer_before_minutes", models.PositiveIntegerField(default=0)),
                ("buffer_after_minutes", models.PositiveIntegerField(default=0)),
                ("buffers_inside_hours", models.BooleanField(default=False)),
                (
                    "step_minutes",
                    models.PositiveIntegerField(default=15, validators=[django.core.validators.MinValueValidator(1)]),
                ),
                (
                    "align",
                    models.CharField(
                        choices=[("period", "period"), ("clock", "clock"), ("gap", "gap")],
                        default="period",
                        max_length=8,
                    ),
                ),
                (
                    "strategy",
                    models.CharField(
                        choices=[
                            ("fixed_order", "fixed_order"),
                            ("least_busy", "least_busy"),
                            ("round_robin", "round_robin"),
                            ("pack_tightly", "pack_tightly"),
                        ],
                        default="least_busy",
                        max_length=16,
                    ),
                ),
                ("seats", models.PositiveIntegerField(blank=True, null=True)),
                ("max_party_size", models.PositiveIntegerField(blank=True, null=True)),
                ("price_minor", models.PositiveBigIntegerField(blank=True, null=True)),
                (
                    "deposit_kind",
                    models.CharField(
                        choices=[
                            ("none", "No deposit"),
                            ("fixed", "Fixed amount"),
                            ("percent", "Part of the price"),
                            ("full", "Full price"),
                        ],
                        default="none",
                        max_length=8,
                    ),
                ),
                ("deposit_minor", models.PositiveBigIntegerField(default=0)),
                ("deposit_percent", models.PositiveSmallIntegerField(default=0)),
                ("minimum_notice_minutes", models.PositiveIntegerField(default=0)),
                ("booking_window_days", models.PositiveIntegerField(blank=True, default=60, null=True)),
                ("cancel_cutoff_minutes", models.PositiveIntegerField(default=0)),
                ("move_cutoff_minutes", models.PositiveIntegerField(default=0)),
                ("hold_minutes", models.PositiveIntegerField(default=10)),
                (
                    "approval",
                    models.CharField(
                        choices=[
                            ("instant", "Confirmed at once"),
                            ("request", "Staff approves"),
                            ("link_only", "Only by a direct link"),
                        ],
                        default="instant",
                        max_length=12,
                    ),
                ),
                ("arrival_modes", models.JSONField(blank=True, default=list)),
                (
                    "reminder_offsets_minutes",
                    models.JSONField(blank=True, default=scheduling.models.service.default_reminder_offsets),
                ),
                ("version", models.PositiveIntegerField(default=1)),
                ("answer_ahead_minutes", models.PositiveIntegerField(db_default=240, default=240)),
                ("answer_within_minutes", models.PositiveIntegerField(db_default=1440, default=1440)),
                ("is_online", models.BooleanField(db_default=True, default=True)),
                (
                    "bookable_hours",
                    models.JSONField(blank=True, db_default=models.Value([], models.JSONField()), default=list),
                ),
                ("latest_start_minute", models.PositiveSmallIntegerField(blank=True, null=True)),
                (
                    "price_kind",
                    models.CharField(
                        choices=[("fixed", "fixed"), ("from", "from"), ("on_request", "on_request")],
                        default="on_request",
                        max_length=12,
                    ),
                ),
                (
                    "questions",
                    models.JSONField(blank=True, db_default=models.Value([], models.JSONField()), default=list),
                ),
                ("texts", models.JSONField(blank=True, db_default=models.Value([], models.JSONField()), default=list)),
                ("most_repeats", models.PositiveSmallIntegerField(db_default=0, default=0)),
                ("deposit_above_minor", models.PositiveBigIntegerField(blank=True, null=True)),
                ("deposit_ahead_minutes", models.PositiveIntegerField(blank=True, null=True)),
                ("deposit_first_visit", models.BooleanField(db_default=False, default=False)),
                ("deposit_must_prepay", models.BooleanField(db_default=False, default=False)),
                ("deposit_outside_hours", models.BooleanField(db_default=False, default=False)),
                ("deposit_within_minutes", models.PositiveIntegerField(blank=True, null=True)),
                ("is_deposit_fee", models.BooleanField(db_default=False, default=False)),
                ("refund_free_minutes", models.PositiveIntegerField(blank=True, null=True)),
                ("refund_kept_percent", models.PositiveSmallIntegerField(db_default=100, default=100)),
                ("refund_no_show_percent", models.PositiveSmallIntegerField(db_default=100, default=100)),
            ],
            options={
                "ordering": ["position", "id"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("duration_minutes__gte", 1), ("duration_minutes__lte", 20160)),
                        name="scheduling_service_duration",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("buffer_after_minutes__lte", 1440), ("buffer_before_minutes__lte", 1440)),
                        name="scheduling_service_buffers",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("step_minutes__gte", 1), ("step_minutes__lte", 1440)),
                        name="scheduling_service_step",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("seats__isnull", True), ("seats__gte", 1), _connector="OR"),
                        name="scheduling_service_seats",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("max_party_size__gte", 1)), name="scheduling_service_party"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("hold_minutes__gte", 1), ("hold_minutes__lte", 1440)),
                        name="scheduling_service_hold",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("deposit_percent__lte", 100)), name="scheduling_service_deposit_percent"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("align__in", ["period", "clock", "gap"])),
                        name="scheduling_service_align_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("strategy__in", ["fixed_order", "least_busy", "round_robin", "pack_tightly"])
                        ),
                        name="scheduling_service_strategy_known",
                    ),
                    models.UniqueConstraint(
                        django.db.models.functions.text.Lower("category"),
                        django.db.models.functions.text.Lower("name"),
                        condition=models.Q(("is_active", True)),
                        name="scheduling_service_name",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("deposit_kind__in", ["none", "fixed", "percent", "full"])),
                        name="scheduling_service_deposit_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("approval__in", ["instant", "request", "link_only"])),
                        name="scheduling_service_approval_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("answer_within_minutes__gte", 30)), name="scheduling_service_answer"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("price_kind", "on_request"), ("price_minor__isnull", True)),
                            models.Q(("price_kind__in", ["fixed", "from"]), ("price_minor__isnull", False)),
                            _connector="OR",
                        ),
                        name="scheduling_service_price_kind",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("latest_start_minute__isnull", True), ("latest_start_minute__lt", 1440), _connector="OR"
                        ),
                        name="scheduling_service_latest_start",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("most_repeats__lte", 52)), name="scheduling_service_repeats"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("refund_kept_percent__lte", 100), ("refund_no_show_percent__lte", 100)),
                        name="scheduling_service_refund_percents",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Requirement",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("position", models.PositiveIntegerField(default=0)),
                ("skill", models.CharField(blank=True, default="", max_length=60)),
                ("quantity", models.PositiveIntegerField(default=1)),
                ("starts_after_minutes", models.PositiveIntegerField(default=0)),
                ("duration_minutes", models.PositiveIntegerField(blank=True, null=True)),
                (
                    "resource_type",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="scheduling.resourcetype",
                    ),
                ),
                (
                    "service",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="requirements",
                        to="scheduling.service",
                    ),
                ),
                (
                    "same_as",
                    models.ForeignKey(
                        blank=True,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="scheduling.requirement",
                    ),
                ),
            ],
            options={
                "ordering": ["position", "id"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("quantity__gte", 1)), name="scheduling_requirement_quantity"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("duration_minutes__isnull", True), ("duration_minutes__gte", 1), _connector="OR"
                        ),
                        name="scheduling_requirement_duration",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("same_as__isnull", True),
                            models.Q(("same_as", models.F("id")), _negated=True),
                            _connector="OR",
                        ),
                        name="scheduling_requirement_same_as",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="RequirementResource",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("position", models.PositiveIntegerField(default=0)),
                (
                    "requirement",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="named",
                        to="scheduling.requirement",
                    ),
                ),
                (
                    "resource",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="+", to="scheduling.resource"
                    ),
                ),
            ],
            options={
                "ordering": ["position", "id"],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("requirement", "resource"), name="scheduling_requirement_named_once"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="CapacityRule",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "scope",
                    models.CharField(
                        choices=[
                            ("tenant", "Whole business"),
                            ("location", "Location"),
                            ("resource", "Resource"),
                            ("service", "Service"),
                            ("arrival_mode", "Arrival mode"),
                        ],
                        max_length=16,
                    ),
                ),
                ("arrival_mode", models.CharField(blank=True, default="", max_length=32)),
                (
                    "period",
                    models.CharField(
                        choices=[("hour", "hour"), ("day", "day"), ("week", "week"), ("moment", "moment")], max_length=8
                    ),
                ),
                (
                    "measure",
                    models.CharField(
                        choices=[("bookings", "bookings"), ("seats", "seats"), ("minutes", "minutes")], max_length=8
                    ),
                ),
                ("limit", models.PositiveIntegerField()),
                ("is_active", models.BooleanField(default=True)),
                (
                    "location",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="rules",
                        to="scheduling.location",
                    ),
                ),
                (
                    "resource",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="rules",
                        to="scheduling.resource",
                    ),
                ),
                (
                    "service",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="rules",
                        to="scheduling.service",
                    ),
                ),
                ("version", models.PositiveIntegerField(default=1)),
                ("from_minute", models.PositiveSmallIntegerField(blank=True, null=True)),
                ("to_minute", models.PositiveSmallIntegerField(blank=True, null=True)),
                ("valid_from", models.DateField(blank=True, null=True)),
                ("valid_to", models.DateField(blank=True, null=True)),
                (
                    "weekdays",
                    models.JSONField(blank=True, db_default=models.Value([], models.JSONField()), default=list),
                ),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            ("scope", "tenant"),
                            models.Q(("location__isnull", False), ("scope", "location")),
                            models.Q(("resource__isnull", False), ("scope", "resource")),
                            models.Q(("scope", "service"), ("service__isnull", False)),
                            models.Q(("scope", "arrival_mode"), models.Q(("arrival_mode", ""), _negated=True)),
                            _connector="OR",
                        ),
                        name="scheduling_rule_scope_target",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("measure__in", ["bookings", "seats", "minutes"])),
                        name="scheduling_rule_measure_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("period__in", ["hour", "day", "week", "moment"])),
                        name="scheduling_rule_period_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("from_minute__isnull", True), ("to_minute__isnull", True)),
                            models.Q(
                                ("from_minute__isnull", False),
                                ("from_minute__lt", 1440),
                                ("to_minute__isnull", False),
                                ("to_minute__lte", 1440),
                            ),
                            _connector="OR",
                        ),
                        name="scheduling_rule_between",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("valid_from__isnull", True),
                            ("valid_to__isnull", True),
                            ("valid_from__lte", models.F("valid_to")),
                            _connector="OR",
                        ),
                        name="scheduling_rule_valid",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("weekdays__contained_by", [0, 1, 2, 3, 4, 5, 6])),
                        name="scheduling_rule_weekdays",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("period", "moment"), _negated=True),
                            models.Q(models.Q(("measure", "minutes"), _negated=True), ("limit__lte", 1000)),
                            _connector="OR",
                        ),
                        name="scheduling_rule_moment",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="RuleUsage",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("bucket", models.BigIntegerField()),
                ("used", models.IntegerField()),
                ("quota", models.IntegerField()),
                (
                    "rule",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="usage",
                        to="scheduling.capacityrule",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("rule", "bucket"), name="scheduling_usage_bucket"),
                    models.CheckConstraint(
                        condition=models.Q(("used__gte", 0), ("used__lte", models.F("quota"))),
                        name="scheduling_usage_within_quota",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="RoundRobinLedger",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("turns", models.PositiveIntegerField(default=0)),
                ("last_turn_at", models.DateTimeField(null=True)),
                (
                    "resource",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="+", to="scheduling.resource"
                    ),
                ),
                (
                    "service",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="scheduling.service",
                    ),
                ),
            ],
            options={
                "constraints": [models.UniqueConstraint(fields=("service", "resource"), name="scheduling_ledger_pair")],
            },
        ),
        migrations.CreateModel(
            name="RefusedDemand",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("on", models.DateField()),
                ("count", models.PositiveIntegerField(default=0)),
                (
                    "service",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="scheduling.service",
                    ),
                ),
                ("arrival_mode", models.CharField(blank=True, db_default="", default="", max_length=32)),
                ("hour", models.PositiveSmallIntegerField(blank=True, null=True)),
                (
                    "location",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="scheduling.location",
                    ),
                ),
                ("party_size", models.PositiveSmallIntegerField(db_default=1, default=1)),
                (
                    "reason",
                    models.CharField(
                        choices=[("full", "Full"), ("unfit", "Does not fit")],
                        db_default="full",
                        default="full",
                        max_length=12,
                    ),
                ),
            ],
            options={
                "indexes": [models.Index(fields=["on"], name="scheduling_refused_on")],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("service", "on", "hour", "location", "reason", "party_size", "arrival_mode"),
                        name="scheduling_refused_once",
                        nulls_distinct=False,
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("hour__isnull", True), ("hour__lt", 24), _connector="OR"),
                        name="scheduling_refused_hour",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("party_size__gte", 1), ("party_size__lte", 20)),
                        name="scheduling_refused_party",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("reason__in", ["full", "unfit"])), name="scheduling_refused_reason"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="AddOn",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("name", models.CharField(max_length=120)),
                ("minutes", models.PositiveIntegerField(default=0)),
                ("price_minor", models.PositiveBigIntegerField(default=0)),
                ("position", models.PositiveIntegerField(default=0)),
                ("is_active", models.BooleanField(default=True)),
                (
                    "service",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="add_ons", to="scheduling.service"
                    ),
                ),
                ("version", models.PositiveIntegerField(default=1)),
                ("texts", models.JSONField(blank=True, db_default=models.Value([], models.JSONField()), default=list)),
            ],
            options={
                "ordering": ["position", "id"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("minutes__lte", 1440)), name="scheduling_add_on_minutes"
                    ),
                    models.UniqueConstraint(
                        django.db.models.functions.text.Lower("name"),
                        models.F("service"),
                        condition=models.Q(("is_active", True)),
                        name="scheduling_add_on_name",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Session",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("starts_at", models.DateTimeField()),
                ("ends_at", models.DateTimeField()),
                ("resource_key", models.CharField(max_length=200)),
                ("seats", models.PositiveIntegerField()),
                ("seats_taken", models.IntegerField()),
                ("is_active", models.BooleanField(default=True)),
                (
                    "service",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="sessions",
                        to="scheduling.service",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("is_active", True)),
                        fields=("service", "starts_at", "resource_key"),
                        name="scheduling_session_once",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("seats_taken__gte", 0), ("seats_taken__lte", models.F("seats"))),
                        name="scheduling_session_seats",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("ends_at__gt", models.F("starts_at"))), name="scheduling_session_ends"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Booking",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("reference", models.CharField(max_length=12)),
                ("token_hash", models.CharField(max_length=64)),
                ("token_version", models.PositiveIntegerField(default=1)),
                ("hold_token_hash", models.CharField(blank=True, default="", max_length=64)),
                ("ics_uid", models.CharField(max_length=80)),
                ("sequence", models.PositiveIntegerField(default=0)),
                ("starts_at", models.DateTimeField()),
                ("ends_at", models.DateTimeField()),
                ("party_size", models.PositiveIntegerField(default=1)),
                (
                    "status",
                    models.CharField(
                        choices=[
                            ("held", "Held"),
                            ("pending_payment", "Waiting for payment"),
                            ("pending_approval", "Waiting for approval"),
                            ("confirmed", "Confirmed"),
                            ("arrived", "Arrived"),
                            ("in_progress", "In progress"),
                            ("completed", "Completed"),
                            ("cancelled", "Canceled"),
                            ("declined", "Declined"),
                            ("expired", "Expired"),
                            ("no_show", "No-show"),
                        ],
                        max_length=20,
                    ),
                ),
                ("is_active", models.BooleanField()),
                (
                    "source",
                    models.CharField(
                        choices=[
                            ("page", "Booking page"),
                            ("widget", "Widget"),
                            ("workspace", "Workspace"),
                            ("api", "API"),
                            ("series", "Series"),
                            ("waitlist", "Waitlist"),
                            ("import", "Import"),
                        ],
                        max_length=12,
                    ),
                ),
                ("hold_expires_at", models.DateTimeField(blank=True, null=True)),
                ("rule_usage", models.JSONField(blank=True, default=list)),
                ("customer_name", models.CharField(blank=True, default="", max_length=120)),
                ("customer_phone", models.CharField(blank=True, default="", max_length=32)),
                ("customer_email", models.CharField(blank=True, default="", max_length=254)),
                ("customer_locale", models.CharField(blank=True, default="", max_length=8)),
                ("wants_reminders", models.BooleanField(default=True)),
                ("asset_label", models.CharField(blank=True, default="", max_length=160)),
                ("asset_data", models.JSONField(blank=True, default=dict)),
                ("answers", models.JSONField(blank=True, default=dict)),
                ("arrival_mode", models.CharField(blank=True, default="", max_length=32)),
                ("note", models.TextField(blank=True, default="")),
                ("price_minor", models.PositiveBigIntegerField(blank=True, null=True)),
                ("deposit_minor", models.PositiveBigIntegerField(default=0)),
                ("currency", models.CharField(max_length=3)),
                ("policy", models.JSONField(blank=True, default=dict)),
                ("override_reason", models.CharField(blank=True, default="", max_length=300)),
                ("overridden_by_id", models.BigIntegerField(blank=True, null=True)),
                (
                    "cancelled_by",
                    models.CharField(
                        blank=True,
                        choices=[("customer", "Customer"), ("staff", "Staff"), ("system", "System")],
                        default="",
                        max_length=12,
                    ),
                ),
                ("cancelled_reason", models.CharField(blank=True, default="", max_length=300)),
                ("created_at", models.DateTimeField()),
                ("confirmed_at", models.DateTimeField(blank=True, null=True)),
                ("attendance_confirmed_at", models.DateTimeField(blank=True, null=True)),
                ("arrived_at", models.DateTimeField(blank=True, null=True)),
                ("started_at", models.DateTimeField(blank=True, null=True)),
                ("completed_at", models.DateTimeField(blank=True, null=True)),
                ("cancelled_at", models.DateTimeField(blank=True, null=True)),
                ("is_sample", models.BooleanField(default=False)),
                (
                    "asset",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="bookings",
                        to="scheduling.asset",
                    ),
                ),
                (
                    "customer",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="bookings",
                        to="scheduling.customer",
                    ),
                ),
                (
                    "location",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="bookings",
                        to="scheduling.location",
                    ),
                ),
                (
                    "chosen_resource",
                    models.ForeignKey(
                        blank=True,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to="scheduling.resource",
                    ),
                ),
                (
                    "series",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="bookings",
                        to="scheduling.series",
                    ),
                ),
                (
                    "service",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="bookings",
                        to="scheduling.service",
                    ),
                ),
                (
                    "session",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="bookings",
                        to="scheduling.session",
                    ),
                ),
                (
                    "proven_contact",
                    models.CharField(
                        blank=True,
                        choices=[("phone", "Phone"), ("email", "E-mail")],
                        db_default="",
                        default="",
                        max_length=8,
                    ),
                ),
                (
                    "group_share",
                    models.JSONField(blank=True, db_default=models.Value([], models.JSONField()), default=list),
                ),
                ("agreed_fold", models.PositiveSmallIntegerField(db_default=0, default=0)),
                ("agreed_minute", models.PositiveSmallIntegerField(db_default=0, default=0)),
                (
                    "agreed_on",
                    models.DateField(db_default=dt.date(1970, 1, 1), default=dt.date(1970, 1, 1)),
                ),
                ("agreed_timezone", models.CharField(blank=True, db_default="", default="", max_length=64)),
                (
                    "override_kind",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("staff", "Staff, with a reason"),
                            ("import", "Agreed elsewhere"),
                            ("clock", "The clocks of the country changed"),
                        ],
                        db_default="",
                        default="",
                        max_length=8,
                    ),
                ),
                (
                    "chosen_beside_ids",
                    models.JSONField(blank=True, db_default=models.Value([], models.JSONField()), default=list),
                ),
                (
                    "cancelled_cause",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("told", "They let us know"),
                            ("no_answer", "They do not answer"),
                            ("mistake", "Booked by mistake"),
                        ],
                        db_default="",
                        default="",
                        max_length=12,
                    ),
                ),
                ("agreed_at", models.DateTimeField(blank=True, null=True)),
                ("collected_at", models.DateTimeField(blank=True, null=True)),
                (
                    "payer",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="paid_bookings",
                        to="scheduling.customer",
                    ),
                ),
                ("promised_at", models.DateTimeField(blank=True, null=True)),
                ("ready_at", models.DateTimeField(blank=True, null=True)),
                ("is_test", models.BooleanField(db_default=False, default=False)),
                ("hold_extended_at", models.DateTimeField(blank=True, null=True)),
                ("is_sole", models.BooleanField(db_default=False, default=False)),
            ],
            options={
                "indexes": [
                    models.Index(fields=["starts_at", "id"], name="scheduling_booking_start"),
                    models.Index(fields=["service", "starts_at"], name="scheduling_booking_service"),
                    models.Index(
                        condition=models.Q(("hold_expires_at__isnull", False), ("is_active", True)),
                        fields=["hold_expires_at"],
                        name="scheduling_booking_expiring",
                    ),
                    models.Index(condition=models.Q(("is_test", True)), fields=["id"], name="scheduling_booking_test"),
                    models.Index(
                        condition=models.Q(("customer_email", ""), _negated=True),
                        fields=["customer_email", "starts_at"],
                        name="scheduling_booking_email",
                    ),
                    models.Index(
                        condition=models.Q(("customer_phone", ""), _negated=True),
                        fields=["customer_phone", "starts_at"],
                        name="scheduling_booking_phone",
                    ),
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("ends_at__gt", models.F("starts_at"))), name="scheduling_booking_ends"
                    ),
                    models.CheckConstraint(condition=models.Q(("party_size__gte", 1)), name="scheduling_booking_party"),
                    models.CheckConstraint(
                        condition=models.Q(
                            (
                                "status__in",
                                [
                                    "held",
                                    "pending_payment",
                                    "pending_approval",
                                    "confirmed",
                                    "arrived",
                                    "in_progress",
                                    "completed",
                                    "cancelled",
                                    "declined",
                                    "expired",
                                    "no_show",
                                ],
                            )
                        ),
                        name="scheduling_booking_status_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("is_active", True),
                                (
                                    "status__in",
                                    [
                                        "held",
                                        "pending_payment",
                                        "pending_approval",
                                        "confirmed",
                                        "arrived",
                                        "in_progress",
                                        "completed",
                                        "no_show",
                                    ],
                                ),
                            ),
                            models.Q(
                                ("is_active", False),
                                models.Q(
                                    (
                                        "status__in",
                                        [
                                            "held",
                                            "pending_payment",
                                            "pending_approval",
                                            "confirmed",
                                            "arrived",
                                            "in_progress",
                                            "completed",
                                            "no_show",
                                        ],
                                    ),
                                    _negated=True,
                                ),
                            ),
                            _connector="OR",
                        ),
                        name="scheduling_booking_active",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("status__in", ["held", "pending_payment", "pending_approval"]),
                            ("hold_expires_at__isnull", True),
                            ("is_active", False),
                            _connector="OR",
                        ),
                        name="scheduling_booking_expiry",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("status", "held"), _negated=True),
                            ("hold_expires_at__isnull", False),
                            _connector="OR",
                        ),
                        name="scheduling_booking_hold_expires",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("agreed_fold__lte", 1), ("agreed_minute__lt", 1440)),
                        name="scheduling_booking_agreed",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("override_kind__in", ["import", "clock"]), _negated=True),
                            ("override_reason", ""),
                            _connector="OR",
                        ),
                        name="scheduling_booking_override",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("collected_at__isnull", True),
                            ("ready_at__isnull", True),
                            ("collected_at__gte", models.F("ready_at")),
                            _connector="OR",
                        ),
                        name="scheduling_booking_collected",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("is_test", False),
                            models.Q(
                                ("asset__isnull", True),
                                ("customer__isnull", True),
                                ("group_share", []),
                                ("payer__isnull", True),
                                ("rule_usage", []),
                                ("series__isnull", True),
                                ("session__isnull", True),
                            ),
                            _connector="OR",
                        ),
                        name="scheduling_booking_test_takes_nothing",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("hold_extended_at__isnull", True),
                            ("hold_extended_at__gte", models.F("created_at")),
                            _connector="OR",
                        ),
                        name="scheduling_booking_extended",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("is_active", True), ("is_sole", True)),
                        fields=("customer", "service", "starts_at"),
                        name="scheduling_booking_sole",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Feedback",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("score", models.PositiveSmallIntegerField()),
                ("comment", models.TextField(blank=True, default="")),
                ("recommend_score", models.PositiveSmallIntegerField(blank=True, null=True)),
                ("may_publish", models.BooleanField(default=False)),
                ("created_at", models.DateTimeField()),
                (
                    "booking",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE, related_name="feedback", to="scheduling.booking"
                    ),
                ),
                ("answer", models.TextField(blank=True, db_default="", default="")),
                ("answered_at", models.DateTimeField(blank=True, null=True)),
                (
                    "answered_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                ("hidden_at", models.DateTimeField(blank=True, null=True)),
                ("hidden_reason", models.CharField(blank=True, db_default="", default="", max_length=300)),
                (
                    "hiding_log",
                    models.JSONField(blank=True, db_default=models.Value([], models.JSONField()), default=list),
                ),
            ],
            options={
                "verbose_name_plural": "feedback",
                "indexes": [
                    models.Index(fields=["-created_at", "-id"], name="scheduling_feedback_newest"),
                    models.Index(
                        models.ExpressionWrapper(models.Q(("comment", "")), output_field=models.BooleanField()),
                        models.OrderBy(models.F("created_at"), descending=True),
                        models.OrderBy(models.F("id"), descending=True),
                        condition=models.Q(("hidden_at__isnull", True), ("may_publish", True)),
                        include=("score", "booking"),
                        name="scheduling_feedback_public",
                    ),
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("score__gte", 1), ("score__lte", 5)), name="scheduling_feedback_score"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("recommend_score__isnull", True), ("recommend_score__lte", 10), _connector="OR"
                        ),
                        name="scheduling_feedback_recommend",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("answer", ""), ("answered_at__isnull", True)),
                            models.Q(models.Q(("answer", ""), _negated=True), ("answered_at__isnull", False)),
                            _connector="OR",
                        ),
                        name="scheduling_feedback_answered",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("hidden_at__isnull", True), ("hidden_reason", "")),
                            models.Q(models.Q(("hidden_reason", ""), _negated=True), ("hidden_at__isnull", False)),
                            _connector="OR",
                        ),
                        name="scheduling_feedback_hidden",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Reminder",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("offset_minutes", models.PositiveIntegerField()),
                ("due_at", models.DateTimeField()),
                (
                    "status",
                    models.CharField(
                        choices=[
                            ("planned", "Planned"),
                            ("sent", "Sent"),
                            ("cancelled", "Canceled"),
                            ("skipped", "Skipped"),
                        ],
                        default="planned",
                        max_length=12,
                    ),
                ),
                ("done_at", models.DateTimeField(blank=True, null=True)),
                (
                    "booking",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="reminders",
                        to="scheduling.booking",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("booking", "offset_minutes"), name="scheduling_reminder_once")
                ],
            },
        ),
        migrations.CreateModel(
            name="BookingLine",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("position", models.PositiveSmallIntegerField()),
                ("service_name", models.CharField(max_length=120)),
                ("duration_minutes", models.PositiveIntegerField()),
                ("price_minor", models.PositiveBigIntegerField(blank=True, null=True)),
                ("add_ons", models.JSONField(blank=True, default=list)),
                (
                    "booking",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="lines",
                        to="scheduling.booking",
                    ),
                ),
                (
                    "service",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="scheduling.service",
                    ),
                ),
                (
                    "service_names",
                    models.JSONField(blank=True, db_default=models.Value({}, models.JSONField()), default=dict),
                ),
            ],
            options={
                "ordering": ["position"],
                "constraints": [
                    models.UniqueConstraint(fields=("booking", "position"), name="scheduling_line_position"),
                    models.CheckConstraint(
                        condition=models.Q(("duration_minutes__gte", 1)), name="scheduling_line_duration"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="HistoricalBooking",
            fields=[
                ("id", models.BigIntegerField(auto_created=True, blank=True, db_index=True, verbose_name="ID")),
                ("reference", models.CharField(max_length=12)),
                ("token_version", models.PositiveIntegerField(default=1)),
                ("ics_uid", models.CharField(max_length=80)),
                ("sequence", models.PositiveIntegerField(default=0)),
                ("starts_at", models.DateTimeField()),
                ("ends_at", models.DateTimeField()),
                ("party_size", models.PositiveIntegerField(default=1)),
                (
                    "status",
                    models.CharField(
                        choices=[
                            ("held", "Held"),
                            ("pending_payment", "Waiting for payment"),
                            ("pending_approval", "Waiting for approval"),
                            ("confirmed", "Confirmed"),
                            ("arrived", "Arrived"),
                            ("in_progress", "In progress"),
                            ("completed", "Completed"),
                            ("cancelled", "Canceled"),
                            ("declined", "Declined"),
                            ("expired", "Expired"),
                            ("no_show", "No-show"),
                        ],
                        max_length=20,
                    ),
                ),
                ("is_active", models.BooleanField()),
                (
                    "source",
                    models.CharField(
                        choices=[
                            ("page", "Booking page"),
                            ("widget", "Widget"),
                            ("workspace", "Workspace"),
                            ("api", "API"),
                            ("series", "Series"),
                            ("waitlist", "Waitlist"),
                            ("import", "Import"),
                        ],
                        max_length=12,
                    ),
                ),
                ("hold_expires_at", models.DateTimeField(blank=True, null=True)),
                ("rule_usage", models.JSONField(blank=True, default=list)),
                ("customer_name", models.CharField(blank=True, default="", max_length=120)),
                ("customer_phone", models.CharField(blank=True, default="", max_length=32)),
                ("customer_email", models.CharField(blank=True, default="", max_length=254)),
                ("customer_locale", models.CharField(blank=True, default="", max_length=8)),
                ("wants_reminders", models.BooleanField(default=True)),
                ("asset_label", models.CharField(blank=True, default="", max_length=160)),
                ("asset_data", models.JSONField(blank=True, default=dict)),
                ("answers", models.JSONField(blank=True, default=dict)),
                ("arrival_mode", models.CharField(blank=True, default="", max_length=32)),
                ("note", models.TextField(blank=True, default="")),
                ("price_minor", models.PositiveBigIntegerField(blank=True, null=True)),
                ("deposit_minor", models.PositiveBigIntegerField(default=0)),
                ("currency", models.CharField(max_length=3)),
                ("policy", models.JSONField(blank=True, default=dict)),
                ("override_reason", models.CharField(blank=True, default="", max_length=300)),
                ("overridden_by_id", models.BigIntegerField(blank=True, null=True)),
                (
                    "cancelled_by",
                    models.CharField(
                        blank=True,
                        choices=[("customer", "Customer"), ("staff", "Staff"), ("system", "System")],
                        default="",
                        max_length=12,
                    ),
                ),
                ("cancelled_reason", models.CharField(blank=True, default="", max_length=300)),
                ("created_at", models.DateTimeField()),
                ("confirmed_at", models.DateTimeField(blank=True, null=True)),
                ("attendance_confirmed_at", models.DateTimeField(blank=True, null=True)),
                ("arrived_at", models.DateTimeField(blank=True, null=True)),
                ("started_at", models.DateTimeField(blank=True, null=True)),
                ("completed_at", models.DateTimeField(blank=True, null=True)),
                ("cancelled_at", models.DateTimeField(blank=True, null=True)),
                ("is_sample", models.BooleanField(default=False)),
                ("history_user_id", models.BigIntegerField(null=True)),
                ("history_change_reason", models.TextField(blank=True, default="")),
                ("history_id", models.AutoField(primary_key=True, serialize=False)),
                ("history_date", models.DateTimeField(db_index=True)),
                (
                    "history_type",
                    models.CharField(choices=[("+", "Created"), ("~", "Changed"), ("-", "Deleted")], max_length=1),
                ),
                (
                    "asset",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="scheduling.asset",
                    ),
                ),
                (
                    "customer",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="scheduling.customer",
                    ),
                ),
                (
                    "location",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="scheduling.location",
                    ),
                ),
                (
                    "chosen_resource",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="scheduling.resource",
                    ),
                ),
                (
                    "series",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="scheduling.series",
                    ),
                ),
                (
                    "service",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="scheduling.service",
                    ),
                ),
                (
                    "session",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="scheduling.session",
                    ),
                ),
                (
                    "proven_contact",
                    models.CharField(
                        blank=True,
                        choices=[("phone", "Phone"), ("email", "E-mail")],
                        db_default="",
                        default="",
                        max_length=8,
                    ),
                ),
                ("agreed_fold", models.PositiveSmallIntegerField(db_default=0, default=0)),
                ("agreed_minute", models.PositiveSmallIntegerField(db_default=0, default=0)),
                (
                    "agreed_on",
                    models.DateField(db_default=dt.date(1970, 1, 1), default=dt.date(1970, 1, 1)),
                ),
                ("agreed_timezone", models.CharField(blank=True, db_default="", default="", max_length=64)),
                (
                    "override_kind",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("staff", "Staff, with a reason"),
                            ("import", "Agreed elsewhere"),
                            ("clock", "The clocks of the country changed"),
                        ],
                        db_default="",
                        default="",
                        max_length=8,
                    ),
                ),
                (
                    "chosen_beside_ids",
                    models.JSONField(blank=True, db_default=models.Value([], models.JSONField()), default=list),
                ),
                (
                    "cancelled_cause",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("told", "They let us know"),
                            ("no_answer", "They do not answer"),
                            ("mistake", "Booked by mistake"),
                        ],
                        db_default="",
                        default="",
                        max_length=12,
                    ),
                ),
                ("collected_at", models.DateTimeField(blank=True, null=True)),
                (
                    "payer",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="scheduling.customer",
                    ),
                ),
                ("promised_at", models.DateTimeField(blank=True, null=True)),
                ("ready_at", models.DateTimeField(blank=True, null=True)),
                ("is_test", models.BooleanField(db_default=False, default=False)),
            ],
            options={
                "verbose_name": "historical booking",
                "verbose_name_plural": "historical bookings",
                "ordering": ("-history_date", "-history_id"),
                "get_latest_by": ("history_date", "history_id"),
            },
            bases=(simple_history.models.HistoricalChanges, models.Model),
        ),
        migrations.CreateModel(
            name="Allocation",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("part_index", models.PositiveSmallIntegerField(default=0)),
                ("starts_at", models.DateTimeField()),
                ("ends_at", models.DateTimeField()),
                ("is_active", models.BooleanField(default=True)),
                ("is_override", models.BooleanField(default=False)),
                ("hold_expires_at", models.DateTimeField(blank=True, null=True)),
                (
                    "booking",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="allocations",
                        to="scheduling.booking",
                    ),
                ),
                (
                    "resource",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="allocations",
                        to="scheduling.resource",
                    ),
                ),
                (
                    "lane",
                    models.ForeignKey(
                        blank=True,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="scheduling.resourcelane",
                    ),
                ),
                (
                    "session",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="allocations",
                        to="scheduling.session",
                    ),
                ),
                (
                    "ends_minute",
                    models.GeneratedField(
                        db_persist=True,
                        expression=scheduling.models.allocation.WholeMinute(models.F("ends_at")),
                        output_field=models.IntegerField(),
                    ),
                ),
                (
                    "starts_minute",
                    models.GeneratedField(
                        db_persist=True,
                        expression=scheduling.models.allocation.WholeMinute(models.F("starts_at")),
                        output_field=models.IntegerField(),
                    ),
                ),
            ],
            options={
                "indexes": [
                    models.Index(
                        condition=models.Q(("is_active", True)),
                        fields=["resource", "ends_minute"],
                        include=("starts_minute", "booking", "session", "hold_expires_at"),
                        name="scheduling_allocation_read",
                    )
                ],
                "constraints": [
                    django.contrib.postgres.constraints.ExclusionConstraint(
                        condition=models.Q(("is_active", True), ("is_override", False)),
                        expressions=[
                            (
                                scheduling.models.allocation.LaneRange(
                                    models.F("lane"), models.F("lane"), models.Value("[]")
                                ),
                                "&&",
                            ),
                            (
                                scheduling.models.allocation.PeriodRange(models.F("starts_at"), models.F("ends_at")),
                                "&&",
                            ),
                        ],
                        name="scheduling_lane_free",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("booking__isnull", False), ("session__isnull", True)),
                            models.Q(("booking__isnull", True), ("session__isnull", False)),
                            _connector="OR",
                        ),
                        name="scheduling_allocation_one_owner",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("is_override", False), ("lane__isnull", False)),
                            models.Q(("is_override", True), ("lane__isnull", True)),
                            _connector="OR",
                        ),
                        name="scheduling_allocation_lane",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("ends_at__gt", models.F("starts_at")),
                            (
                                "ends_at__lte",
                                django.db.models.expressions.CombinedExpression(
                                    models.F("starts_at"), "+", models.Value("31 days", models.DurationField())
                                ),
                            ),
                        ),
                        name="scheduling_allocation_length",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="TimeOff",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("starts_at", models.DateTimeField()),
                ("ends_at", models.DateTimeField()),
                ("reason", models.CharField(blank=True, default="", max_length=200)),
                (
                    "resource",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="time_off",
                        to="scheduling.resource",
                    ),
                ),
                ("is_active", models.BooleanField(default=True)),
                ("version", models.PositiveIntegerField(default=1)),
                ("agreed_timezone", models.CharField(blank=True, db_default="", default="", max_length=64)),
                (
                    "agreed_walls",
                    models.JSONField(blank=True, db_default=models.Value([], models.JSONField()), default=list),
                ),
                ("agreed_from", models.DateTimeField(blank=True, null=True)),
                ("agreed_to", models.DateTimeField(blank=True, null=True)),
                ("series_id", models.UUIDField(blank=True, null=True)),
            ],
            options={
                "indexes": [models.Index(fields=["resource", "ends_at"], name="scheduling_off_read")],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("ends_at__gt", models.F("starts_at"))), name="scheduling_off_ends"
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("is_active", True)),
                        fields=("resource", "starts_at", "ends_at"),
                        name="scheduling_off_once",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="WaitlistEntry",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("from_on", models.DateField()),
                ("to_on", models.DateField()),
                ("party_size", models.PositiveIntegerField(default=1)),
                ("note", models.CharField(blank=True, default="", max_length=300)),
                (
                    "status",
                    models.CharField(
                        choices=[
                            ("waiting", "Waiting"),
                            ("offered", "Offered"),
                            ("booked", "Booked"),
                            ("expired", "Expired"),
                            ("cancelled", "Canceled"),
                        ],
                        default="waiting",
                        max_length=12,
                    ),
                ),
                ("offer_expires_at", models.DateTimeField(blank=True, null=True)),
                ("log", models.JSONField(blank=True, default=list)),
                ("created_at", models.DateTimeField()),
                (
                    "customer",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="waitlist", to="scheduling.customer"
                    ),
                ),
                (
                    "location",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="scheduling.location",
                    ),
                ),
                (
                    "offered_booking",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to="scheduling.booking",
                    ),
                ),
                (
                    "service",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="waitlist",
                        to="scheduling.service",
                    ),
                ),
                (
                    "add_on_ids",
                    models.JSONField(blank=True, db_default=models.Value([], models.JSONField()), default=list),
                ),
                ("arrival_mode", models.CharField(blank=True, db_default="", default="", max_length=32)),
                ("from_minute", models.PositiveSmallIntegerField(blank=True, null=True)),
                (
                    "resource_ids",
                    models.JSONField(blank=True, db_default=models.Value([], models.JSONField()), default=list),
                ),
                (
                    "service_ids",
                    models.JSONField(blank=True, db_default=models.Value([], models.JSONField()), default=list),
                ),
                ("shortest_notice_minutes", models.PositiveIntegerField(db_default=0, default=0)),
                ("to_minute", models.PositiveSmallIntegerField(blank=True, null=True)),
                (
                    "weekdays",
                    models.JSONField(blank=True, db_default=models.Value([], models.JSONField()), default=list),
                ),
                (
                    "details",
                    models.JSONField(blank=True, db_default=models.Value({}, models.JSONField()), default=dict),
                ),
                ("ended_at", models.DateTimeField(blank=True, null=True)),
                ("join_key", models.CharField(blank=True, db_default="", default="", max_length=64)),
                ("missed_count", models.PositiveSmallIntegerField(db_default=0, default=0)),
                ("offer_number", models.PositiveIntegerField(db_default=0, default=0)),
                ("offer_token_hash", models.CharField(blank=True, db_default="", default="", max_length=64)),
                ("token_hash", models.CharField(blank=True, db_default="", default="", max_length=64)),
                ("uid", models.CharField(blank=True, db_default="", default="", max_length=32)),
            ],
            options={
                "verbose_name_plural": "waitlist entries",
                "indexes": [
                    models.Index(fields=["service", "status", "id"], name="scheduling_waitlist_turn"),
                    models.Index(
                        condition=models.Q(("status__in", ["waiting", "offered"])),
                        fields=["id"],
                        name="scheduling_waitlist_open",
                    ),
                    django.contrib.postgres.indexes.GinIndex(
                        fields=["details"], name="scheduling_waitlist_details", opclasses=["jsonb_path_ops"]
                    ),
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("to_on__gte", models.F("from_on"))), name="scheduling_waitlist_window"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("party_size__gte", 1)), name="scheduling_waitlist_party"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("weekdays__contained_by", [0, 1, 2, 3, 4, 5, 6])),
                        name="scheduling_waitlist_weekdays",
                    ),
                    models.CheckConstraint(
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
                    models.CheckConstraint(
                        condition=models.Q(("shortest_notice_minutes__lte", 2635200)), name="scheduling_waitlist_notice"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("ended_at__isnull", True), ("status__in", ["waiting", "offered"])),
                            models.Q(("ended_at__isnull", False), ("status__in", ["booked", "expired", "cancelled"])),
                            _connector="OR",
                        ),
                        name="scheduling_waitlist_ended",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("offer_expires_at__isnull", False), ("status", "offered")),
                            models.Q(
                                ("offer_expires_at__isnull", True),
                                ("status__in", ["waiting", "booked", "expired", "cancelled"]),
                            ),
                            _connector="OR",
                        ),
                        name="scheduling_waitlist_offered",
                    ),
                    models.UniqueConstraint(fields=("offered_booking",), name="scheduling_waitlist_booking"),
                    models.UniqueConstraint(
                        condition=models.Q(("token_hash__gt", "")),
                        fields=("token_hash",),
                        name="scheduling_waitlist_link",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("offer_token_hash__gt", "")),
                        fields=("offer_token_hash",),
                        name="scheduling_waitlist_offer_link",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("join_key__gt", "")), fields=("join_key",), name="scheduling_waitlist_join"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="WorkingHours",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "kind",
                    models.CharField(
                        choices=[("work", "Working hours"), ("break", "Break")], default="work", max_length=8
                    ),
                ),
                ("weekday", models.PositiveSmallIntegerField()),
                ("opens_minute", models.PositiveSmallIntegerField()),
                ("closes_minute", models.PositiveSmallIntegerField()),
                ("valid_from", models.DateField(blank=True, null=True)),
                ("valid_to", models.DateField(blank=True, null=True)),
                (
                    "location",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="hours",
                        to="scheduling.location",
                    ),
                ),
                (
                    "resource",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="hours",
                        to="scheduling.resource",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("location__isnull", True), ("resource__isnull", False)),
                            models.Q(("location__isnull", False), ("resource__isnull", True)),
                            _connector="OR",
                        ),
                        name="scheduling_hours_one_owner",
                    ),
                    models.CheckConstraint(condition=models.Q(("weekday__lte", 6)), name="scheduling_hours_weekday"),
                    models.CheckConstraint(
                        condition=models.Q(("closes_minute__lte", 1440), ("opens_minute__lt", 1440)),
                        name="scheduling_hours_minutes",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("valid_from__isnull", True),
                            ("valid_to__isnull", True),
                            ("valid_to__gte", models.F("valid_from")),
                            _connector="OR",
                        ),
                        name="scheduling_hours_validity",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("kind__in", ["work", "break"])), name="scheduling_hours_kind_known"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Contact",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("kind", models.CharField(choices=[("phone", "Phone"), ("email", "E-mail")], max_length=8)),
                ("value", models.CharField(max_length=254)),
                ("verified_at", models.DateTimeField(blank=True, null=True)),
                (
                    "customer",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="contacts",
                        to="scheduling.customer",
                    ),
                ),
            ],
            options={
                "indexes": [models.Index(fields=["value", "kind"], name="scheduling_contact_value")],
                "constraints": [
                    models.UniqueConstraint(fields=("customer", "kind", "value"), name="scheduling_contact_once"),
                    models.CheckConstraint(
                        condition=models.Q(("kind__in", ["phone", "email"])), name="scheduling_contact_kind"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Consent",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "purpose",
                    models.CharField(
                        choices=[
                            ("booking", "Data needed for the appointment"),
                            ("reminders", "Reminders"),
                            ("marketing", "News and offers"),
                            ("publish_feedback", "Publishing the review"),
                        ],
                        max_length=24,
                    ),
                ),
                ("channel", models.CharField(blank=True, default="", max_length=16)),
                ("text_version", models.CharField(blank=True, default="", max_length=32)),
                ("source", models.CharField(blank=True, default="", max_length=16)),
                ("proof", models.JSONField(blank=True, default=dict)),
                ("given_at", models.DateTimeField()),
                ("withdrawn_at", models.DateTimeField(blank=True, null=True)),
                (
                    "booking",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="consents",
                        to="scheduling.booking",
                    ),
                ),
                (
                    "customer",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="consents", to="scheduling.customer"
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            ("withdrawn_at__isnull", True), ("withdrawn_at__gte", models.F("given_at")), _connector="OR"
                        ),
                        name="scheduling_consent_withdrawal",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="AssetMark",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("mark", models.CharField(max_length=304)),
                (
                    "asset",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="marks", to="scheduling.asset"
                    ),
                ),
                (
                    "owner",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="scheduling.customer",
                    ),
                ),
            ],
            options={
                "constraints": [models.UniqueConstraint(fields=("owner", "mark"), name="scheduling_mark_once")],
            },
        ),
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
            options={
                "indexes": [
                    django.contrib.postgres.indexes.GinIndex(
                        fastupdate=False, fields=["keys"], name="scheduling_search_keys"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="ServiceResource",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("duration_minutes", models.PositiveIntegerField(blank=True, null=True)),
                ("price_minor", models.PositiveBigIntegerField(blank=True, null=True)),
                ("position", models.PositiveIntegerField(default=0)),
                (
                    "resource",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="+", to="scheduling.resource"
                    ),
                ),
                (
                    "service",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="per_resource",
                        to="scheduling.service",
                    ),
                ),
            ],
            options={
                "ordering": ["position", "id"],
                "constraints": [
                    models.UniqueConstraint(fields=("service", "resource"), name="scheduling_service_resource_once"),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("duration_minutes__isnull", True),
                            models.Q(("duration_minutes__gte", 1), ("duration_minutes__lte", 20160)),
                            _connector="OR",
                        ),
                        name="scheduling_service_resource_duration",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("duration_minutes__isnull", False), ("price_minor__isnull", False), _connector="OR"
                        ),
                        name="scheduling_service_resource_says",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="RuleTake",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("lane", models.PositiveSmallIntegerField(blank=True, null=True)),
                ("starts_at", models.DateTimeField()),
                ("ends_at", models.DateTimeField()),
                (
                    "booking",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="takes", to="scheduling.booking"
                    ),
                ),
                (
                    "rule",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="takes",
                        to="scheduling.capacityrule",
                    ),
                ),
            ],
            options={
                "indexes": [models.Index(fields=["rule", "ends_at"], name="scheduling_take_read")],
                "constraints": [
                    django.contrib.postgres.constraints.ExclusionConstraint(
                        condition=models.Q(("lane__isnull", False)),
                        expressions=[
                            (
                                scheduling.models.allocation.LaneRange(
                                    models.F("rule"), models.F("rule"), models.Value("[]")
                                ),
                                "&&",
                            ),
                            (
                                scheduling.models.allocation.LaneRange(
                                    models.F("lane"), models.F("lane"), models.Value("[]")
                                ),
                                "&&",
                            ),
                            (
                                scheduling.models.allocation.PeriodRange(models.F("starts_at"), models.F("ends_at")),
                                "&&",
                            ),
                        ],
                        name="scheduling_take_free",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("ends_at__gt", models.F("starts_at"))), name="scheduling_take_ends"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("lane__isnull", True), ("lane__lt", 1000), _connector="OR"),
                        name="scheduling_take_lane",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="AssetReading",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("value", models.PositiveBigIntegerField()),
                ("unit", models.CharField(max_length=8)),
                ("read_at", models.DateTimeField()),
                (
                    "asset",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="readings",
                        to="scheduling.asset",
                    ),
                ),
                (
                    "booking",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="readings",
                        to="scheduling.booking",
                    ),
                ),
            ],
            options={
                "indexes": [models.Index(fields=["asset", "read_at"], name="scheduling_reading_log")],
            },
        ),
        migrations.CreateModel(
            name="CatalogEdition",
            fields=[
                ("id", models.PositiveSmallIntegerField(default=1, primary_key=True, serialize=False)),
                ("number", models.BigIntegerField(default=1)),
            ],
            options={
                "constraints": [models.CheckConstraint(condition=models.Q(("id", 1)), name="scheduling_edition_alone")],
            },
        ),
        migrations.CreateModel(
            name="DaySeries",
            fields=[
                ("id", models.UUIDField(primary_key=True, serialize=False)),
                (
                    "repeats",
                    models.CharField(
                        choices=[
                            ("once", "Never"),
                            ("weekly", "Every week on this weekday"),
                            ("yearly", "Every year on this date"),
                        ],
                        max_length=6,
                    ),
                ),
                ("first_on", models.DateField()),
                ("last_on", models.DateField()),
                ("until_on", models.DateField(blank=True, null=True)),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("last_on__gte", models.F("first_on"))), name="scheduling_day_series_ends"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("repeats__in", ["once", "weekly", "yearly"])),
                        name="scheduling_day_series_known",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="FormerLink",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("token_hash", models.CharField(max_length=64)),
                ("token_version", models.PositiveIntegerField()),
                (
                    "booking",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="former_links",
                        to="scheduling.booking",
                    ),
                ),
                (
                    "entry",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="former_links",
                        to="scheduling.waitlistentry",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("token_hash",), name="scheduling_former_link_hash"),
                    models.CheckConstraint(
                        condition=models.Q(("token_hash", ""), _negated=True), name="scheduling_former_link_told"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("booking__isnull", True), ("entry__isnull", True), _connector="XOR"),
                        name="scheduling_former_link_of_one",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="VisitsLink",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("kind", models.CharField(choices=[("phone", "Phone"), ("email", "E-mail")], max_length=8)),
                ("contact", models.CharField(max_length=254)),
                ("locale", models.CharField(blank=True, default="", max_length=8)),
                ("token_hash", models.CharField(blank=True, default="", max_length=64)),
                ("created_at", models.DateTimeField()),
                ("told_at", models.DateTimeField(blank=True, null=True)),
                ("expires_at", models.DateTimeField()),
            ],
            options={
                "indexes": [models.Index(fields=["expires_at"], name="scheduling_visits_link_end")],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("token_hash", ""), _negated=True),
                        fields=("token_hash",),
                        name="scheduling_visits_link_hash",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("token_hash", ""), ("told_at__isnull", False), _connector="OR"),
                        name="scheduling_visits_link_told",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("expires_at__gt", models.F("created_at"))),
                        name="scheduling_visits_link_ends",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("kind__in", ["phone", "email"])), name="scheduling_visits_link_kind"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="VisitPhoto",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("run_hash", models.CharField(max_length=64)),
                ("position", models.PositiveSmallIntegerField()),
                ("created_at", models.DateTimeField()),
                (
                    "booking",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="photos",
                        to="scheduling.booking",
                    ),
                ),
            ],
            options={
                "ordering": ["position"],
                "constraints": [
                    models.CheckConstraint(condition=models.Q(("position__lt", 5)), name="scheduling_photo_few"),
                    models.CheckConstraint(
                        condition=models.Q(("run_hash", ""), _negated=True), name="scheduling_photo_run_told"
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("booking__isnull", True)),
                        fields=("run_hash", "position"),
                        name="scheduling_photo_of_run",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("booking__isnull", False)),
                        fields=("booking", "position"),
                        name="scheduling_photo_of_booking",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="ConversationLine",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "author",
                    models.CharField(
                        choices=[("customer", "Customer"), ("staff", "Staff"), ("system", "System")], max_length=8
                    ),
                ),
                ("text", models.TextField()),
                ("written_at", models.DateTimeField()),
                ("settled_at", models.DateTimeField(blank=True, null=True)),
                (
                    "booking",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="conversation",
                        to="scheduling.booking",
                    ),
                ),
                (
                    "user",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "indexes": [
                    models.Index(fields=["booking", "written_at"], name="scheduling_conversation_order"),
                    models.Index(
                        condition=models.Q(("settled_at__isnull", True)),
                        fields=["written_at", "id"],
                        name="scheduling_conversation_wait",
                    ),
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("author__in", ("customer", "staff"))), name="scheduling_conversation_author"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("text", ""), _negated=True), name="scheduling_conversation_text"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("author", "staff"), ("user__isnull", True), _connector="OR"),
                        name="scheduling_conversation_user",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("author", "customer"), ("settled_at__isnull", True)),
                            ("settled_at__gte", models.F("written_at")),
                            _connector="OR",
                        ),
                        name="scheduling_conversation_settled",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="DataRequest",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "kind",
                    models.CharField(
                        choices=[("correction", "Correct something"), ("erasure", "Erase what is kept about me")],
                        max_length=12,
                    ),
                ),
                ("text", models.TextField(blank=True, default="")),
                ("asked_at", models.DateTimeField()),
                ("done_at", models.DateTimeField(blank=True, null=True)),
                ("answer", models.TextField(blank=True, default="")),
                (
                    "booking",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="data_requests",
                        to="scheduling.booking",
                    ),
                ),
                (
                    "done_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "indexes": [
                    models.Index(
                        condition=models.Q(("done_at__isnull", True)),
                        fields=["asked_at", "id"],
                        name="scheduling_data_request_wait",
                    )
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("kind__in", ["correction", "erasure"])), name="scheduling_data_request_kind"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("done_at__isnull", False),
                            models.Q(("answer", ""), ("done_by__isnull", True)),
                            _connector="OR",
                        ),
                        name="scheduling_data_request_done",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("done_at__isnull", True)),
                        fields=("booking", "kind"),
                        name="scheduling_data_request_once",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="CalendarFeed",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("key", models.UUIDField(default=uuid.uuid4, unique=True)),
                ("is_full", models.BooleanField(default=False)),
                ("token_hash", models.CharField(max_length=64, unique=True)),
                ("created_at", models.DateTimeField()),
                (
                    "resource",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="feeds", to="scheduling.resource"
                    ),
                ),
                (
                    "made_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                ("last_used_at", models.DateTimeField(blank=True, null=True)),
            ],
        ),
        migrations.AddField(
            model_name="Requirement",
            name="resources",
            field=models.ManyToManyField(
                related_name="requirements", through="scheduling.RequirementResource", to="scheduling.resource"
            ),
        ),
        migrations.RunSQL(
            "ALTER SEQUENCE scheduling_customer_number OWNED BY scheduling_customer.number", migrations.RunSQL.noop
        ),
        migrations.RunSQL(
            "INSERT INTO scheduling_catalogedition (id, number) VALUES (1, 1)", migrations.RunSQL.noop, elidable=False
        ),
    ]
