"""A week and a month at a glance: each figure is counted again by minutes, and what a page asks stays the same."""

from __future__ import annotations

from collections import defaultdict
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest

from accounts.models import User
from scheduling.errors import LocationNotFound
from scheduling.models import Allocation, Booking, Location, Resource, WorkingHours
from scheduling.selectors.bookings.views import get_booking
from scheduling.selectors.reports.loads import get_loads
from scheduling.types import DayLoad
from tests.integration.web.workspace.conftest import book, local_day
from tests.integration.web.workspace.test_board import add_mechanics

PAGES = ("week", "month")
MADRID = "Europe/Madrid"


def day_of(booking_id: int) -> date:
    booking = get_booking(booking_id=booking_id)
    return local_day(booking.starts_at, booking.timezone)


def count_taken(timezone: str) -> dict[tuple[int, date], int]:
    """Count again: minute for minute, each on the date that the clock on the wall shows."""
    taken: dict[tuple[int, date], int] = defaultdict(int)
    zone = ZoneInfo(timezone)
    for row in Allocation.objects.filter(is_active=True):
        at = row.starts_at
        while at < row.ends_at:
            taken[row.resource_id, at.astimezone(zone).date()] += 1
            at += timedelta(minutes=1)
    return taken


def test_hours_are_those_of_every_minute_on_its_own_date(tenant):
    booked = [book(f"Cliente {slot}", slot=slot) for slot in range(4)]
    first = day_of(booked[0].booking_id)
    long = Booking.objects.get(pk=booked[0].booking_id)
    midnight = datetime.combine(first + timedelta(days=1), time(), tzinfo=ZoneInfo(tenant.timezone))
    row = Allocation.objects.filter(booking=long).first()
    row.is_override, row.lane_id = True, None
    row.starts_at, row.ends_at = midnight - timedelta(minutes=50), midnight + timedelta(minutes=70)
    row.save()
    now = datetime.now(tz=UTC)

    loads = get_loads(from_on=first - timedelta(days=3), to_on=first + timedelta(days=3), now=now)

    expected = count_taken(tenant.timezone)
    assert {(each.resource.id, day.on): day.taken_minutes for each in loads.rows for day in each.days} == {
        (each.resource.id, on): expected[each.resource.id, on] for each in loads.rows for on in loads.dates
    }
    assert sum(expected.values()) > 120
    assert dict(zip(loads.dates, loads.visits, strict=True))[first] == 4


@pytest.mark.parametrize(("on", "hours"), [(date(2027, 3, 28), 23), (date(2027, 10, 31), 25), (date(2027, 5, 2), 24)])
def test_a_day_is_as_long_as_its_clock_makes_it(tenant, on, hours):
    place = Location.objects.get()
    place.timezone = MADRID
    place.save()
    WorkingHours.objects.all().delete()
    resource = Resource.objects.filter(capacity=1).earliest("pk")
    WorkingHours.objects.create(resource=resource, weekday=6, opens_minute=0, closes_minute=1440)

    loads = get_loads(from_on=on, to_on=on, now=datetime.now(tz=UTC))

    row = next(each for each in loads.rows if each.resource.id == resource.pk)
    assert row.days == (DayLoad(on, hours * 60, 0, 0),)


def test_what_serves_several_at_once_has_as_many_hours(tenant):
    on = date(2027, 5, 3)
    resource = Resource.objects.earliest("pk")
    before = get_loads(from_on=on, to_on=on, now=datetime.now(tz=UTC)).rows
    Resource.objects.filter(pk=resource.pk).update(capacity=3)

    after = get_loads(from_on=on, to_on=on, now=datetime.now(tz=UTC)).rows

    minutes = [
        next(each.days[0].open_minutes for each in rows if each.resource.id == resource.pk) for rows in (before, after)
    ]
    assert minutes[0] > 0
    assert minutes[1] == 3 * minutes[0]


def test_no_other_place_is_counted(tenant):
    with pytest.raises(LocationNotFound):
        get_loads(from_on=date(2027, 5, 3), to_on=date(2027, 5, 3), now=datetime.now(tz=UTC), location_id=10**6)


@pytest.mark.parametrize(
    ("open_minutes", "taken", "percent", "free"),
    [(600, 0, 0, 600), (600, 468, 78, 132), (600, 700, 117, 0), (0, 30, 100, 0), (0, 0, 0, 0), (1, 60, 999, 0)],
)
def test_percent_and_what_is_free(open_minutes, taken, percent, free):
    load = DayLoad(date(2027, 5, 3), open_minutes, taken, 1)

    assert (load.percent, load.free_minutes) == (percent, free)


@pytest.mark.parametrize("name", PAGES)
@pytest.mark.parametrize("more", [0, 50])
def test_queries_do_not_grow_with_resources_and_bookings(owner_client, django_assert_num_queries, name, more):
    booked = book()
    on = day_of(booked.booking_id)
    owner_client.get(f"/workspace/{name}/?date={on}")
    add_mechanics(more)
    for slot in range(1, 5 if more else 1):
        book(f"Cliente {slot}", slot=slot)

    with django_assert_num_queries({"week": 12, "month": 10}[name]):
        page = owner_client.get(f"/workspace/{name}/?date={on}")

    assert page.status_code == 200


