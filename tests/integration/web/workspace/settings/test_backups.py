"""The owner reads when a copy of everything was last restored for a try."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
import time_machine

from kernel.clock import utc_now
from tenants.models import Backup, Tenant

URL = "/workspace/settings/business/"
DAY = timedelta(days=1)
AT = datetime(2026, 11, 26, 8, 41, tzinfo=UTC)


def test_before_the_first_night_it_says_so(owner_client, other_tenant):
    Backup.objects.create(schema_name=other_tenant.schema_name, archive="x", began_at=AT, verified_at=AT)

    page = owner_client.get(URL).content.decode()

    assert ("El primero se hace esta noche." in page, "Última restauración comprobada" in page) == (True, False)


def test_last_verified_restore_has_its_date_on_the_clock_of_the_business(owner_client, tenant):
    Backup.objects.create(schema_name=tenant.schema_name, archive="x", began_at=AT, verified_at=AT)
    Backup.objects.create(schema_name=tenant.schema_name, began_at=AT, failure="no space is left in /srv")

    with time_machine.travel(AT + timedelta(hours=12)):
        page = owner_client.get(URL).content.decode()

    shown = page[page.index("Última restauración comprobada") :][:200]
    assert "26" in shown
    assert "2:41" in shown  # 08:41 UTC, in Mexico City
    assert "no space" not in page
    assert FAILED_SINCE not in page  # the good one began at the same moment


FAILED_SINCE = "Desde entonces ninguno salió bien."
NONE_YET = "Todavía no hay ninguno: hasta ahora no salió bien."


@pytest.mark.parametrize("page", [URL, "/workspace/data/"])
def test_failures_are_said_instead_of_a_promise_for_tonight(owner_client, tenant, page):
    Backup.objects.create(schema_name=tenant.schema_name, began_at=AT, failure="no space is left in /srv")
    failed = owner_client.get(page).content.decode()
    Backup.objects.create(schema_name=tenant.schema_name, archive="x", began_at=AT - DAY, verified_at=AT - DAY)

    since = owner_client.get(page).content.decode()

    assert (NONE_YET in failed, "esta noche." in failed, "El primero" in failed) == (True, True, False)
    assert (FAILED_SINCE in since, "Última restauración comprobada" in since, NONE_YET in since) == (True, True, False)
    assert "no space" not in failed + since


def test_none_for_two_nights_is_no_promise_either(owner_client, tenant):
    Tenant.objects.filter(pk=tenant.id).update(created_at=utc_now() - 3 * DAY)

    page = owner_client.get(URL).content.decode()

    assert (NONE_YET in page, "El primero" in page) == (True, False)
