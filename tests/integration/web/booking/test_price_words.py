"""A price that is not fixed says so in every place where it stands, before and after booking."""

from __future__ import annotations

import csv
import re
from datetime import timedelta
from html import unescape

import pytest

from kernel.clock import utc_now
from kernel.money import PriceKind
from notifications.models import Event, Message
from notifications.services.outbox import process_event
from scheduling.models import AddOn, Booking, Service
from scheduling.selectors.bookings.views import get_booking
from tests.factories.scheduling import MONDAY, book, make_place, make_resource, make_service
from tests.integration.web.booking.test_booking import PERSON, VISIT, list_times

KINDS = {
    "fixed": ({"price_minor": 85000, "price_kind": PriceKind.FIXED}, "$850", "$850"),
    "from": ({"price_minor": 85000, "price_kind": PriceKind.FROM}, "desde $850", "from $850"),
    "on_request": ({"price_minor": None, "price_kind": PriceKind.ON_REQUEST}, "por cotizar", "on request"),
}
AMOUNT = re.compile(r"(?:desde |from )?\$\d[\d,.]*|por cotizar|on request", re.IGNORECASE)


def find_prices(response) -> set[str]:
    """Return every price on a page, in small letters."""
    text = unescape(re.sub(r"<[^>]+>", " ", response.content.decode()))
    return {found.lower() for found in AMOUNT.findall(re.sub(r"\s+", " ", text))}


@pytest.fixture(params=KINDS)
def kind(request, tenant) -> str:
    """The one service of the business has a price of this kind."""
    service = Service.objects.filter(approval="instant", deposit_kind="none").order_by("position", "pk").first()
    Service.objects.exclude(pk=service.pk).update(is_active=False)
    Service.objects.filter(pk=service.pk).update(**KINDS[request.param][0])
    AddOn.objects.filter(service=service).delete()
    return request.param


def walk(client, language: str) -> tuple[list[set[str]], str]:
    """Book over the pages; return the prices of each page, and the address of the booking."""
    service = Service.objects.get(is_active=True)
    pages = [client.get(f"/?lang={language}", follow=True)]
    visit = pages[0].request["PATH_INFO"] + "?" + pages[0].request["QUERY_STRING"]
    time = client.post(visit, VISIT).url
    pages.append(client.get(f"{time}&lang={language}"))
    details = client.post(time, {"starts_at": list_times(pages[-1])[-1]}).url
    pages.append(client.get(f"{details}&lang={language}"))
    made = client.post(details, {**PERSON, "email": "laura@example.com"}).url
    pages.append(client.get(f"{made}&lang={language}"))
    assert Booking.objects.get().service_id == service.pk
    return [find_prices(page) for page in pages], made.partition("?")[0]


def read_messages(language: str) -> list[str]:
    for event_id in Event.objects.filter(processed_at=None).order_by("pk").values_list("pk", flat=True):
        process_event(event_id, utc_now())
    bodies = Message.objects.filter(locale=language).values_list("body_text", flat=True)
    return [body for body in bodies if AMOUNT.search(body)]


@pytest.mark.parametrize("language", ["es", "en"])
def test_every_page_and_message_says_how_far_the_price_binds(customer_client, owner_client, kind, language):
    words = KINDS[kind][1 if language == "es" else 2]

    pages, address = walk(customer_client, language)
    # What the business asks tomorrow does not change what was agreed today.
    Service.objects.filter(is_active=True).update(price_minor=99900, price_kind="fixed" if kind == "from" else "from")

    later = [customer_client.get(f"{address}{path}?lang={language}") for path in ("", "cancel/")]
    panel = owner_client.get(f"/workspace/bookings/{Booking.objects.get().pk}/?lang={language}")
    assert [*pages, *map(find_prices, later), find_prices(panel)] == [{words}] * 7
    bodies = read_messages(language)
    assert bodies
    found = {match.lower() for body in bodies for match in AMOUNT.findall(body)}
    assert found == {words}


def test_the_api_says_the_kind_beside_every_price(customer_client, kind):
    service = Service.objects.get(is_active=True)
    listed = customer_client.get("/api/v1/services").json()["results"]
    _, address = walk(customer_client, "es")
    managed = customer_client.get(f"/api/v1/manage/{address.split('/')[2]}").json()
    starts_at = list_times(customer_client.get(f"{address}move/"))[-1]
    held = customer_client.post(
        "/api/v1/holds",
        {"service": service.pk, "starts_at": starts_at, "arrival_mode": "drop_off"},
        content_type="application/json",
    ).json()

    amount = service.price_minor and {"amount_minor": service.price_minor, "currency": "MXN"}
    assert [(each["price_kind"], each["price"]) for each in (*listed, managed, held)] == [(kind, amount)] * 3


def test_the_table_of_services_says_the_kind(owner_client, kind):
    answer = owner_client.get("/workspace/services/?export=csv&lang=es")

    rows = list(csv.DictReader(answer.content.decode("utf-8-sig").splitlines()))
    named = {"fixed": ("850", "Fijo"), "from": ("850", "Desde"), "on_request": ("", "Por cotizar")}
    assert [(row["Precio"], row["Tipo de precio"]) for row in rows] == [named[kind]]


def test_a_booking_of_before_says_what_its_service_says(customer_client, kind):
    _, address = walk(customer_client, "es")
    Booking.objects.update(policy={})

    assert find_prices(customer_client.get(f"{address}?lang=es")) == {KINDS[kind][1]}


def test_one_service_of_a_visit_whose_price_is_open_opens_the_whole(tenant):
    person = make_resource(make_place())
    fixed = make_service((person,), price_minor=10000)
    open_ended = make_service((person,), price_minor=20000, price_kind=PriceKind.FROM)
    asked = make_service((person,))

    prices = [
        get_booking(booking_id=book(services, hour).booking_id).price.kind
        for services, hour in (((fixed, open_ended), MONDAY), ((fixed, asked), MONDAY + timedelta(hours=4)))
    ]

    assert prices == ["from", "on_request"]
