import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("scheduling", "0038_opinions_and_photos"),
    ]

    operations = [
        migrations.AddField(
            model_name="formerlink",
            name="entry",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="former_links",
                to="scheduling.waitlistentry",
            ),
        ),
        migrations.AlterField(
            model_name="formerlink",
            name="booking",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="former_links",
                to="scheduling.booking",
            ),
        ),
        migrations.AddConstraint(
            model_name="formerlink",
            constraint=models.CheckConstraint(
                condition=models.Q(("booking__isnull", True), ("entry__isnull", True), _connector="XOR"),
                name="scheduling_former_link_of_one",
            ),
        ),
    ]
