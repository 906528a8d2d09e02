"""Where customers come to, on the first page: photo, address, phone, hours of today and of the week, one line."""

from __future__ import annotations

import re

import pytest
from django.utils import translation

from files.models import StoredFile
from files.services.brand import BUSINESS_PHOTO
from scheduling.models import Location, Resource, Service, WorkingHours
from scheduling.selectors.catalog.photos import LOCATION_PHOTO
from tenants.models import Tenant
from tenants.selectors.resolution import forget_tenants
from tests.factories.scheduling import NOW
from tests.integration.web.booking.test_booking import go_to_time, service
from web.booking.place import DaysLine, list_days

__all__ = ["service"]
pytestmark = pytest.mark.usefixtures("tenant")
RENDITIONS = [{"name": "480.webp", "width": 480, "height": 240, "bytes": 9, "sha256": "a"}]
MORNING = ((480, 780),)
CLOSED = ()


def keep(kind: str, owner_id: int) -> str:
    row = StoredFile.objects.create(kind=kind, owner_id=owner_id, state="ready", received_at=NOW, renditions=RENDITIONS)
    return f'src="/pictures/{row.key}/480.webp"'


def read(client, path: str = "/?lang=es") -> str:
    return " ".join(client.get(path).content.decode().split())


def test_only_place_shows_its_photo_else_that_of_the_business(customer_client):
    without = read(customer_client)
    ours = keep(BUSINESS_PHOTO, 0)
    shared = read(customer_client)
    own = keep(LOCATION_PHOTO, Location.objects.get().pk)
    whole = read(customer_client)

    assert "place-photo" not in without
    assert (ours in shared, ours in whole, own in whole) == (True, False, True)


def test_place_comes_before_the_services(customer_client):
    Location.objects.update(address="Calle 1, Centro", phone="+525512345678")

    page = read(customer_client)

    places = [
        page.index(part) for part in ("Calle 1, Centro", 'href="tel:+525512345678"', "<summary", "<h1", 'id="services"')
    ]
    assert places == sorted(places)


def test_chosen_one_of_several_places_shows_its_own_hours(customer_client):
    first = Location.objects.get()
    north = Location.objects.create(
        name="Norte", timezone=first.timezone, address="Calle Norte 1", phone="+525512345678"
    )
    for each in Resource.objects.filter(location=first):
        Resource.objects.create(
            name=f"{each.name} N", resource_type=each.resource_type, location=north, skills=each.skills
        )
    for weekday in range(7):
        WorkingHours.objects.create(location=north, weekday=weekday, opens_minute=600, closes_minute=660)

    page = read(customer_client, f"/?location={north.pk}&lang=es")

    assert "Calle Norte 1" in page
    assert "<dt>Todos los días</dt><dd>10:00 a.m.–11:00 a.m.</dd>" in page.replace("\N{NO-BREAK SPACE}", " ")


def test_line_of_the_business_stands_in_the_language_of_the_page(customer_client, tenant):
    texts = [
        {"language": "es", "about": "Mecánica desde 1988 <b>"},
        {"language": "en", "about": "Garage since 1988"},
    ]
    Tenant.objects.filter(pk=tenant.id).update(profile={"texts": texts})
    forget_tenants()

    assert '<p class="about">Mecánica desde 1988 &lt;b&gt;</p>' in read(customer_client)
    assert '<p class="about">Garage since 1988</p>' in read(customer_client, "/?lang=en")


@pytest.mark.parametrize(
    ("week", "lines"),
    [
        ((MORNING,) * 5 + (CLOSED,) * 2, [("lun a vie", "8:00 a.m.–1:00 p.m."), ("sáb a dom", "cerrado")]),
        ((((0, 1440),),) * 7, [("Todos los días", "24 horas")]),
        (
            (MORNING, CLOSED, MORNING, CLOSED, MORNING, CLOSED, CLOSED),
            [
                ("lun", "8:00 a.m.–1:00 p.m."),
                ("mar", "cerrado"),
                ("mié", "8:00 a.m.–1:00 p.m."),
                ("jue", "cerrado"),
                ("vie", "8:00 a.m.–1:00 p.m."),
                ("sáb a dom", "cerrado"),
            ],
        ),
        ((CLOSED,) * 7, []),
    ],
)
def test_days_with_the_same_hours_stand_in_one_line(week, lines, monkeypatch):
    monkeypatch.setattr("web.booking.place.list_weekdays", lambda: tuple(range(7)))

    with translation.override("es"):
        said = list_days(week)

    assert [DaysLine(each.days, each.hours.replace("\N{NO-BREAK SPACE}", " ")) for each in said] == [
        DaysLine(*each) for each in lines
    ]


def test_the_visit_beside_the_days_leads_to_the_map_and_says_what_is_due(customer_client, service):
    Location.objects.update(address="Calle 1, Centro", map_url="")
    _, page = go_to_time(customer_client, service)
    Service.objects.filter(pk=service.pk).update(deposit_kind="fixed", deposit_minor=10_000)
    _, with_deposit = go_to_time(customer_client, service)

    columns = [re.search(r"<aside.*?</aside>", each.content.decode(), re.DOTALL)[0] for each in (page, with_deposit)]
    assert re.search(r'Calle 1, Centro<br>\s*<a href="(https://[^"]+)"', columns[0])
    assert ["Pagas en el taller" in each for each in columns] == [True, False]
    assert ["Con anticipo" in each for each in columns] == [False, True]
