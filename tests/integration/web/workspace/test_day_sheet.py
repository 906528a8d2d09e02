"""The day on paper: every visit with what is asked for at the counter, and as many queries for one as for many."""

from __future__ import annotations

import re
from html import unescape

import pytest
from django.utils import timezone

from accounts.models import User
from scheduling.models import Allocation, Booking, Location, Resource
from scheduling.selectors.catalog import services as catalog
from scheduling.services.bookings.submissions import book_slot
from scheduling.types import CustomerDetails, SlotRequest, VisitDetails
from tenants.context import tenant_scope
from tests.conftest import HostClient
from tests.factories.scheduling import CUSTOMER, find_name, make_wish
from tests.integration.web.workspace.conftest import book, next_open_day
from tests.integration.web.workspace.test_board import day_of


def read_rows(response) -> list[list[str]]:
    body = response.content.decode().partition("<tbody>")[2].partition("</tbody>")[0]
    rows = re.findall(r"<tr>(.*?)</tr>", body, re.DOTALL)
    return [
        [
            " ".join(unescape(re.sub(r"<[^>]+>", " ", cell)).split())
            for cell in re.findall(r"<t[hd].*?</t[hd]>", row, re.DOTALL)
        ]
        for row in rows
    ]


def test_row_says_time_customer_vehicle_services_and_who_and_where(owner_client):
    booked = book()
    visit = Booking.objects.get(pk=booked.booking_id)
    taken = Allocation.objects.filter(booking=visit).select_related("resource__resource_type")
    people = {each.resource.name for each in taken if each.resource.resource_type.is_person}
    things = {each.resource.name for each in taken if not each.resource.resource_type.is_person}

    response = owner_client.get(f"/workspace/day-sheet/?date={day_of(visit.pk)}&lang=es")

    ((when, customer, vehicle, services, who, where),) = read_rows(response)
    assert re.fullmatch(r"\d{1,2}:\d\d\D* –\d{1,2}:\d\d\D*", when)
    assert customer == "Ana Torres 55 1234 5678"
    assert vehicle == "Chevrolet Spark 2018 ABC-12-34"
    assert services == f"{visit.service.name} Rechina al frenar"
    assert {who} == people
    assert set(filter(None, where.split(", "))) == things


def test_only_who_comes_is_on_it_and_a_request_and_an_absence_say_so(owner_client):
    booked = [book(f"Cliente {slot}", slot=slot) for slot in range(4)]
    on = day_of(booked[0].booking_id)
    for each, values in zip(
        booked,
        (
            {"status": "cancelled", "is_active": False},
            {"status": "pending_approval", "hold_expires_at": timezone.now().replace(year=2099)},
            {"status": "no_show"},
            {"status": "held", "hold_expires_at": timezone.now().replace(year=2099)},
        ),
        strict=True,
    ):
        Booking.objects.filter(pk=each.booking_id).update(**values)

    rows = read_rows(owner_client.get(f"/workspace/day-sheet/?date={on}&lang=en"))

    assert [row[1].removesuffix(" 55 1234 5678") for row in rows] == ["Cliente 1", "Cliente 2"]
    assert ["Waiting for approval" in rows[0][0], "No-show" in rows[1][0]] == [True, True]


@pytest.mark.parametrize("more", [0, 3])
def test_queries_do_not_grow_with_visits(owner_client, django_assert_num_queries, more):
    on = day_of(book().booking_id)
    for slot in range(more):
        book(f"Cliente {slot}", slot=slot)

    with django_assert_num_queries(9):
        response = owner_client.get(f"/workspace/day-sheet/?date={on}")

    assert len(read_rows(response)) == 1 + more


def test_provider_gets_the_sheet_of_their_own_day(staff_client):
    booked = [book(f"Cliente {slot}", slot=0) for slot in range(2)]
    on = day_of(booked[0].booking_id)
    client = staff_client("provider")
    row = Allocation.objects.filter(booking_id=booked[0].booking_id, resource__resource_type__is_person=True).get()
    Resource.objects.filter(pk=row.resource_id).update(user=User.objects.get(email="provider@taller.example"))

    mine = read_rows(client.get(f"/workspace/day-sheet/?date={on}"))
    everybody = read_rows(client.get(f"/workspace/day-sheet/?date={on}&who=all"))

    assert [row[1] for row in mine] == ["Cliente 0 55 1234 5678"]
    assert len(everybody) == 2


def test_other_place_has_its_own_sheet(owner_client):
    on = day_of(book().booking_id)
    here = Location.objects.get()
    there = Location.objects.create(
        name=find_name(Location, "Norte"), timezone=here.timezone, is_active=True, position=9
    )

    page = owner_client.get(f"/workspace/day-sheet/?date={on}&location={there.pk}")

    assert read_rows(page) == []
    assert "Norte" in page.content.decode()
    assert len(read_rows(owner_client.get(f"/workspace/day-sheet/?date={on}"))) == 1


def test_bad_date_shows_today_and_says_so(owner_client):
    response = owner_client.get("/workspace/day-sheet/?date=2026-13-45")

    assert response.status_code == 200
    assert 'role="alert"' in response.content.decode()


def test_salon_has_no_column_for_vehicles(db, other_tenant):
    with tenant_scope(other_tenant):
        chosen = next(each for each in catalog.list_bookable_services() if each.seats is None)
        _, slots = next_open_day(chosen.id)
        booked = book_slot(
            request=SlotRequest(make_wish(chosen.id), starts_at=slots[0].starts_at),
            details=VisitDetails(customer=CustomerDetails("Eva Luna", email="eva@example.com", locale="es")),
            now=timezone.now(),
            source="page",
            by=CUSTOMER,
        )
        client = HostClient(other_tenant.primary_host)
        client.force_login(User.objects.get(role="owner"))
        page = client.get(f"/workspace/day-sheet/?date={day_of(booked.booking_id)}")

    assert [row[1] for row in read_rows(page)] == ["Eva Luna"]
    assert page.content.decode().count('<th scope="col"') == 5
