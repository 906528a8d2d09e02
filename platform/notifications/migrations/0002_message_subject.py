"""A message names what it is about by kind and id: bookings were the only kind."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("notifications", "0001_initial")]

    operations = [
        migrations.RemoveIndex(model_name="message", name="notifications_message_booking"),
        migrations.RenameField(model_name="message", old_name="booking_id", new_name="subject_id"),
        migrations.AddField(
            model_name="message",
            name="subject_kind",
            field=models.CharField(blank=True, default="", max_length=40),
        ),
        migrations.RunSQL(
            "UPDATE notifications_message SET subject_kind = 'booking' WHERE subject_id IS NOT NULL",
            # Before, every subject was a booking.
            "UPDATE notifications_message SET subject_id = NULL WHERE subject_kind <> 'booking'",
        ),
        migrations.AddIndex(
            model_name="message",
            index=models.Index(fields=["subject_kind", "subject_id", "id"], name="notifications_message_subject"),
        ),
    ]
