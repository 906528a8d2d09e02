"""Programs of an owner ask for copies of all data and follow them; none gets the file."""

from __future__ import annotations

import pytest

from accounts.models import User
from files.models import DataCopy
from tenants.jobs import call_in_tenant, call_outside
from tests.conftest import HostClient
from tests.factories.accounts import make_key

PATH = "/api/v1/exports"


def use(tenant, level: str = "write") -> HostClient:
    return HostClient(tenant.primary_host, headers={"Authorization": f"Bearer {make_key({'exports': level})}"})


def ask(client: HostClient, **body: str):
    return client.post(PATH, body, content_type="application/json")


def test_copy_is_asked_for_once_and_followed(tenant):
    client = use(tenant)

    first, again, archive = ask(client), ask(client, kind="export"), ask(client, kind="archive")
    whole = client.get(PATH).json()
    page = client.get(PATH, {"limit": 1}).json()
    rest = client.get(PATH, {"limit": 1, "cursor": page["next"]}).json()

    row = DataCopy.objects.get(kind="export")
    assert [each.status_code for each in (first, again, archive)] == [202] * 3
    assert first.json() == {
        "id": str(row.key),
        "kind": "export",
        "state": "asked",
        "failure": "",
        "name": "",
        "bytes": 0,
        "sha256": "",
        "asked_at": row.asked_at.isoformat().replace("+00:00", "Z"),
        "ready_at": None,
        "ends_at": None,
        "taken_at": None,
        "done": 0,
        "parts": 0,
    }
    assert (again.json(), whole) == (first.json(), {"results": [archive.json(), first.json()], "next": None})
    assert (page["results"] + rest["results"], rest["next"]) == (whole["results"], None)


def test_copy_of_no_known_kind_is_refused(tenant):
    answer = ask(use(tenant), kind="everything")

    assert (answer.status_code, list(answer.json()["errors"]), DataCopy.objects.count()) == (422, ["kind"], 0)


@pytest.mark.parametrize("who", ["key that reads", "manager", "neighbor"])
def test_who_may_not_asks_for_nothing(tenant, other_tenant, who):
    client = use(tenant, "read" if who == "key that reads" else "write")
    if who == "manager":
        User.objects.update(role="manager")
    if who == "neighbor":
        token = call_outside(call_in_tenant, other_tenant.schema_name, make_key, {"exports": "write"})
        client = HostClient(tenant.primary_host, headers={"Authorization": f"Bearer {token}"})

    answer = ask(client)

    assert (answer.status_code, DataCopy.objects.count()) == (401 if who == "neighbor" else 403, 0)
