"""Customers read people only: things are planted, and every door that a customer has is looked through."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import timedelta
from html import unescape
from secrets import token_hex

import pytest

from devtools.scratch.browser import HostClient
from devtools.scratch.shop import add_service, add_team
from kernel.clock import utc_now
from notifications.models import Event, Message
from notifications.services.outbox import process_event
from scheduling.models import Location, Resource, ResourceType
from scheduling.selectors.bookings.views import get_booking
from scheduling.services.bookings.cancellations import cancel_booking
from scheduling.services.bookings.moves import move_booking
from scheduling.services.bookings.submissions import book_slot
from scheduling.types import CUSTOMER, CustomerDetails, SlotRequest, SubmittedBooking, VisitDetails
from tenants.context import current_tenant, tenant_scope
from tests.conftest import make_tenant
from tests.factories.scheduling import CAR, STAFF, make_wish

PEOPLE = ("Vera Persona", "Nico Persona")
THINGS = ("Planted bay", "Planted chair", "Planted room", "Planted tool")
ASSETS = {"automotive": CAR, "salon": {}, "clinic": {"full_name": "Ana Ruiz"}}


@pytest.fixture(params=["automotive", "salon", "clinic"])
def shop(request, tenants, db) -> Iterator[tuple[HostClient, int, tuple[int, ...]]]:
    """A business of each trade: one service takes a person and four things, and customers may choose all of them."""
    known = {info.vertical: info for info in tenants.values()}
    info = known.get(request.param) or make_tenant(f"clinic-{token_hex(4)}", request.param)
    with tenant_scope(info):
        place = Location.objects.values_list("pk", flat=True).get()
        people = add_team(place, PEOPLE, type_name="Planted person", is_customer_choosable=True)
        things = [
            add_team(place, [name], type_name=name, is_person=False, is_customer_choosable=True) for name in THINGS
        ]
        service_id = add_service(people, *things, name="Servicio plantado", step_minutes=60)
        yield HostClient(info.primary_host), service_id, people


def book(service_id: int, resource_id: int) -> SubmittedBooking:
    wish = make_wish(service_id, resource_ids=(resource_id,))
    details = VisitDetails(
        customer=CustomerDetails(name="Ana Ruiz", phone="+525512345678", email="ana@example.com", locale="es"),
        asset=ASSETS[current_tenant().vertical],
        consents=("booking",),
    )
    starts_at = (utc_now() + timedelta(days=2)).replace(hour=18, minute=0, second=0, microsecond=0)
    asked = SlotRequest(wish, starts_at)
    return book_slot(request=asked, details=details, now=utc_now(), source="page", by=CUSTOMER)


def read_messages() -> list[str]:
    for event_id in Event.objects.filter(processed_at=None).order_by("pk").values_list("pk", flat=True):
        process_event(event_id, utc_now())
    mine = Message.objects.filter(to__in=["ana@example.com", "+525512345678"]).values()
    return [json.dumps(row, default=str, ensure_ascii=False) for row in mine]


def read_manage_doors(client: HostClient, token: str) -> list[str]:
    """Everything that the link in a message opens."""
    page, api = f"/b/{token}/", f"/api/v1/manage/{token}"
    paths = (page, f"{page}?new=1", f"{page}move/", f"{page}cancel/", f"{page}calendar.ics", api, f"{api}/calendar.ics")
    return [unescape(client.get(path).content.decode()) for path in paths]


def find_names(texts: list[str], names: tuple[str, ...]) -> set[str]:
    return {name for name in names for text in texts if name in text}


def test_the_way_to_a_booking_offers_people_only(shop):
    client, service_id, _people = shop
    visit = client.get(f"/?service={service_id}").url
    pages = [client.get("/").content.decode(), client.get(visit).content.decode()]
    answers = [client.get("/api/v1/services"), client.get(f"/api/v1/resources?service={service_id}")]
    thing = Resource.objects.get(name=THINGS[0]).pk

    refused = client.post(
        "/api/v1/holds",
        {"service": service_id, "resource": thing, "starts_at": "2026-11-30T18:00:00Z"},
        content_type="application/json",
    )

    texts = [unescape(text) for text in (*pages, *(answer.content.decode() for answer in answers))]
    assert find_names(texts, THINGS) == set()
    assert find_names(texts, PEOPLE) == set(PEOPLE)
    assert (refused.status_code, refused.json()["code"]) == (404, "resource_not_found")


def test_a_refused_start_names_nobody_and_nothing(shop):
    client, service_id, people = shop
    book(service_id, people[0])
    day = (utc_now() + timedelta(days=2)).date()
    starts = [f"{day}T{time}:00Z" for time in ("18:00", "18:20", "07:00")]

    answers = [
        client.post("/api/v1/holds", {"service": service_id, "starts_at": each}, content_type="application/json")
        for each in starts
    ]

    reasons = [reason for answer in answers for reason in answer.json().get("reasons", ())]
    assert {"outside_hours", "off_grid"} <= {reason["code"] for reason in reasons}
    assert find_names([answer.content.decode() for answer in answers], THINGS + PEOPLE) == set()


def test_the_booking_names_whom_one_meets_now(shop):
    client, service_id, (vera, _nico) = shop
    made = book(service_id, vera)
    taken = {each.name for each in get_booking(booking_id=made.booking_id).resources}

    texts = [*read_manage_doors(client, made.manage_token), *read_messages()]

    assert taken == {PEOPLE[0], *THINGS}
    assert find_names(texts, THINGS + PEOPLE) == {PEOPLE[0]}
    assert client.get(f"/api/v1/manage/{made.manage_token}").json()["resources"] == [PEOPLE[0]]


@pytest.mark.parametrize("is_cancelled", [False, True])
def test_after_a_move_nobody_of_before_is_named(shop, is_cancelled):
    client, service_id, (vera, nico) = shop
    made = book(service_id, vera)
    read_messages()
    Message.objects.all().delete()
    later = get_booking(booking_id=made.booking_id).starts_at + timedelta(hours=1)

    move_booking(booking_id=made.booking_id, starts_at=later, resource_ids=(nico,), now=utc_now(), by=STAFF)
    if is_cancelled:
        cancel_booking(booking_id=made.booking_id, reason="", now=utc_now(), by=CUSTOMER)

    texts = [*read_manage_doors(client, made.manage_token), *read_messages()]
    assert find_names(texts, THINGS + PEOPLE) == {PEOPLE[1]}


def test_one_type_says_who_is_a_person(shop):
    client, service_id, _ = shop
    ResourceType.objects.filter(name=THINGS[2]).update(is_person=True)

    offered = client.get(f"/api/v1/resources?service={service_id}").json()

    assert find_names([json.dumps(offered)], THINGS + PEOPLE) == {*PEOPLE, THINGS[2]}


def test_made_up_people_are_nobody_also_once_they_are_booked(shop):
    client, service_id, people = shop
    Resource.objects.filter(pk__in=people).update(is_sample=True)

    made = book(service_id, people[0])
    texts = [*read_manage_doors(client, made.manage_token), *read_messages()]
    Resource.objects.filter(pk__in=people).update(is_sample=False)
    named = read_manage_doors(client, made.manage_token)

    assert find_names(texts, PEOPLE) == set()
    assert find_names(named, PEOPLE) == {PEOPLE[0]}
    assert PEOPLE[0] in {each.name for each in get_booking(booking_id=made.booking_id).resources}