def test_week_shows_whose_row_is_chosen_and_leads_to_each_day(owner_client):
    booked = book("Ana Torres")
    on = day_of(booked.booking_id)
    row = Allocation.objects.filter(booking_id=booked.booking_id, resource__resource_type__is_person=True).first()

    kind = row.resource.resource_type.name
    response = owner_client.get("/workspace/week/", {"date": on, "type": kind, "resource": row.resource_id})

    page, text = response.context["page"], response.content.decode()
    assert (page.chosen.id, sum(len(day.blocks) for day in page.days)) == (row.resource_id, 1)
    assert f'href="/workspace/bookings/{booked.booking_id}/"' in text
    assert next(cell.url for cell in page.rows[0].cells if cell.load.on == on).startswith(f"/workspace/?date={on}")
    assert "Ana Torres" in text
    assert 'style="' not in text


def test_month_counts_each_visit_once_and_has_whole_weeks(owner_client):
    booked = book()
    on = day_of(booked.booking_id)

    page = owner_client.get(f"/workspace/month/?date={on}").context["page"]

    cells = [cell for week in page.weeks for cell in week]
    assert {len(week) for week in page.weeks} == {7}
    assert [cell.load.visits for cell in cells if cell.load.on == on] == [1]
    assert [cell.is_inside for cell in cells] == [cell.load.on.month == on.month for cell in cells]


def test_colors_follow_the_hours(owner_client, tenant):
    on = date(2027, 5, 3)
    resource = Resource.objects.earliest("pk")
    at = datetime.combine(on, time(9), tzinfo=ZoneInfo(tenant.timezone))
    booked = book()
    minutes = get_loads(from_on=on, to_on=on, now=datetime.now(tz=UTC)).rows
    open_minutes = next(each.days[0].open_minutes for each in minutes if each.resource.id == resource.pk)
    Allocation.objects.filter(booking_id=booked.booking_id).delete()
    tones = []
    for percent in (77, 78, 93, 94, 120):
        Allocation.objects.filter(booking_id=booked.booking_id).delete()
        Allocation.objects.create(
            booking_id=booked.booking_id, resource=resource, is_override=True, is_active=True, part_index=0,
            starts_at=at, ends_at=at + timedelta(minutes=round(open_minutes * percent / 100)),
        )  # fmt: skip

        answer = owner_client.get("/workspace/week/", {"date": on, "type": resource.resource_type.name})
        rows = answer.context["page"].rows
        cells = next(row.cells for row in rows if row.resource.id == resource.pk)
        tones.append(next(cell.tone for cell in cells if cell.load.on == on))

    assert tones == ["good", "warn", "warn", "bad", "bad"]


@pytest.mark.parametrize("name", PAGES)
def test_bad_date_shows_today_and_says_so(owner_client, tenant, name):
    response = owner_client.get(f"/workspace/{name}/?date=2026-13-45&resource=x")

    assert response.context["page"].query.on == local_day(datetime.now(tz=UTC), tenant.timezone)
    assert 'role="alert"' in response.content.decode()


@pytest.mark.parametrize("name", PAGES)
def test_provider_sees_only_own_days(staff_client, name):
    client = staff_client("provider")
    own = Resource.objects.filter(resource_type__is_person=True).earliest("pk")
    Resource.objects.filter(pk=own.pk).update(user=User.objects.get(role="provider"))
    booked = book()
    Allocation.objects.filter(booking_id=booked.booking_id, resource=own).delete()
    on = day_of(booked.booking_id)

    page = client.get(f"/workspace/{name}/?date={on}").context["page"]

    if name == "week":
        assert [row.resource.id for row in page.rows] == [own.pk]
    else:
        assert sum(cell.load.visits for week in page.weeks for cell in week) == 0


@pytest.mark.parametrize("name", PAGES)
def test_other_tenants_bookings_stay_there(owner_client, other_tenant, name):
    book("Ana Torres")

    page = owner_client.get(f"/workspace/{name}/", headers={"host": other_tenant.primary_host})

    assert page.status_code in {302, 404}


@pytest.mark.parametrize("name", PAGES)
def test_empty_business_has_an_empty_state(owner_client, name):
    Resource.objects.update(is_active=False)

    assert owner_client.get(f"/workspace/{name}/").status_code == 200


def test_places_and_kinds_are_chosen_on_the_page_itself(owner_client, tenant):
    first = Location.objects.get()
    other = Location.objects.create(name="Norte", timezone=first.timezone, position=9)

    week = owner_client.get("/workspace/week/").context["page"]
    there = owner_client.get(f"/workspace/month/?location={other.pk}").context["page"]

    assert {each.url.partition("?")[0] for each in (*week.locations, *week.types)} == {"/workspace/week/"}
    assert [each.is_current for each in there.locations] == [False, True]
