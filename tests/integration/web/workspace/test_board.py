from __future__ import annotations

import cProfile
import pstats
import re
from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection

from config.environment import ROOT
from kernel.undoing import UNDO_TIME
from scheduling.models import Allocation, Booking, Resource, ResourceLane, ResourceType, WorkingHours
from scheduling.selectors.bookings.views import get_booking
from scheduling.services.bookings import transitions
from scheduling.types import Actor
from tests.conftest import HostClient
from tests.integration.web.workspace.conftest import book, local_day


def day_of(booking_id: int) -> str:
    booking = get_booking(booking_id=booking_id)
    return local_day(booking.starts_at, booking.timezone).isoformat()


def test_board_shows_the_day_with_icon_word_and_position(owner_client):
    booked = book()

    page = owner_client.get(f"/workspace/?date={day_of(booked.booking_id)}").content.decode()

    assert "Ana Torres" in page
    assert f'href="/workspace/bookings/{booked.booking_id}/"' in page
    assert "state-confirmed hour-" in page
    assert 'style="' not in page


def test_bad_date_shows_today_and_says_so(owner_client, tenant):
    response = owner_client.get("/workspace/?date=2026-13-45")

    assert response.status_code == 200
    assert 'role="alert"' in response.content.decode()
    today = local_day(datetime.now(tz=UTC), tenant.timezone)
    assert f'data-date="{today.isoformat()}"' in response.content.decode()


def test_address_of_the_fragment_names_the_day(owner_client):
    page = owner_client.get("/workspace/?date=2026-12-24&view=list&type=all").content.decode()

    assert 'hx-get="/workspace/board/?date=2026-12-24&amp;type=all&amp;view=list"' in page


@pytest.mark.parametrize("query", ["", "?type=all", "?view=list", "?type=nobody", "?location=999999", "?who=me"])
def test_fragment_has_no_frame(owner_client, query):
    response = owner_client.get(f"/workspace/board/{query}", headers={"hx-request": "true"})
    opened = owner_client.get(f"/workspace/board/{query}")

    assert (response.status_code, "<html" in response.content.decode()) == (200, False)
    assert (opened.status_code, opened.url) == (302, f"/workspace/{query}")


@pytest.mark.parametrize("more", [0, 50])
def test_queries_do_not_grow_with_resources_and_bookings(owner_client, django_assert_num_queries, more):
    booked = book()
    address = f"/workspace/?date={day_of(booked.booking_id)}&type=all"
    before = owner_client.get(address).content.decode().count('class="column"')
    add_mechanics(more)
    for slot in range(4 if more else 0):
        book(f"Cliente {slot}", slot=slot)

    with django_assert_num_queries(11):
        page = owner_client.get(address)

    assert page.content.decode().count('class="column"') == before + more


def add_mechanics(count: int) -> None:
    first = Resource.objects.order_by("id").first()
    kind = ResourceType.objects.get(pk=first.resource_type_id)
    for number in range(count):
        resource = Resource.objects.create(
            resource_type=kind, location_id=first.location_id, name=f"Mecánico extra {number}", position=100 + number
        )
        ResourceLane.objects.create(resource=resource, number=1)
        for weekday in range(7):
            WorkingHours.objects.create(resource=resource, weekday=weekday, opens_minute=480, closes_minute=1080)


def test_pending_request_waits_for_an_answer(owner_client):
    from scheduling.models import Service

    Service.objects.update(approval="request")
    booked = book("Rubén Soto")

    page = owner_client.get("/workspace/").content.decode()

    assert "Rubén Soto" in page
    assert f'action="/workspace/bookings/{booked.booking_id}/approve/"' in page


def test_figures_count_a_visit_once(owner_client):
    booked = book()
    now = get_booking(booking_id=booked.booking_id).starts_at + timedelta(minutes=5)
    transitions.mark_no_show(booking_id=booked.booking_id, now=now, by=Actor("staff", None))

    page = owner_client.get(f"/workspace/?date={day_of(booked.booking_id)}").context["page"]

    assert (page.figures.bookings, page.figures.pending, page.figures.no_shows) == (1, 0, 1)


def test_main_type_hides_nothing(owner_client):
    booked = book()

    page = owner_client.get(f"/workspace/?date={day_of(booked.booking_id)}").context["page"]

    shown = {entry.block.booking_id for column in page.day.columns for entry in column.entries if entry.block}
    assert shown == {booked.booking_id}


def test_provider_sees_only_the_own_column(staff_client, tenant):
    from accounts.models import User

    client = staff_client("provider")
    own = Resource.objects.filter(resource_type__is_person=True).first()
    Resource.objects.filter(pk=own.pk).update(user=User.objects.get(role="provider"))

    mine = client.get("/workspace/").context["page"]
    everyone = client.get("/workspace/?who=all&type=all").context["page"]

    assert [column.resource.id for column in mine.day.columns] == [own.pk]
    assert len(everyone.day.columns) > 1


def test_anonymous_is_sent_to_sign_in_and_back(customer_client):
    response = customer_client.get("/workspace/?date=2026-11-23")

    assert (response.status_code, response["Location"]) == (
        302,
        "/accounts/login/?next=/workspace/%3Fdate%3D2026-11-23",
    )


