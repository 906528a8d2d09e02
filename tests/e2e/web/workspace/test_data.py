"""The page of all data in a real browser: every state of a copy, in every size and scheme; it follows by itself."""

from __future__ import annotations

from datetime import timedelta

import pytest
from playwright.sync_api import expect

from accounts.models import User
from files.models import DataCopy
from kernel.clock import utc_now
from tenants.jobs import call_in_tenant
from tests.e2e.sight import check_everywhere

pytestmark = pytest.mark.e2e


@pytest.fixture(autouse=True)
def unblocked(houses, django_db_blocker):
    with django_db_blocker.unblock():
        yield
        call_in_tenant(houses[0].schema_name, DataCopy.objects.all().delete)


def add(**values: object) -> DataCopy:
    fields = {"kind": "export", "asked_at": utc_now(), "asked_by_id": User.objects.get(role="owner").pk, **values}
    return DataCopy.objects.create(**fields)


def test_every_state_is_whole_in_every_size_and_scheme(houses, open_workspace):
    schema_name = houses[0].schema_name
    page = open_workspace(houses[0], "/workspace/data/")
    found = {"none": check_everywhere(page)}
    now = utc_now()
    times = {"ready_at": now, "ends_at": now + timedelta(days=7), "taken_at": now}
    name = "taller-de-los-hermanos-morales-y-compania-de-la-avenida-2026-11-26.zip"
    call_in_tenant(schema_name, add, state="failed", failure="trouble")
    call_in_tenant(schema_name, add, state="gone", kind="archive", bytes=10**9)
    ready = call_in_tenant(schema_name, add, state="ready", name=name, bytes=10**8, sha256="a1" * 32, **times)
    page.goto(page.url)
    found["all"] = check_everywhere(page)
    page.goto(f"{page.url}{ready.key}/")
    page.locator("main summary").click()
    found["take"] = check_everywhere(page)

    assert {state: problems for state, problems in found.items() if problems} == {}


def test_page_follows_by_itself_until_it_is_done(houses, open_workspace):
    schema_name = houses[0].schema_name
    page = open_workspace(houses[0], "/workspace/data/")
    page.locator("#ask-export").click()
    expect(page.locator("#ask-export")).to_have_count(0)
    expect(page.locator("#ask-archive")).to_be_visible()

    call_in_tenant(schema_name, DataCopy.objects.all().update, state="failed", failure="full")

    expect(page.locator("#ask-export")).to_be_visible()
    expect(page.locator("#copies")).to_contain_text("No hubo espacio en nuestro disco.")
