"""The sample businesses: full, plausible, repeatable, and quiet."""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from io import StringIO
from zoneinfo import ZoneInfo

import pytest
from django.contrib.auth import authenticate
from django.core.management import call_command

from devtools.demo.seeding import seed_demo
from kernel.clock import utc_now
from kernel.colors import PALETTE
from notifications.models import Event, Message
from notifications.services.outbox import process_event
from samples.businesses import BUSINESSES, DEMO_PASSWORD, TALLER, DemoBusiness
from samples.filling import fill_business, provision_business
from scheduling.enums import BookingStatus
from scheduling.models import Allocation, Asset, Booking, Customer, Reminder, Resource
from scheduling.selectors.bookings.board import get_board
from tenants.context import tenant_scope
from tenants.models import DueWork
from tenants.selectors.resolution import list_tenants
from tenants.types import TenantInfo

NOW = datetime(2026, 11, 24, 18, 30, tzinfo=UTC)
"""A Tuesday, 12:30 in Mexico City."""


@pytest.fixture
def workshop(tenant: TenantInfo, monkeypatch: pytest.MonkeyPatch) -> TenantInfo:
    """The workshop of the tests, filled like the sample one, from the day before to the day after."""
    monkeypatch.setattr("samples.filling.DAYS_BEFORE", 1)
    monkeypatch.setattr("samples.filling.DAYS_AFTER", 1)
    fill_business(business=TALLER, now=NOW)
    return tenant


def _snapshot() -> list[tuple[object, ...]]:
    return list(Booking.objects.order_by("pk").values_list("pk", "status", "starts_at", "sequence"))


def test_fill_business_makes_two_weeks_in_every_state(tenant: TenantInfo) -> None:
    zone = ZoneInfo(tenant.timezone)

    fill_business(business=TALLER, now=NOW)

    today = NOW.astimezone(zone).date()
    rows = list(Booking.objects.values_list("starts_at", "ends_at", "status"))
    days = {starts_at.astimezone(zone).date() for starts_at, _, _ in rows}
    past = Counter(status for _, ends_at, status in rows if ends_at <= NOW - timedelta(minutes=30))
    future = Counter(status for starts_at, _, status in rows if starts_at > NOW + timedelta(minutes=30))

    sundays = {on for on in (today + timedelta(days=offset) for offset in range(-7, 7)) if on.weekday() == 6}
    assert days == {today + timedelta(days=offset) for offset in range(-7, 7)} - sundays
    assert past[BookingStatus.COMPLETED] > 30
    assert past[BookingStatus.NO_SHOW] >= 1
    assert set(past) <= {BookingStatus.COMPLETED, BookingStatus.NO_SHOW, BookingStatus.CANCELLED}
    assert future[BookingStatus.CONFIRMED] > 30
    assert future[BookingStatus.PENDING_APPROVAL] >= 1  # asked lately, and not answered yet
    assert set(future) <= {BookingStatus.CONFIRMED, BookingStatus.PENDING_APPROVAL, BookingStatus.CANCELLED}
    running = Booking.objects.filter(status__in=[BookingStatus.ARRIVED, BookingStatus.IN_PROGRESS])
    assert running.exists()


@pytest.mark.parametrize("business", BUSINESSES, ids=lambda each: each.slug)
def test_days_of_the_demo_look_busy(tenants: object, db: None, monkeypatch, business: DemoBusiness) -> None:
    monkeypatch.setattr("samples.filling.DAYS_BEFORE", 0)
    monkeypatch.setattr("samples.filling.DAYS_AFTER", 1)
    provided = provision_business(replace(business, slug=f"busy-{business.slug}"), "!", now=NOW)

    with tenant_scope(provided):
        fill_business(business=business, now=NOW)
        today = NOW.astimezone(ZoneInfo(provided.timezone)).date()
        boards = [get_board(on=today + timedelta(days=offset), now=NOW) for offset in range(2)]
        loads = [
            [
                each.load_percent
                for each in board.columns
                if each.resource.type_name == board.columns[0].resource.type_name and each.working
            ]
            for board in boards
        ]

    days = [round(sum(day) / len(day)) for day in loads if day]
    assert len(days) == 2
    assert 60 <= sum(days) / len(days) <= 80
    assert min(days) >= 50


