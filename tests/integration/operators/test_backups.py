"""The operator reads how the archives of each business stand, and is warned of those that have none."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

import pytest

from kernel.clock import utc_now
from recovery.models import PlatformBackup
from tenants.models import Backup, Tenant
from tests.factories.accounts import make_operator, sign_in_fully

pytestmark = pytest.mark.usefixtures("lone_platform")

PAGE = "/operator/"
SALON, TALLER = ("Negocio salon", "nunca"), ("Negocio taller", "nunca")


@pytest.fixture
def operator_client(platform_client):
    sign_in_fully(platform_client, make_operator(name="Olivia Op"))
    return platform_client


def test_businesses_without_a_verified_backup_are_counted_and_named(operator_client, tenants):
    before = operator_client.get(PAGE).content.decode()
    Tenant.objects.update(created_at=utc_now() - timedelta(days=9))
    two = operator_client.get(PAGE).content.decode()
    Backup.objects.create(
        schema_name=tenants["taller"].schema_name, archive="x", began_at=utc_now(), verified_at=utc_now()
    )
    one = operator_client.get(PAGE).content.decode()

    assert "respaldo comprobado" not in before
    assert "2 negocios llevan dos noches sin respaldo comprobado." in two
    assert "Un negocio lleva dos noches sin respaldo comprobado." in one
    assert [list_named(page) for page in (before, two, one)] == [[], [TALLER, SALON], [SALON]]


def test_who_waits_the_longest_is_named_first_and_no_more_than_fit(operator_client, tenants, monkeypatch):
    Tenant.objects.update(created_at=utc_now() - timedelta(days=90))
    for days in (50, 3):
        made_at = utc_now() - timedelta(days=days)
        Backup.objects.create(
            schema_name=tenants["salon"].schema_name, archive=f"x{days}", began_at=made_at, verified_at=made_at
        )
    Tenant.objects.filter(pk=tenants["taller"].id).update(name="<b>Taller</b>")

    both = operator_client.get(PAGE).content.decode()
    monkeypatch.setattr("operators.views.LATE_NAMED", 1)
    first = operator_client.get(PAGE).content.decode()

    assert list_named(both) == [("&lt;b&gt;Taller&lt;/b&gt;", "nunca"), ("Negocio salon", f"{made_at:%Y-%m-%d %H:%M}")]
    assert list_named(first) == list_named(both)[:1]
    assert ("y uno más" in both, "y uno más" in first) == (False, True)


def list_named(page: str) -> list[tuple[str, str]]:
    """Names in the warning, each with when its last good archive was restored for a try."""
    note = page.partition('<p class="note warn"')[2].partition("</p>")[0]
    return re.findall(r'<small><a href="/operator/tenants/\w+/">([^<]+)</a>\s*(?:<time [^>]*>)?([^<]+?)<', note)


def test_business_says_when_it_was_and_what_failed_since(operator_client, tenants):
    info, now = tenants["taller"], utc_now()
    page = f"{PAGE}tenants/{info.schema_name}/"
    never = operator_client.get(page).content.decode()
    Backup.objects.create(schema_name=info.schema_name, archive="x", began_at=now, verified_at=now)
    good = operator_client.get(page).content.decode()
    Backup.objects.create(
        schema_name=info.schema_name, began_at=now + timedelta(seconds=1), failure="no space is left in /srv"
    )
    failed = operator_client.get(page).content.decode()

    assert ("todavía ninguna" in never, "El último falló" in never) == (True, False)
    assert (f"{now:%Y-%m-%d %H:%M}" in good, "El último falló" in good) == (True, False)
    assert ("El último falló" in failed, "no space is left in /srv" in failed) == (True, True)


def test_backups_of_the_platform_are_told_when_there_are_any(operator_client):
    began_at = datetime(2026, 11, 20, 7, 20, tzinfo=UTC)

    nothing = operator_client.get(PAGE).content.decode()
    PlatformBackup.objects.create(label="x", began_at=began_at)
    late = operator_client.get(PAGE).content.decode()
    PlatformBackup.objects.create(label="y", began_at=utc_now() - timedelta(hours=2))
    good = operator_client.get(PAGE).content.decode()
    PlatformBackup.objects.create(failure="no <room>", began_at=utc_now())
    failed = operator_client.get(PAGE).content.decode()

    told = (
        "plataforma completa lleva dos noches",
        "Falló el último respaldo",
        "Último respaldo de la plataforma completa",
    )
    assert [[text in page for text in told] for page in (nothing, late, good, failed)] == [
        [False, False, False], [True, False, True], [False, False, True], [False, True, True],
    ]  # fmt: skip
    assert "2026-11-20 07:20</time> UTC" in late
    assert "no &lt;room&gt;" in failed
