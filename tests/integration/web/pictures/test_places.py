"""Where pictures are sent in the workspace, and where customers see them."""

from __future__ import annotations

from datetime import UTC, datetime
from io import BytesIO

import pytest

from accounts.models import User
from files.models import StoredFile
from files.selectors.files import find_picture
from notifications.services.senders import get_sender
from scheduling.models import Location, Resource
from scheduling.services.catalog.locations import delete_location
from scheduling.services.catalog.resources import delete_resource
from scheduling.types import Actor
from tenants.context import current_tenant
from tenants.jobs import call_in_tenant, call_outside
from tenants.selectors.resolution import forget_tenants
from tests.conftest import HostClient
from tests.factories.pictures import make_bomb, make_photo, make_scene, open_made, save
from tests.fakes.due_work import perform_all
from tests.integration.files.conftest import folder  # noqa: F401 - a fixture

NOW = datetime(2026, 11, 23, 15, tzinfo=UTC)
STAFF = Actor(kind="staff", user_id=None)
LOGO = "/workspace/pictures/logo/0/"
PNG = save(make_scene(400, 300), "PNG")
pytestmark = pytest.mark.usefixtures("tenant", "folder")
HTMX = {"HX-Request": "true"}


def send(client: HostClient, url: str, content: bytes = PNG, name: str = "a.png", headers=None):
    sent = BytesIO(content)
    sent.name = name
    return client.post(url, {"picture": sent}, headers=headers or {})


def place_of(resource: Resource) -> str:
    return f"/workspace/pictures/resource/{resource.pk}/"


def test_logo_is_shown_everywhere_once_it_is_ready(owner_client, customer_client, tenant):
    answer = send(owner_client, LOGO, name="logo.jpg", headers=HTMX)
    assert (answer.status_code, 'hx-trigger="load delay:2s"' in answer.content.decode()) == (200, True)
    assert 'class="logo" src' not in customer_client.get("/").content.decode()

    perform_all(tenant.schema_name, "file")
    forget_tenants()

    key = find_picture("logo", 0).key
    for page in (customer_client.get("/"), owner_client.get("/workspace/"), customer_client.get("/accounts/login/")):
        assert f'src="/pictures/{key}/96.webp"' in page.content.decode()
    assert open_made(customer_client.get(f"/pictures/{key}/96.webp").content).size == (96, 96)
    sender = call_outside(call_in_tenant, tenant.schema_name, get_sender)
    assert sender.logo_url.endswith(f"/pictures/{key}/192.png")
    assert open_made(customer_client.get(f"/pictures/{key}/192.png").content).format == "PNG"
    assert 'hx-trigger="load' not in owner_client.get(LOGO, headers=HTMX).content.decode()


def test_logo_that_is_removed_leaves_initials(owner_client, customer_client, tenant):
    send(owner_client, LOGO)
    perform_all(tenant.schema_name, "file")

    answer = owner_client.post(f"{LOGO}remove/")

    forget_tenants()
    assert answer.headers["Location"] == "/workspace/settings/business/"
    assert call_outside(call_in_tenant, tenant.schema_name, current_tenant).logo is None
    assert '<span class="logo" aria-hidden="true">' in customer_client.get("/").content.decode()


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "vacío"),
        (b"\0" * 40_000_000, "más de 15 MB"),
        (make_bomb(), "demasiados píxeles"),
        (b"<svg><script>alert(1)</script></svg>", "SVG"),
        (b"\x00\x00\x00\x18ftypheic" + b"\0" * 99, "HEIC"),
        (save(make_scene(), "GIF"), "GIF"),
        (b"%PDF-1.7", "PDF"),
        (b"hola", "no es una imagen"),
    ],
    ids=lambda value: value if isinstance(value, str) else len(value),
)
def test_what_is_no_picture_is_refused_in_words(owner_client, content, said):
    fragment = send(owner_client, LOGO, content, headers=HTMX)
    whole = send(owner_client, LOGO, content)

    assert (fragment.status_code, whole.status_code) == (422, 302)
    assert said in fragment.content.decode()
    assert 'role="alert"' in fragment.content.decode()
    assert said in owner_client.get("/workspace/settings/business/").content.decode()
    assert StoredFile.objects.count() == 0


def test_form_without_a_file_is_refused(owner_client):
    assert owner_client.post(LOGO, headers=HTMX).status_code == 422