def test_fill_business_tags_everything_as_sample(workshop: TenantInfo) -> None:
    assert Booking.objects.exists()
    assert not Booking.objects.filter(is_sample=False).exists()
    assert not Customer.objects.filter(is_sample=False).exists()
    assert not Asset.objects.filter(is_sample=False).exists()
    assert Booking.objects.exclude(asset_label="").count() == Booking.objects.count()


def test_fill_business_goes_through_the_services(workshop: TenantInfo) -> None:
    active = Booking.objects.filter(is_active=True)

    assert Allocation.objects.filter(is_active=True, is_override=False).values("booking").distinct().count() == (
        active.count()
    )
    assert not Allocation.objects.filter(is_override=True).exists()


def test_fill_business_twice_on_one_day_adds_nothing(workshop: TenantInfo) -> None:
    before = _snapshot()

    fill_business(business=TALLER, now=NOW)

    assert _snapshot() == before


def test_fill_business_on_a_later_day_ends_what_is_over_and_fills_what_came_near(workshop: TenantInfo) -> None:
    before = Booking.objects.count()
    last = Booking.objects.order_by("-starts_at").first()

    fill_business(business=TALLER, now=NOW + timedelta(days=2))

    assert Booking.objects.count() > before
    assert Booking.objects.order_by("-starts_at").first().starts_at > last.starts_at
    over = Booking.objects.filter(ends_at__lte=NOW + timedelta(days=2) - timedelta(minutes=30), is_active=True)
    assert set(over.values_list("status", flat=True)) <= {BookingStatus.COMPLETED, BookingStatus.NO_SHOW}


def test_fill_business_leaves_real_bookings_alone(workshop: TenantInfo) -> None:
    real = Booking.objects.filter(status=BookingStatus.CONFIRMED).order_by("starts_at").first()
    Booking.objects.filter(pk=real.pk).update(is_sample=False)

    fill_business(business=TALLER, now=NOW + timedelta(days=3))

    real.refresh_from_db()
    assert real.status == BookingStatus.CONFIRMED


def test_sample_bookings_tell_nobody(workshop: TenantInfo) -> None:
    assert Event.objects.filter(kind="booking.confirmed").count() > 10

    assert not Event.objects.filter(processed_at=None).exists()
    assert not DueWork.objects.filter(schema_name=workshop.schema_name, kind="event").exists()
    assert not Message.objects.exists()
    assert not Reminder.objects.exists()


def test_a_worker_that_is_faster_tells_nobody_either(workshop: TenantInfo) -> None:
    event = Event.objects.filter(kind="booking.confirmed").first()
    Event.objects.filter(pk=event.pk).update(processed_at=None)

    process_event(event.pk, NOW)

    assert not Message.objects.exists()


@pytest.mark.slow
def test_seed_demo_makes_three_businesses_and_prints_their_logins(tenants: object, db: None, monkeypatch) -> None:
    # The tests' own tenants sit at the same addresses.
    short = tuple(replace(each, slug=f"demo-{each.slug}") for each in BUSINESSES)
    monkeypatch.setattr("devtools.demo.seeding.BUSINESSES", short)
    monkeypatch.setattr("samples.filling.DAYS_BEFORE", 1)
    monkeypatch.setattr("samples.filling.DAYS_AFTER", 1)
    out = StringIO()

    call_command("seed_demo", "--json", stdout=out)
    first = json.loads(out.getvalue())
    again = seed_demo(now=utc_now())

    assert [login["email"] for login in first] == [login.email for login in again]
    made = [tenant for tenant in list_tenants() if tenant.slug.startswith("demo-")]
    assert sorted((tenant.slug, tenant.accent) for tenant in made) == sorted((each.slug, each.accent) for each in short)
    workshop = next(tenant for tenant in made if tenant.slug == "demo-taller")
    with tenant_scope(workshop):
        carlos = Resource.objects.get(name="Carlos Ruiz")
        user = authenticate(username="carlos@taller.example", password=DEMO_PASSWORD)
        assert user is not None
        assert carlos.user_id == user.pk
        assert carlos.skills == ["Motor", "Frenos", "Suspensión"]
        assert set(Resource.objects.values_list("color", flat=True)) <= set(PALETTE)
        assert Counter(Resource.objects.values_list("resource_type__name", flat=True)) == {
            "Mecánico": 4,
            "Elevador": 4,
            "Escáner": 1,
            "Auto de cortesía": 2,
        }
