"""A tenant is whole or not there."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import textwrap
import threading
from datetime import UTC, datetime

import pytest
from django.db import connection

from config.environment import ROOT
from tenants import hooks
from tenants.enums import SignUpStatus, TenantStatus
from tenants.errors import SlugReserved, SlugTaken
from tenants.models import Domain, DueWork, SchemaState, SignUp, SpareSchema, Tenant
from tenants.selectors.resolution import resolve_host
from tenants.services.due_work import perform_due_work
from tenants.services.provisioning import provision_tenant
from tenants.services.sign_up import make_verify_token, start_sign_up, verify_email
from tenants.services.spares import claim_spare, drop_spare, make_spare
from tenants.services.templates import ensure_template

NOW = datetime(2026, 11, 23, 15, tzinfo=UTC)


def test_provisioned_tenant_is_whole(provision, settings):
    info = provision(country="CL")

    tenant = Tenant.objects.get(pk=info.id)
    with connection.cursor() as cursor:
        cursor.execute(f'SELECT name, email, role, password FROM "{info.schema_name}".accounts_user')
        owners = cursor.fetchall()
    assert (tenant.status, tenant.timezone, tenant.currency) == (TenantStatus.TRIAL, "America/Santiago", "CLP")
    assert [owner[:3] for owner in owners] == [("Ana Morales", "ana@example.com", "owner")]
    assert "un-secreto-largo" not in owners[0][3]
    assert info.primary_host.startswith(f"{info.slug}.")
    assert resolve_host(info.primary_host) == info
    assert SchemaState.objects.filter(schema_name=info.schema_name, state=ensure_template().state).count() == 1


def test_ready_spare_is_claimed(committed, provision, schemas):
    make_spare(ensure_template())
    before = set(SpareSchema.objects.values_list("schema_name", flat=True))

    provision()

    claimed = min(before - set(SpareSchema.objects.values_list("schema_name", flat=True)))
    assert len(before) == SpareSchema.objects.count() + 1
    assert claimed not in schemas()


def test_two_claims_at_once_get_different_schemas(committed, schemas):
    template = ensure_template()
    for spare in SpareSchema.objects.all():
        drop_spare(spare.schema_name)
    spares = {make_spare(template).schema_name for _ in range(2)}
    barrier = threading.Barrier(2)

    def claim(name: str) -> None:
        from django.db import transaction

        try:
            with transaction.atomic():
                claim_spare(template, name)
                barrier.wait(timeout=20)
        finally:
            connection.close()

    threads = [threading.Thread(target=claim, args=(name,)) for name in ("claimed_a", "claimed_b")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    present = schemas()
    with connection.cursor() as cursor:
        cursor.execute('DROP SCHEMA "claimed_a" CASCADE; DROP SCHEMA "claimed_b" CASCADE')
    assert {"claimed_a", "claimed_b"} <= present
    assert spares & present == set()
    assert SpareSchema.objects.filter(schema_name__in=spares).count() == 0


def test_failing_step_leaves_nothing(committed, details, slug, schemas, monkeypatch):
    spare = make_spare(ensure_template())
    before = schemas(), Tenant.objects.count(), Domain.objects.count()

    def fail(tenant, sign_up, now):
        message = "no"
        raise RuntimeError(message)

    monkeypatch.setitem(hooks._steps, "fail", hooks._Step(order=99, name="fail", function=fail))
    with pytest.raises(RuntimeError):
        provision_tenant(details=details(slug), now=NOW)

    assert (schemas(), Tenant.objects.count(), Domain.objects.count()) == before
    assert SpareSchema.objects.filter(pk=spare.pk).count() == 1
    assert connection.schema_name == "public"


def test_slug_race_has_one_winner(committed, details, slug):
    results: list[str] = []
    barrier = threading.Barrier(2)

    def race() -> None:
        try:
            barrier.wait(timeout=20)
            provision_tenant(details=details(slug), now=NOW)
            results.append("won")
        except SlugTaken:
            results.append("taken")
        finally:
            connection.close()

    threads = [threading.Thread(target=race) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sorted(results) == ["taken", "won"]
    assert Tenant.objects.filter(slug=slug).count() == 1


def test_reserved_slug_is_refused(committed, details, schemas):
    before = schemas()

    with pytest.raises(SlugReserved):
        provision_tenant(details=details("admin"), now=NOW)

    assert schemas() == before


KILLED = """
import os, signal, sys
import django
from django.conf import settings
settings.DATABASES["default"]["NAME"] = sys.argv[1]
django.setup()
from datetime import UTC, datetime
from tenants.services.due_work import perform_due_work
seen = 0
def count(execute, sql, params, many, context):
    global seen
    seen += 1
    if seen == int(sys.argv[3]):
        os.kill(os.getpid(), signal.SIGKILL)
    return execute(sql, params, many, context)
from django.db import connection
connection.ensure_connection()
with connection.execute_wrapper(count):
    perform_due_work(schema_name="public", kind="provision", row_id=int(sys.argv[2]), now=datetime.now(tz=UTC))
print(seen)
"""


def run_worker(row_id: int, kill_at: int) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-c", textwrap.dedent(KILLED), connection.settings_dict["NAME"], str(row_id), str(kill_at)],
        cwd=ROOT, env={**os.environ, "PYTHONPATH": f"{ROOT}:{ROOT / 'platform'}"},
        capture_output=True, text=True, check=False, timeout=120,
    )  # fmt: skip


@pytest.mark.slow
def test_killed_worker_leaves_nothing_and_the_next_one_finishes(committed, details, slug, schemas):
    make_spare(ensure_template())
    start_sign_up(details=details(slug), now=NOW)
    sign_up = SignUp.objects.get(slug=slug)
    verify_email(token=make_verify_token(sign_up), now=NOW)
    before = schemas()

    # Early, while the schema is claimed, in the middle of the steps.
    for kill_at in (4, 14, 24, 40):
        DueWork.objects.filter(kind="provision").update(leased_until=None)
        worker = run_worker(sign_up.pk, kill_at)
        assert (worker.returncode, worker.stdout) == (-signal.SIGKILL, "")
        sign_up.refresh_from_db()
        assert (schemas(), sign_up.status) == (before, SignUpStatus.VERIFIED)
        assert Tenant.objects.filter(slug=slug).count() == 0

    # The dead worker's lease runs out.
    DueWork.objects.filter(kind="provision").update(leased_until=None)
    done = perform_due_work(schema_name="public", kind="provision", row_id=sign_up.pk, now=datetime.now(tz=UTC))

    sign_up.refresh_from_db()
    assert (done, sign_up.status) == (True, SignUpStatus.DONE)
    assert Tenant.objects.get(slug=slug).published_at is None  # a draft until its owner publishes it
    assert sign_up.password_hash == ""
    assert Tenant.objects.get(slug=slug).schema_name == sign_up.schema_name
    assert DueWork.objects.filter(kind="provision").count() == 0


def test_provisioning_twice_makes_one_tenant(committed, details, slug):
    start_sign_up(details=details(slug), now=NOW)
    sign_up = SignUp.objects.get(slug=slug)
    verify_email(token=make_verify_token(sign_up), now=NOW)
    from tenants.services.sign_up import provision_sign_up

    provision_sign_up(sign_up.pk, NOW)
    provision_sign_up(sign_up.pk, NOW)

    # A draft, until its owner publishes it.
    assert list(Tenant.objects.filter(slug=slug).values_list("published_at", flat=True)) == [None]