def test_damaged_photo_is_told_when_the_worker_found_out(owner_client, tenant):
    photo = make_photo(800, 600)
    send(owner_client, LOGO, photo[: len(photo) // 2])
    perform_all(tenant.schema_name, "file")

    assert "está dañada" in owner_client.get(LOGO, headers=HTMX).content.decode()


def test_person_has_a_face_where_customers_choose(owner_client, customer_client, tenant):
    resource = Resource.objects.filter(is_customer_choosable=True).first() or Resource.objects.first()
    assert "Foto" in owner_client.get(f"/workspace/resources/{resource.pk}/").content.decode()

    send(owner_client, place_of(resource))
    waiting = owner_client.get(f"/workspace/resources/{resource.pk}/").content.decode()
    perform_all(tenant.schema_name, "file")
    shown = owner_client.get(f"/workspace/resources/{resource.pk}/").content.decode()

    key = find_picture("resource", resource.pk).key
    assert ("load delay:2s" in waiting, f"/pictures/{key}/96.webp" in shown) == (True, True)
    assert open_made(customer_client.get(f"/pictures/{key}/192.webp").content).size == (192, 192)


def test_photo_of_a_person_stands_beside_the_name(tenant, owner_client):
    from web.booking.visit import _say_person
    from web.parts.pictures import show_picture

    resource = Resource.objects.first()
    send(owner_client, place_of(resource))
    perform_all(tenant.schema_name, "file")

    said = _say_person("Ana <b>", show_picture(find_picture("resource", resource.pk), width=96))

    assert said.startswith('<img class="photo" src="/pictures/')
    assert said.endswith('alt="" loading="lazy"> Ana &lt;b&gt;')
    assert _say_person("Ana <b>", None) == "Ana <b>"


def test_location_has_a_photo_where_customers_choose_it(owner_client, customer_client, tenant):
    first = Location.objects.first()
    Location.objects.create(name="Norte", timezone=first.timezone)
    send(owner_client, f"/workspace/pictures/location/{first.pk}/", save(make_scene(1000, 500), "PNG"))
    perform_all(tenant.schema_name, "file")

    page = customer_client.get("/place/").content.decode()

    key = find_picture("location", first.pk).key
    assert f'<img class="place-photo" src="/pictures/{key}/480.webp"' in page
    assert page.count("place-photo") == 1


def test_photos_go_with_what_they_show(tenant, owner_client):
    first = Location.objects.first()
    resource = Resource.objects.create(
        name="Nadie", location=first, resource_type=Resource.objects.first().resource_type
    )
    place = Location.objects.create(name="Norte", timezone=first.timezone)
    for url in (place_of(resource), f"/workspace/pictures/location/{place.pk}/"):
        send(owner_client, url)
    perform_all(tenant.schema_name, "file")

    delete_resource(resource_id=resource.pk, by=STAFF, now=NOW)
    delete_location(location_id=place.pk, by=STAFF, now=NOW)
    perform_all(tenant.schema_name, "file_removal")

    assert StoredFile.objects.count() == 0


@pytest.mark.parametrize("role", ["receptionist", "provider", "read_only"])
@pytest.mark.parametrize("path", [LOGO, f"{LOGO}remove/"])
def test_others_send_and_remove_nothing(tenant, owner_client, role, path):
    send(owner_client, LOGO)
    client = HostClient(tenant.primary_host)
    client.force_login(User.objects.create(email=f"{role}@example.com", name=role, role=role))

    assert send(client, path).status_code == 403
    assert StoredFile.objects.filter(state="waiting").count() == 1


@pytest.mark.parametrize("path", ["/workspace/pictures/logo/1/", "/workspace/pictures/resource/999999/"])
def test_place_of_nothing_is_not_found(owner_client, path):
    assert [owner_client.get(path).status_code, send(owner_client, path).status_code] == [404, 404]
    assert owner_client.get("/workspace/pictures/visit/1/").status_code == 404
    assert StoredFile.objects.count() == 0


def test_pictures_without_end_are_refused(owner_client, settings):
    from dataclasses import replace

    settings.LIMITS = {**settings.LIMITS, "pictures_business": replace(settings.LIMITS["pictures_business"], size=1)}
    send(owner_client, LOGO, headers=HTMX)

    assert send(owner_client, LOGO, headers=HTMX).status_code == 429
    assert StoredFile.objects.count() == 1


def test_full_business_is_told(owner_client, settings):
    settings.FILES_BYTES_PER_TENANT = 10

    answer = send(owner_client, LOGO, headers=HTMX)

    assert (answer.status_code, "Ya no caben más imágenes" in answer.content.decode()) == (409, True)
