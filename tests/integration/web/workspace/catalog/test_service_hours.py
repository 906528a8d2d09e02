"""A service's form: when visits may start, what differs per person, the drawing, and a copy of everything."""

from __future__ import annotations

import html

import pytest

from kernel.clock import utc_now
from scheduling.engine import BookablePeriod
from scheduling.models import AddOn, Requirement, Resource, ResourceType, Service
from scheduling.selectors.catalog.entries import get_service_entry
from scheduling.types import ServiceResourceSetup
from tests.conftest import HostClient
from tests.integration.web.workspace.browser_form import read_form

LIST = "/workspace/services/"


def change(client: HostClient, row: Service, **typed: object):
    address = f"{LIST}{row.pk}/"
    return client.post(address, {**read_form(client, address), **typed})


def load(row_id: int):
    return get_service_entry(service_id=row_id, now=utc_now()).setup


@pytest.fixture
def person(tenant) -> Resource:
    return Resource.objects.filter(resource_type__is_person=True, is_active=True).order_by("pk").first()


@pytest.fixture
def oil(tenant, person) -> Service:
    """An hour of one person, for a fixed price."""
    service = Service.objects.order_by("position").first()
    service.price_kind, service.price_minor, service.duration_minutes = "fixed", 85_000, 60
    service.save()
    service.requirements.all().delete()
    Requirement.objects.create(service=service, resource_type=person.resource_type)
    AddOn.objects.filter(service=service).delete()
    AddOn.objects.create(service=service, name="Lavado", minutes=15, price_minor=12_000)
    return service


def type_start(days: list[str], opens: str, closes: str, name: str = "0") -> dict[str, object]:
    return {
        "starts-row": [name],
        f"starts-{name}-weekdays": days,
        f"starts-{name}-opens_minute": opens,
        f"starts-{name}-closes_minute": closes,
    }


def test_hours_to_start_are_saved_and_shown_again(owner_client, oil):
    answer = change(owner_client, oil, **type_start(["1", "0"], "830", "3 pm"), latest_start="14:30")

    setup = load(oil.pk)
    assert (answer.status_code, setup.latest_start_minute) == (302, 870)
    assert setup.bookable_hours == (BookablePeriod(0, 510, 900), BookablePeriod(1, 510, 900))
    assert (change(owner_client, oil).status_code, load(oil.pk)) == (302, setup)
    history = html.unescape(owner_client.get(f"{LIST}{oil.pk}/history/").content.decode())
    assert "lun, mar 8:30" in history


def test_hours_past_midnight_belong_to_their_day(owner_client, oil):
    change(owner_client, oil, **type_start(["4"], "22", "2"))

    assert load(oil.pk).bookable_hours == (BookablePeriod(4, 1320, 120),)


def test_hours_can_be_taken_away(owner_client, oil):
    change(owner_client, oil, **type_start(["1"], "8", "15"), latest_start="14")
    typed = read_form(owner_client, f"{LIST}{oil.pk}/") | {"latest_start": ""}
    typed.pop("starts-row")

    owner_client.post(f"{LIST}{oil.pk}/", typed)

    assert (load(oil.pk).bookable_hours, load(oil.pk).latest_start_minute) == ((), None)


@pytest.mark.parametrize(
    ("typed", "field"),
    [
        (type_start([], "8", "15"), "starts-0-weekdays"),
        (type_start(["9"], "8", "15"), "starts-0-weekdays"),
        (type_start(["1"], "", "15"), "starts-0-opens_minute"),
        (type_start(["1"], "25:00", "15"), "starts-0-opens_minute"),
        (type_start(["1"], "24:00", "15"), "starts-0-opens_minute"),
        (type_start(["1"], "8", "tarde"), "starts-0-closes_minute"),
        (type_start(["1"], "8" * 5000, "15"), "starts-0-opens_minute"),
        ({"latest_start": "24:00"}, "latest_start"),
        ({"latest_start": "🙂"}, "latest_start"),
    ],
)
def test_a_wrong_hour_is_said_at_its_field(owner_client, oil, typed, field):
    before = load(oil.pk)

    answer = change(owner_client, oil, name="A medias", **typed)

    page = answer.content.decode()
    assert (answer.status_code, f'id="f-{field}_error"' in page, 'value="A medias"' in page) == (422, True, True)
    assert load(oil.pk) == before


def test_hours_at_which_nobody_works_are_a_warning(owner_client, oil):
    change(owner_client, oil, **type_start(["6"], "2", "3"))

    page = html.unescape(owner_client.get(f"{LIST}{oil.pk}/").content.decode())

    assert 'class="error odd"' in page


def type_own(resource: object, minutes: str, price: str) -> dict[str, object]:
    return {
        "own-row": ["3"],
        "own-3-resource_id": str(resource),
        "own-3-duration_minutes": minutes,
        "own-3-price": price,
    }


