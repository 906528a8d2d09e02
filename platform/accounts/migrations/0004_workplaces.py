"""Note where those sign in who are there already."""

from __future__ import annotations

from typing import Any

from django.db import migrations

from tenants.services.workplaces import hash_email


def note_everybody(apps: Any, schema_editor: Any) -> None:
    """Write a row for each person of a business; operators have none."""
    schema_name = schema_editor.connection.schema_name
    if schema_name == "public":
        return
    emails = apps.get_model("accounts", "User").objects.filter(is_active=True).values_list("email", flat=True)
    rows = [(hash_email(email), schema_name) for email in emails]
    workplace = apps.get_model("tenants", "Workplace")
    workplace.objects.bulk_create(
        [workplace(email_hash=email_hash, schema_name=name) for email_hash, name in rows], ignore_conflicts=True
    )


class Migration(migrations.Migration):
    dependencies = [("accounts", "0003_team"), ("tenants", "0010_workplaces")]

    operations = [migrations.RunPython(note_everybody, migrations.RunPython.noop)]
