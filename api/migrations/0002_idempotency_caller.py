"""Keys belong to the address that sent them; rows of before belong to nobody and end within a day."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("api", "0001_initial")]

    operations = [
        migrations.AddField(
            model_name="idempotentanswer",
            name="caller",
            field=models.CharField(db_default="", default="", max_length=64),
        ),
        migrations.RemoveConstraint(model_name="idempotentanswer", name="api_idempotent_answer_unique"),
        migrations.AddConstraint(
            model_name="idempotentanswer",
            constraint=models.UniqueConstraint(
                fields=("endpoint", "key", "caller"), name="api_idempotent_answer_unique"
            ),
        ),
    ]