def test_a_duration_and_price_of_ones_own_are_saved_and_shown_again(owner_client, oil, person):
    answer = change(owner_client, oil, **type_own(person.pk, "75", "1,000.50"))

    setup = load(oil.pk)
    assert answer.status_code == 302
    assert setup.per_resource == (
        ServiceResourceSetup(resource_id=person.pk, duration_minutes=75, price_minor=100_050),
    )
    assert (change(owner_client, oil).status_code, load(oil.pk)) == (302, setup)
    history = html.unescape(owner_client.get(f"{LIST}{oil.pk}/history/").content.decode())
    assert f"{person.name}: 75 min, $1,000.50" in history


@pytest.mark.parametrize(
    ("minutes", "price", "field"),
    [
        ("", "", "own-3-duration_minutes"),
        ("0", "", "own-3-duration_minutes"),
        ("100000", "", "own-3-duration_minutes"),
        ("", "12.345", "own-3-price"),
    ],
)
def test_a_wrong_value_of_ones_own_is_said_there(owner_client, oil, person, minutes, price, field):
    before = load(oil.pk)

    answer = change(owner_client, oil, **type_own(person.pk, minutes, price))

    assert (answer.status_code, f'id="f-{field}_error"' in answer.content.decode()) == (422, True)
    assert load(oil.pk) == before


def test_a_price_of_ones_own_needs_a_price(owner_client, oil, person):
    answer = change(owner_client, oil, price_kind="on_request", price="", **type_own(person.pk, "", "900"))

    assert (answer.status_code, 'id="f-own-3-price_error"' in answer.content.decode()) == (422, True)


def test_the_visit_is_drawn_from_what_is_typed(owner_client, oil):
    typed = read_form(owner_client, f"{LIST}{oil.pk}/") | {
        "duration_minutes": "90", "requirements-0-starts_after_minutes": "30", "requirements-0-duration_minutes": "45",
    }  # fmt: skip

    page = owner_client.post(f"{LIST}{oil.pk}/", {**typed, "do": "add-requirements"}).content.decode()
    odd = owner_client.post(f"{LIST}{oil.pk}/", {**typed, "duration_minutes": "x", "do": "add-starts"}).content.decode()

    assert ('x="33.3%"' in page, "del minuto 30 al 75 de 90" in page, 'x="0.0%"' in page) == (True, True, True)
    assert "visit-drawing" not in odd


def test_a_copy_has_everything(owner_client, oil, person):
    change(owner_client, oil, **type_start(["1"], "8", "15"), **type_own(person.pk, "75", ""), latest_start="14")
    before = load(oil.pk)

    answer = owner_client.post(f"{LIST}{oil.pk}/copy/")

    copied = Service.objects.get(name=f"Copia de {before.name}")
    setup = load(copied.pk)
    assert (answer.status_code, answer["Location"], copied.is_online) == (302, f"{LIST}{copied.pk}/", False)
    kept = {name for name in before.__dataclass_fields__ if getattr(setup, name) == getattr(before, name)}
    assert before.__dataclass_fields__.keys() - kept == {"name", "position", "is_online"}
    assert list(copied.add_ons.values_list("name", "minutes", "price_minor")) == [("Lavado", 15, 12_000)]
    assert load(oil.pk) == before


def test_copies_of_one_service_have_names_of_their_own(owner_client, oil):
    Service.objects.filter(pk=oil.pk).update(name="x" * 120)

    for _ in range(2):
        owner_client.post(f"{LIST}{oil.pk}/copy/")

    names = set(Service.objects.filter(name__startswith="Copia de xxx").values_list("name", flat=True))
    assert names == {"Copia de " + "x" * 111, "Copia de " + "x" * 109 + " 2"}


def test_a_copy_leaves_out_who_is_archived(owner_client, oil, person):
    other = Resource.objects.filter(resource_type__is_person=True, is_active=True).exclude(pk=person.pk).first()
    need = oil.requirements.get()
    need.resources.set([person, other])
    Resource.objects.filter(pk=other.pk).update(is_active=False)

    owner_client.post(f"{LIST}{oil.pk}/copy/")

    assert load(Service.objects.get(name__startswith="Copia de").pk).requirements[0].resource_ids == (person.pk,)


def test_what_cannot_be_copied_says_why(owner_client, oil, person):
    ResourceType.objects.filter(pk=person.resource_type_id).update(is_active=False)

    answer = owner_client.post(f"{LIST}{oil.pk}/copy/")
    page = owner_client.get(f"{LIST}{oil.pk}/").content.decode()

    assert (answer["Location"], Service.objects.filter(name__startswith="Copia de").exists()) == (
        f"{LIST}{oil.pk}/", False,
    )  # fmt: skip
    assert "No se copió" in page
    assert owner_client.post(f"{LIST}99999/copy/").status_code == 404
