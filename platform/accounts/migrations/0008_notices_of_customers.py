from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0007_password_changed_at"),
    ]

    operations = [
        migrations.RemoveConstraint("silencednotice", "accounts_silenced_notice_known"),
        migrations.AddConstraint(
            "silencednotice",
            models.CheckConstraint(
                condition=models.Q(
                    (
                        "notice__in",
                        (
                            "business_new_booking",
                            "business_new_request",
                            "business_request_waiting",
                            "business_booking_moved",
                            "business_booking_cancelled",
                            "business_feedback_low",
                            "business_customer_wrote",
                            "business_data_request",
                            "business_clock_clash",
                            "own_work",
                        ),
                    )
                ),
                name="accounts_silenced_notice_known",
            ),
        ),
    ]
