"""Answers are kept as they were sent: a document of the database forgets the order of names and the blanks."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("api", "0002_idempotency_caller")]

    operations = [
        migrations.AlterField(model_name="idempotentanswer", name="answer", field=models.TextField()),
    ]
