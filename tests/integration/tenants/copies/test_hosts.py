"""A restored business answers at its own domain once that is proven anew, and never takes it from somebody else."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Event

import pytest
from django.db import transaction

from kernel.clock import utc_now
from tenants.context import tenant_scope
from tenants.enums import DomainState
from tenants.models import Domain, DueWork, OwnDomain
from tenants.services.addresses.answering import CHECK_KIND, start_answering
from tenants.services.addresses.checks import plan_check
from tenants.services.copies.backups import back_up
from tenants.services.copies.restores import restore, verify
from tenants.services.life_cycle import drop_tenant
from tests.integration.scheduling.changes.conftest import run_in
from tests.integration.scheduling.changes.test_in_flight import wait_for_lock

NAME, TOKEN = "turnos.taller-ana.mx", "k" * 32


@pytest.fixture
def proven(changed_shop) -> OwnDomain:
    """A domain that its owner proved and that answers."""
    now = utc_now()
    own = OwnDomain.objects.create(
        tenant_id=changed_shop.info.id,
        name=NAME,
        token=TOKEN,
        state=DomainState.VERIFIED,
        state_since=now,
        asked_at=now,
    )
    with tenant_scope(changed_shop.info):
        plan_check(own, due_at=now + timedelta(days=1), now=now)
    start_answering(own.tenant, NAME)
    return own


def list_checks(schema_name: str) -> list[int]:
    return list(DueWork.objects.filter(schema_name=schema_name, kind=CHECK_KIND).values_list("row_id", flat=True))


def test_own_domain_is_asked_for_with_the_word_that_proves_it(changed_shop, proven, slug, tmp_path):
    done = back_up(slug=changed_shop.info.slug, folder=tmp_path, now=utc_now())
    drop_tenant(schema_name=changed_shop.info.schema_name)

    restored = restore(archive=done.path, slug=slug, now=utc_now()).tenant

    own = OwnDomain.objects.get(tenant_id=restored.id)
    assert (own.name, own.token, own.state) == (NAME, TOKEN, DomainState.WAITING)
    assert list_checks(restored.schema_name) == [own.pk]
    assert not Domain.objects.filter(domain=NAME).exists()


def test_own_domain_of_a_living_business_is_left_to_it(changed_shop, proven, slug, tmp_path):
    done = back_up(slug=changed_shop.info.slug, folder=tmp_path, now=utc_now())

    restored = restore(archive=done.path, slug=slug, now=utc_now())

    assert f"{NAME} answers for another business: it was left out." in restored.notes
    assert Domain.objects.get(domain=NAME).tenant_id == changed_shop.info.id
    assert not OwnDomain.objects.filter(tenant_id=restored.tenant.id).exists()
    assert list_checks(restored.tenant.schema_name) == []
    assert list_checks(changed_shop.info.schema_name) == [proven.pk]


def test_host_that_somebody_is_just_taking_is_left_to_them(changed_shop, changed_backup, provision, slug):
    host, neighbor = f"{changed_shop.info.slug}.citas.example", provision()
    drop_tenant(schema_name=changed_shop.info.schema_name)
    is_taken, is_over = Event(), Event()

    def take():
        with transaction.atomic():
            Domain.objects.create(domain=host, tenant_id=neighbor.id, is_primary=False)
            is_taken.set()
            wait_for_lock(neighbor, is_over)

    with ThreadPoolExecutor(1) as pool:
        taking = pool.submit(run_in, neighbor, take)
        is_taken.wait(30)
        restored = restore(archive=changed_backup, slug=slug, now=utc_now())
        is_over.set()

    assert taking.result() is None
    assert f"{host} answers for another business: it was left out." in restored.notes
    assert Domain.objects.get(domain=host).tenant_id == neighbor.id
    assert restored.tenant.primary_host == f"{slug}.testserver.example"


def test_trying_an_archive_asks_for_no_domain(changed_shop, proven, tmp_path):
    done = back_up(slug=changed_shop.info.slug, folder=tmp_path, now=utc_now())

    tried = verify(archive=done.path, now=utc_now())

    assert [note for note in tried.notes if NAME in note] == []
    assert list(OwnDomain.objects.values_list("pk", flat=True)) == [proven.pk]
