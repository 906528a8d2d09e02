"""The operator reads the proofs of businesses that were removed; owners hear of what an operator does."""

from __future__ import annotations

from datetime import timedelta

import pytest

from kernel.clock import utc_now
from notifications.models import Message
from tenants.context import tenant_scope
from tenants.models import Removal, Tenant
from tenants.selectors.resolution import forget_tenants
from tests.factories.accounts import make_operator, sign_in_fully

pytestmark = pytest.mark.usefixtures("lone_platform")

PAGE = "/operator/removed/"


@pytest.fixture(autouse=True)
def forgotten():
    yield
    forget_tenants()


@pytest.fixture
def operator_client(platform_client):
    sign_in_fully(platform_client, make_operator(name="Olivia Op"))
    return platform_client


def add(number: int, **values) -> Removal:
    now = utc_now()
    return Removal.objects.create(
        tenant_id=number, schema_name=f"t{number}_casa", slug=f"casa-{number}", closed_at=now - timedelta(days=30),
        began_at=now, counts={"tables": 41, "rows": 1234, "files": 7, "archives": 30}, **values,
    )  # fmt: skip


def test_proofs_are_listed_newest_first(operator_client):
    empty = operator_client.get(PAGE).content.decode()
    now = utc_now()
    add(7001, finished_at=now, backups_gone_at=now + timedelta(days=35))
    add(7002)

    page = operator_client.get(PAGE).content.decode()

    assert "Todavía no se borró ningún negocio." in empty
    assert page.index("casa-7002") < page.index("casa-7001")
    assert ('<span class="badge good">Borrado</span>' in page, "Se quitó" in page) == (True, False)
    assert ("En curso" in page, "41 tablas" in page, f"{now + timedelta(days=35):%Y-%m-%d}" in page) == (True,) * 3
    assert f'href="{PAGE}"' in operator_client.get("/operator/log/").content.decode()


def test_list_goes_on_where_it_was_cut(operator_client, monkeypatch):
    monkeypatch.setattr("operators.views.PAGE_SIZE", 1)
    add(7001)
    add(7002)

    first = operator_client.get(PAGE).content.decode()
    cursor = first.partition("?cursor=")[2].partition('"')[0]
    second = operator_client.get(f"{PAGE}?cursor={cursor}").content.decode()

    assert ("casa-7002" in first, "casa-7001" in first) == (True, False)
    assert ("casa-7002" in second, "casa-7001" in second) == (False, True)
    assert operator_client.get(f"{PAGE}?cursor=x").status_code == 422


@pytest.mark.parametrize("count", [1, 3])
def test_list_costs_the_same_for_more(operator_client, django_assert_num_queries, count):
    for number in range(count):
        add(7001 + number)
    operator_client.get(PAGE)

    with django_assert_num_queries(4):  # schema, session, person; proofs
        operator_client.get(PAGE)


def test_owners_hear_of_it_when_an_operator_closes(operator_client, tenants):
    info = tenants["taller"]
    typed = {"reason": "Lo pidió por teléfono", "seen": "trial", "typed_name": info.slug}
    operator_client.post(f"/operator/tenants/{info.schema_name}/close/", typed)

    assert Tenant.objects.get(pk=info.id).status == "closed"
    with tenant_scope(info):
        (mail,) = Message.objects.filter(template="business_closed_owner")
    assert "/workspace/closing/" in mail.body_text
    assert "teléfono" not in mail.body_text
