"""The owner reads when a copy of everything was last restored for a try."""

from __future__ import annotations

from datetime import UTC, datetime

from tenants.models import Backup

URL = "/workspace/settings/business/"
AT = datetime(2026, 11, 26, 8, 41, tzinfo=UTC)


def test_before_the_first_night_it_says_so(owner_client, other_tenant):
    Backup.objects.create(schema_name=other_tenant.schema_name, archive="x", began_at=AT, verified_at=AT)

    page = owner_client.get(URL).content.decode()

    assert ("El primero se hace esta noche." in page, "Última restauración comprobada" in page) == (True, False)


def test_last_verified_restore_has_its_date_on_the_clock_of_the_business(owner_client, tenant):
    Backup.objects.create(schema_name=tenant.schema_name, archive="x", began_at=AT, verified_at=AT)
    Backup.objects.create(schema_name=tenant.schema_name, began_at=AT, failure="no space is left in /srv")

    page = owner_client.get(URL).content.decode()

    shown = page[page.index("Última restauración comprobada") :][:200]
    assert "26" in shown
    assert "2:41" in shown  # 08:41 UTC, in Mexico City
    assert "no space" not in page
