"""Every list and every form of the set-up asks the database as often for fifty more of everything as for one."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from scheduling.models import (
    AddOn,
    CapacityRule,
    DateOverride,
    Location,
    Requirement,
    Resource,
    ResourceType,
    Service,
    TimeOff,
    WorkingHours,
)
from tests.conftest import HostClient
from tests.factories.scheduling import NOW
from tests.integration.web.workspace.conftest import book

MANY = 50
LARGEST_BYTES = 700_000

PAGES = (
    "locations/", "locations/new/", "locations/{location}/",
    "resource_types/", "resource_types/new/", "resource_types/{type}/",
    "resources/", "resources/new/", "resources/{resource}/", "resources/{resource}/copy/", "resources/turns/",
    "hours/", "hours/of/r{resource}/", "days/", "days/?month=2030-01", "days/new/", "days/hours/{day}/",
    "services/", "services/new/", "services/{service}/", "services/prices/", "services/deposits/",
    "rules/", "rules/new/", "rules/{rule}/",
    "services/file/", "services/file/services.csv", "resources/file/resources.csv", "rules/file/rules.csv",
    "resource_types/file/resource_types.csv",
    "payments/", "payments/bank/",
    "services/?q=no", "resources/?q=no", "rules/?q=no",
)  # fmt: skip


@pytest.fixture
def ids(tenant) -> dict[str, int]:
    """One of each, with a booking, so that everything that is asked for only where there is something is asked for."""
    book()
    place = Location.objects.order_by("pk").first()
    person = Resource.objects.filter(resource_type__is_person=True).order_by("pk").first()
    service = Service.objects.order_by("pk").first()
    rule = CapacityRule.objects.create(scope="service", service=service, period="day", measure="bookings", limit=500)
    day = DateOverride.objects.create(location=place, on=date(2030, 1, 7))
    AddOn.objects.get_or_create(service=service, name="Cera")
    add_hours([person])
    TimeOff.objects.create(resource=person, starts_at=NOW, ends_at=NOW + timedelta(days=1500))
    return {
        "location": place.pk, "type": person.resource_type_id, "resource": person.pk, "service": service.pk,
        "rule": rule.pk, "day": day.pk,
    }  # fmt: skip


def add_hours(people: list[Resource]) -> None:
    WorkingHours.objects.bulk_create(
        WorkingHours(resource=person, weekday=day, opens_minute=480, closes_minute=1080)
        for person in people
        for day in range(6)
    )


def add_many(ids: dict[str, int]) -> None:
    """Add fifty of everything, used by each other."""
    kind, place = ResourceType.objects.get(pk=ids["type"]), Location.objects.get(pk=ids["location"])
    ResourceType.objects.bulk_create(ResourceType(name=f"Tipo {n}", position=n) for n in range(MANY))
    people = Resource.objects.bulk_create(
        Resource(name=f"Persona {n}", resource_type=kind, location=place, skills=[f"Sabe {n}"], position=n)
        for n in range(MANY)
    )
    add_hours(people)
    like = Service.objects.get(pk=ids["service"])
    services = Service.objects.bulk_create(
        Service(name=f"Servicio {n}", duration_minutes=60, category=f"Clase {n % 5}", position=n,
                price_minor=like.price_minor, price_kind=like.price_kind) for n in range(MANY)
    )  # fmt: skip
    needs = Requirement.objects.bulk_create(
        Requirement(service=service, resource_type=kind, position=0) for service in services
    )
    for need, person in zip(needs[:5], people, strict=False):
        need.resources.add(person, through_defaults={"position": 0})
    AddOn.objects.bulk_create(AddOn(service=service, name="Cera") for service in services)
    CapacityRule.objects.bulk_create(
        CapacityRule(scope="resource", resource=person, period="day", measure="bookings", limit=9) for person in people
    )
    DateOverride.objects.bulk_create(DateOverride(resource=person, on=date(2030, 1, 8)) for person in people)
    TimeOff.objects.bulk_create(
        TimeOff(resource=person, starts_at=NOW, ends_at=NOW + timedelta(days=3)) for person in people
    )


def measure(client: HostClient, path: str) -> tuple[int, int]:
    """Return how many queries a page asks, and how many bytes it is.

    The least of three: what is known of the tenant by heart is asked anew every few seconds, whoever asks.
    """
    counts = []
    for _ in range(3):
        with CaptureQueriesContext(connection) as asked:
            answer = client.get(path)
        counts.append(len(asked))
    assert answer.status_code == 200
    return min(counts), len(answer.content)


def test_fifty_more_of_everything_ask_as_often(owner_client, ids):
    paths = [f"/workspace/{page.format(**ids)}" for page in PAGES]
    few = {path: measure(owner_client, path) for path in paths}

    add_many(ids)

    many = {path: measure(owner_client, path) for path in paths}
    for path in paths:
        print(f"{path:45} {few[path][0]:4} {many[path][0]:4} queries {few[path][1]:8} {many[path][1]:8} bytes")
    assert {path: (few[path][0], many[path][0]) for path in paths if few[path][0] != many[path][0]} == {}
    assert {path: size for path, (_, size) in many.items() if size > LARGEST_BYTES} == {}