def test_other_tenants_bookings_stay_there(owner_client, other_tenant, tenant):
    booked = book()
    on = day_of(booked.booking_id)
    from accounts.models import User

    connection.set_tenant(other_tenant)
    try:
        user = User.objects.get(role="owner")
        neighbor = HostClient(other_tenant.primary_host)
        neighbor.force_login(user)
        page = neighbor.get(f"/workspace/?date={on}&type=all").content.decode()
        detail = neighbor.get(f"/workspace/bookings/{booked.booking_id}/")
    finally:
        connection.set_tenant(tenant)

    assert ("Ana Torres" in page, detail.status_code) == (False, 404)
    assert "Ana Torres" in owner_client.get(f"/workspace/?date={on}&type=all").content.decode()


def test_empty_business_has_an_empty_state(owner_client):
    Resource.objects.update(is_active=False)

    response = owner_client.get("/workspace/")

    assert (response.status_code, 'class="empty"' in response.content.decode()) == (200, True)


def test_policy_for_styles_and_scripts_is_strict(owner_client):
    policy = owner_client.get("/workspace/")["Content-Security-Policy"]

    assert "script-src 'self'" in policy
    assert "style-src 'self'" in policy
    assert "unsafe" not in policy


def test_notices_stay_for_as_long_as_nobody_is_told(owner_client):
    page = owner_client.get("/workspace/").content.decode()
    script = (ROOT / "platform/web/static/js/toast.js").read_text()

    assert f'data-undo-ms="{int(UNDO_TIME.total_seconds() * 1000)}"' in page
    assert re.findall(r"STAYS_MS = (.+);", script) == ["Number(region.dataset.undoMs)"]


def test_block_has_phone_and_plate_for_the_sheet_on_paper(owner_client):
    booked = book("Ana Torres")
    Booking.objects.filter(pk=booked.booking_id).update(
        asset_data={"plate": "ABC-123-D"}, customer_phone="+525512345678"
    )

    page = owner_client.get(f"/workspace/?date={day_of(booked.booking_id)}").content.decode().replace("\xa0", " ")

    assert '<span class="plate">ABC-123-D</span>' in page
    assert '<span class="contact">55 1234 5678</span>' in page


def test_closed_day_leads_to_the_next_open_one(owner_client, tenant):
    on = local_day(datetime.now(tz=UTC), tenant.timezone) + timedelta(days=1)
    Resource.objects.exclude(pk=Resource.objects.order_by("id").first().pk).update(is_active=False)
    WorkingHours.objects.all().delete()
    open_on = on + timedelta(days=9)
    first = Resource.objects.get(is_active=True)
    WorkingHours.objects.create(
        resource=first, weekday=open_on.weekday(), opens_minute=480, closes_minute=1080, valid_from=open_on
    )

    page = owner_client.get(f"/workspace/?date={on.isoformat()}&view=list")
    there = owner_client.get(page.context["page"].next_open_url)

    assert f'href="/workspace/?date={open_on.isoformat()}&amp;view=list"' in page.content.decode()
    assert (page.context["page"].day.is_closed, there.context["page"].day.is_closed) == (True, False)
    assert there.context["page"].next_open_url == ""


def test_closed_day_without_a_next_one_says_only_that(owner_client):
    WorkingHours.objects.all().delete()

    page = owner_client.get("/workspace/")

    assert (page.context["page"].day.is_closed, page.context["page"].next_open_url) == (True, "")
    assert 'class="closed"' in page.content.decode()


def add_visits(like: Booking, count: int, first: int) -> None:
    """Put more visits on the day of one, several at once, each with two resources."""
    ids = list(Resource.objects.order_by("id").values_list("pk", flat=True)[:4])
    for number in range(first, first + count):
        visit = Booking.objects.get(pk=like.pk)
        visit.pk, visit.reference, visit.token_hash, visit.ics_uid = None, f"R{number}", f"t{number}", f"u{number}"
        visit.starts_at = like.starts_at + timedelta(minutes=number % 300)
        visit.ends_at = visit.starts_at + timedelta(minutes=45)
        visit.save()
        for part in range(2):
            Allocation.objects.create(
                booking=visit,
                resource_id=ids[(number + part) % len(ids)],
                part_index=part,
                is_override=True,
                starts_at=visit.starts_at,
                ends_at=visit.ends_at,
            )


def count_calls(client, address: str) -> int:
    client.get(address)
    profile = cProfile.Profile()
    profile.runcall(client.get, address)
    return int(pstats.Stats(profile).total_calls)  # type: ignore[attr-defined]


def test_a_day_with_three_times_as_many_visits_costs_three_times_as_much(owner_client):
    like = Booking.objects.get(pk=book().booking_id)
    owner_client.defaults["HTTP_HX_REQUEST"] = "true"
    address = f"/workspace/board/?date={day_of(like.pk)}&type=all"
    empty = count_calls(owner_client, address)

    add_visits(like, 30, 0)
    few = count_calls(owner_client, address) - empty
    add_visits(like, 60, 30)
    many = count_calls(owner_client, address) - empty

    assert few > 1000
    assert many < 3 * few * 1.2
