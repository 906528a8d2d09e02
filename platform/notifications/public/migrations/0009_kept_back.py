from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("notifications_public", "0008_message_category"),
    ]

    operations = [
        migrations.AlterField(
            model_name="message",
            name="reason",
            field=models.CharField(
                blank=True,
                choices=[
                    ("recipient_invalid", "The address or number is not valid"),
                    ("refused", "The carrier refused it"),
                    ("gave_up", "The carrier did not answer for hours"),
                    ("no_carrier", "No carrier is set up for this channel"),
                    ("too_late", "It would have come too late"),
                    ("unwanted", "No SMS is sent to this kind of number or country"),
                    ("too_many", "The recipient had already received enough of these"),
                    ("superseded", "Something newer replaced it"),
                    ("withdrawn", "The recipient wants no SMS from this business"),
                    ("undone", "It was undone in time: there was nothing to tell"),
                    ("copy", "This is a copy of the business, and it writes to no customer until its owner says so"),
                    ("example", "This is the example, which writes to nobody"),
                ],
                default="",
                max_length=24,
            ),
        ),
    ]
