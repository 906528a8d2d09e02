from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("scheduling", "0035_aftercare"),
    ]

    operations = [
        migrations.AddField(
            model_name="waitlistentry",
            name="details",
            field=models.JSONField(blank=True, db_default=models.Value({}, models.JSONField()), default=dict),
        ),
        migrations.AddField(
            model_name="waitlistentry",
            name="ended_at",
            field=models.DateTimeField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name="waitlistentry",
            name="join_key",
            field=models.CharField(blank=True, db_default="", default="", max_length=64),
        ),
        migrations.AddField(
            model_name="waitlistentry",
            name="missed_count",
            field=models.PositiveSmallIntegerField(db_default=0, default=0),
        ),
        migrations.AddField(
            model_name="waitlistentry",
            name="offer_number",
            field=models.PositiveIntegerField(db_default=0, default=0),
        ),
        migrations.AddField(
            model_name="waitlistentry",
            name="offer_token_hash",
            field=models.CharField(blank=True, db_default="", default="", max_length=64),
        ),
        migrations.AddField(
            model_name="waitlistentry",
            name="token_hash",
            field=models.CharField(blank=True, db_default="", default="", max_length=64),
        ),
        migrations.AddField(
            model_name="waitlistentry",
            name="uid",
            field=models.CharField(blank=True, db_default="", default="", max_length=32),
        ),
        migrations.AddIndex(
            model_name="waitlistentry",
            index=models.Index(
                condition=models.Q(("status__in", ["waiting", "offered"])),
                fields=["id"],
                name="scheduling_waitlist_open",
            ),
        ),
        migrations.AddConstraint(
            model_name="waitlistentry",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("ended_at__isnull", True), ("status__in", ["waiting", "offered"])),
                    models.Q(("ended_at__isnull", False), ("status__in", ["booked", "expired", "cancelled"])),
                    _connector="OR",
                ),
                name="scheduling_waitlist_ended",
            ),
        ),
        migrations.AddConstraint(
            model_name="waitlistentry",
            constraint=models.CheckConstraint(
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
        ),
        migrations.AddConstraint(
            model_name="waitlistentry",
            constraint=models.UniqueConstraint(fields=("offered_booking",), name="scheduling_waitlist_booking"),
        ),
        migrations.AddConstraint(
            model_name="waitlistentry",
            constraint=models.UniqueConstraint(
                condition=models.Q(("token_hash__gt", "")), fields=("token_hash",), name="scheduling_waitlist_link"
            ),
        ),
        migrations.AddConstraint(
            model_name="waitlistentry",
            constraint=models.UniqueConstraint(
                condition=models.Q(("offer_token_hash__gt", "")),
                fields=("offer_token_hash",),
                name="scheduling_waitlist_offer_link",
            ),
        ),
        migrations.AddConstraint(
            model_name="waitlistentry",
            constraint=models.UniqueConstraint(
                condition=models.Q(("join_key__gt", "")), fields=("join_key",), name="scheduling_waitlist_join"
            ),
        ),
    ]
