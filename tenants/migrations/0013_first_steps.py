from django.db import migrations, models


class Migration(migrations.Migration):
    """Businesses that exist have long begun: none of them is shown the list of first steps."""

    dependencies = [
        ("tenants", "0012_published"),
    ]

    operations = [
        migrations.AddField(model_name="tenant", name="tested_at", field=models.DateTimeField(null=True)),
        migrations.AddField(model_name="tenant", name="shared_at", field=models.DateTimeField(null=True)),
        migrations.AddField(model_name="tenant", name="guide_ended_at", field=models.DateTimeField(null=True)),
        migrations.RunSQL(
            "UPDATE tenants_tenant SET guide_ended_at = published_at",
            migrations.RunSQL.noop,
        ),
    ]
