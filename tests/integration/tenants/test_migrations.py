"""Migrating the platform: whoever fails is named and left behind, the others go on."""

from __future__ import annotations

import pytest
from django.core.management import CommandError, call_command
from django.db import connection

from database.connection import LASTING
from tenants.models import SchemaState
from tenants.services import migrations
from tenants.services.templates import get_migration_state


@pytest.fixture
def behind(provision):
    """Return three committed tenants whose ledger says that they are behind."""
    tenants = [provision() for _ in range(3)]
    SchemaState.objects.update(state="older")
    return tenants


def test_platform_up_to_date_migrates_nobody(committed, provision):
    provision()

    assert migrations.migrate_platform().migrated == ()


def test_failing_tenant_is_named_and_the_others_go_on(behind, capsys):
    first, broken, last = behind
    with connection.cursor() as cursor:
        # As if a hand had been in there: the migration of this app starts anew and meets its own tables.
        cursor.execute(f"DELETE FROM \"{broken.schema_name}\".django_migrations WHERE app = 'notifications'")

    with pytest.raises(CommandError, match=broken.schema_name):
        call_command("migrate_platform")

    state = get_migration_state()
    current = set(SchemaState.objects.filter(state=state).values_list("schema_name", flat=True))
    assert current >= {first.schema_name, last.schema_name}
    assert broken.schema_name not in current
    assert connection.schema_name == "public"


def read_name() -> str:
    with connection.cursor() as cursor:
        cursor.execute("SHOW application_name")
        return cursor.fetchone()[0]


def test_interrupted_run_goes_on_where_it_stopped(behind, monkeypatch):
    seen, names = [], []
    real = migrations._migrate_tenant

    def stop_at_second(schema_name, *rest):
        seen.append(schema_name)
        names.append(read_name())
        if len(seen) == 2:
            raise KeyboardInterrupt
        return real(schema_name, *rest)

    monkeypatch.setattr(migrations, "_migrate_tenant", stop_at_second)
    with pytest.raises(KeyboardInterrupt):
        migrations.migrate_platform()
    monkeypatch.setattr(migrations, "_migrate_tenant", real)

    report = migrations.migrate_platform()

    assert (names, read_name() != LASTING) == ([LASTING] * 2, True)
    assert seen[0] not in report.migrated
    assert set(report.migrated) >= {tenant.schema_name for tenant in behind} - {seen[0]}


def test_plan_is_made_once_and_repeated(behind, dump, monkeypatch):
    expected = dump(behind[0].schema_name)
    for tenant in behind:
        with connection.cursor() as cursor:
            cursor.execute(
                f'DROP TABLE "{tenant.schema_name}".mfa_authenticator; '
                f"DELETE FROM \"{tenant.schema_name}\".django_migrations WHERE app = 'mfa'"
            )
    by_django = []
    real = migrations.migrate_schema
    monkeypatch.setattr(migrations, "migrate_schema", lambda name: by_django.append(name) or real(name))

    report = migrations.migrate_platform()

    names = [tenant.schema_name for tenant in behind]
    assert report.failed == ()
    assert [name for name in by_django if name in names] == names[:1]
    without_rows = [sorted(line for line in dump(name) if not line.startswith(("row ", "sequence "))) for name in names]
    assert without_rows == [sorted(line for line in expected if not line.startswith(("row ", "sequence ")))] * 3


def test_data_migration_that_fails_is_named(behind, monkeypatch):
    real = migrations.migrate_schema

    def fail(schema_name):
        if schema_name == behind[1].schema_name:
            message = "no such vehicle"
            raise ValueError(message)
        real(schema_name)

    monkeypatch.setattr(migrations, "migrate_schema", fail)
    monkeypatch.setattr(migrations, "_can_repeat", lambda _schema_name: False)

    report = migrations.migrate_platform()

    assert report.failed == ((behind[1].schema_name, "no such vehicle"),)
    assert {tenant.schema_name for tenant in behind} - set(report.migrated) == {behind[1].schema_name}
