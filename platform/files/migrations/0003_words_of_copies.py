from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("files", "0002_data_copies"),
    ]

    operations = [
        migrations.AlterField(
            model_name="datacopy",
            name="kind",
            field=models.CharField(
                choices=[("export", "Everything as tables and files"), ("archive", "Backup of everything")],
                max_length=8,
            ),
        ),
        migrations.AlterField(
            model_name="datacopy",
            name="failure",
            field=models.CharField(
                blank=True,
                choices=[
                    ("full", "There was no room for it on our disk. Nothing of it is left; ask for it again later."),
                    ("away", "The file storage did not answer. Ask for it again in a few minutes."),
                    ("stopped", "It was stopped several times before all of it was there. Ask for it again later."),
                    ("trouble", "The copy did not pass our check, so we do not hand it out. Please contact support."),
                ],
                default="",
                max_length=8,
            ),
        ),
    ]
