"""Answers are kept as they were sent as well: a document of the database forgets the order of names and the blanks.

The document stays: the version before writes and reads it while this one is started.
"""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("api", "0002_idempotency_caller")]

    operations = [
        migrations.AddField(
            model_name="idempotentanswer", name="sent", field=models.TextField(db_default="", default="")
        ),
    ]
