"""Pictures at their addresses: who gets them, and what a browser may keep."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from accounts.models import User
from files.models import StoredFile
from files.selectors.files import find_picture
from files.services.rendering import render_file
from files.services.uploads import take_picture
from tenants.jobs import call_in_tenant, call_outside
from tests.conftest import HostClient
from tests.factories.pictures import make_scene, open_made, save
from tests.integration.files.conftest import changes, folder  # noqa: F401 - fixtures
from web.parts.pictures import show_picture

NOW = datetime(2026, 11, 23, 15, tzinfo=UTC)
pytestmark = pytest.mark.usefixtures("tenant", "changes")


def send(kind: str) -> StoredFile:
    content = save(make_scene(200, 200), "PNG")
    take_picture(kind=kind, owner_id=1, content=content, user=User.objects.get(role="owner"), now=NOW)
    row = StoredFile.objects.latest("pk")
    render_file(row.pk, NOW)
    return row


def test_public_picture_is_kept_for_ever(customer_client):
    shown = show_picture(find_picture("face", 1) or (send("face") and find_picture("face", 1)), width=60)

    answer = customer_client.get(shown.src)

    assert (shown.src.rpartition("/")[2], shown.width, shown.height) == ("96.webp", 96, 96)
    assert open_made(answer.content).size == (96, 96)
    digest = find_picture("face", 1).renditions[1].sha256
    assert {
        name: answer.headers[name]
        for name in ("Content-Type", "Cache-Control", "ETag", "X-Content-Type-Options", "Content-Security-Policy")
    } == {
        "Content-Type": "image/webp",
        "Cache-Control": "public, max-age=31536000, immutable",
        "ETag": f'"{digest}"',
        "X-Content-Type-Options": "nosniff",
        "Content-Security-Policy": "default-src 'none'; sandbox",
    }
    assert "Set-Cookie" not in answer.headers
    again = customer_client.get(shown.src, headers={"If-None-Match": f'"{digest}"'})
    assert (again.status_code, again.content, again.headers["Cache-Control"]) == (
        304, b"", "public, max-age=31536000, immutable",
    )  # fmt: skip


def test_page_names_every_size(customer_client):
    send("face")
    shown = show_picture(find_picture("face", 1))

    sources = [part.split(" ") for part in shown.srcset.split(", ")]

    assert [width for _, width in sources] == ["48w", "96w"]
    assert [open_made(customer_client.get(url).content).width for url, _ in sources] == [48, 96]
    assert (shown.src, show_picture(None)) == (sources[1][0], None)
    small = show_picture(find_picture("face", 1), width=48)
    assert (small.src, small.largest) == (sources[0][0], sources[1][0])


def test_private_picture_is_for_whom_it_is_for(owner_client, customer_client, tenant):
    row = send("note")
    path = f"/workspace/pictures/{row.key}/48.webp"
    desk = HostClient(tenant.primary_host)
    desk.force_login(User.objects.create(email="desk@example.com", name="Desk", role="receptionist"))

    shown = owner_client.get(path)

    assert (open_made(shown.content).size, shown.headers["Cache-Control"]) == ((48, 48), "private, no-cache")
    assert desk.get(path).status_code == 403
    assert customer_client.get(path).headers["Location"].startswith("/accounts/login/")
    assert owner_client.get(f"/pictures/{row.key}/48.webp").status_code == 404


def test_neighbors_picture_never_answers(owner_client, other_tenant):
    keys = {
        kind: call_outside(call_in_tenant, other_tenant.schema_name, lambda kind=kind: send(kind).key)
        for kind in ("face", "note")
    }

    for key in keys.values():
        for path in (f"/pictures/{key}/48.webp", f"/workspace/pictures/{key}/48.webp"):
            assert owner_client.get(path).status_code == 404
    assert HostClient(other_tenant.primary_host).get(f"/pictures/{keys['face']}/48.webp").status_code == 200


@pytest.mark.parametrize(
    "path",
    [
        "/pictures/11111111-1111-4111-8111-111111111111/48.webp",
        "/pictures/nothing/48.webp",
        "/pictures/../48.webp",
        "/pictures/11111111-1111-4111-8111-111111111111/999999999999999999999.webp",
    ],
)
def test_picture_that_does_not_exist_is_not_found(customer_client, path):
    assert customer_client.get(path).status_code == 404
