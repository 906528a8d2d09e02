"""Finding a service where a business offers many."""

from __future__ import annotations

import pytest

from scheduling.models import Service
from tests.integration.web.booking.test_booking import text_of


@pytest.fixture
def many(tenant) -> list[str]:
    """Nine services that customers book."""
    first = Service.objects.filter(approval="instant", is_online=True).order_by("position", "pk").first()
    Service.objects.exclude(pk=first.pk).update(is_online=False)
    names = ["Alineación", "Balanceo", "Frenos delanteros", "Frenos traseros", "Batería", "Clutch", "Radiador", "Luces"]
    for name in names:
        made = Service.objects.get(pk=first.pk)
        requirements = list(made.requirements.all())
        made.pk, made.name, made.texts = None, name, []
        made.save(force_insert=True)
        for each in requirements:
            allowed = list(each.resources.all())
            each.pk, each.service = None, made
            each.save(force_insert=True)
            each.resources.set(allowed)
    return [first.name, *names]


def list_shown(page) -> list[str]:
    return [option.service.name for option in page.context["options"]]


@pytest.mark.parametrize(
    ("typed", "found"),
    [
        ("frenos", ["Frenos delanteros", "Frenos traseros"]),
        ("  TRASEROS frénos ", ["Frenos traseros"]),
        ("bateria", ["Batería"]),
        ("<script>", []),
        ("=HYPERLINK(", []),
        ("🚗", []),
        ("x" * 5000, []),
    ],
)
def test_services_are_found_by_what_was_typed(customer_client, many, typed, found):
    page = customer_client.get("/", {"q": typed, "lang": "en"})

    assert (page.status_code, sorted(list_shown(page))) == (200, sorted(found))
    assert "<script>" not in page.content.decode().replace('<script type="module"', "")
    assert ("Nothing found" in text_of(page)) == (not found)


def test_few_services_are_read_without_a_search(customer_client, many):
    assert 'role="search"' in customer_client.get("/").content.decode()
    Service.objects.filter(name="Luces").update(is_online=False)

    page = customer_client.get("/", {"q": "frenos"})

    assert 'role="search"' not in page.content.decode()
    assert len(list_shown(page)) == 8


def test_the_search_carries_what_was_chosen_before(customer_client, many):
    service = Service.objects.get(name=many[0])
    chosen = customer_client.get(f"/?service={service.pk}").url.partition("d=")[2]

    page = customer_client.get(f"/?d={chosen}").content.decode()

    sealed = page.partition('name="d" value="')[2].partition('"')[0]
    assert customer_client.get(f"/visit/?d={sealed}").status_code == 200


def test_a_search_within_a_kind_of_service_says_that_others_match(customer_client, many):
    Service.objects.filter(name__startswith="Frenos", is_online=True).update(category="Clase A")
    Service.objects.filter(name="Luces", is_online=True).update(category="Clase B")

    page = customer_client.get("/", {"q": "frenos", "category": "Clase B", "lang": "en"})
    nowhere = customer_client.get("/", {"q": "xyz", "category": "Clase B", "lang": "en"})
    all_found = customer_client.get(page.context["elsewhere_url"])

    assert "Nothing in “Clase B” matches “frenos”, but 2 other services do." in text_of(page)
    assert sorted(list_shown(all_found)) == ["Frenos delanteros", "Frenos traseros"]
    assert "No service is called “xyz” here." in text_of(nowhere)
