from typing import Any

from django.db import migrations, models


def join_twins(apps: Any, schema_editor: Any) -> None:
    """Of several webhooks to one address the oldest stays, and hears of what all of them heard of."""
    Endpoint = apps.get_model("notifications", "WebhookEndpoint")
    first: dict[str, Any] = {}
    for row in Endpoint.objects.order_by("pk"):
        kept = first.setdefault(row.url, row)
        if kept is not row:
            kept.events = [*kept.events, *(each for each in row.events if each not in kept.events)]
            kept.save(update_fields=["events"])
            row.delete()
    # What waits for the end of the transaction would forbid the constraint.
    schema_editor.execute("SET CONSTRAINTS ALL IMMEDIATE")


class Migration(migrations.Migration):
    dependencies = [
        ("notifications", "0011_webhooks"),
    ]

    operations = [
        migrations.AddField(
            model_name="webhookdelivery",
            name="is_again",
            field=models.BooleanField(db_default=False, default=False),
        ),
        migrations.AddIndex(
            model_name="webhookdelivery",
            index=models.Index(
                condition=models.Q(("ended_at__isnull", False)),
                fields=["endpoint", "created_at"],
                name="notifications_webhook_old",
            ),
        ),
        migrations.RunPython(join_twins, migrations.RunPython.noop),
        migrations.AddConstraint(
            model_name="webhookendpoint",
            constraint=models.UniqueConstraint(fields=("url",), name="notifications_webhook_url"),
        ),
    ]
