"""The letter of a month: whom it goes to, when, once, and that its figures are those of plain statements."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from itertools import count
from threading import Barrier
from zoneinfo import ZoneInfo

import pytest
from django.db import connection

from accounts.models import SilencedNotice, User
from billing.services.months.figures import measure_month
from billing.services.months.letters import KIND, plan_months, send_letter
from database.connection import connection as database
from notifications.models import Message
from scheduling.models import Customer, Location, Service
from tenants.context import current_tenant, tenant_scope
from tenants.enums import TenantStatus
from tenants.jobs import call_outside
from tenants.models import DueWork
from tests.factories.billing import make_entry, make_received
from tests.factories.reports import make_bookings, make_row
from tests.factories.scheduling import make_shop

OCTOBER = 202610
NUMBERS = count(1)
"""Of bookings that are none of the tests' own: a payment names one."""
MORNING = datetime(2026, 11, 1, 13, 5, tzinfo=UTC)
"""7:05 in Mexico, where the business is."""


@pytest.fixture
def shop(tenant) -> Service:
    service_id, _ = make_shop()
    return Service.objects.get(pk=service_id)


def book(shop: Service, day: date, count: int = 1, **values) -> None:
    """Bookings at noon of a local day."""
    noon = datetime(day.year, day.month, day.day, 12, tzinfo=ZoneInfo(current_tenant().timezone))
    for _ in range(count):
        make_row(shop, Location.objects.latest("pk"), noon, **values).save()


def receive(amount_minor: int, at: datetime, currency: str = "MXN") -> None:
    payment = make_received(booking_id=next(NUMBERS), amount_minor=amount_minor, currency=currency, received_at=at)
    make_entry(payment, at=at)


def list_letters() -> list[Message]:
    return list(Message.objects.filter(template="business_month").order_by("pk"))


@pytest.mark.parametrize(
    ("now", "month"),
    [
        (MORNING - timedelta(minutes=10), None),  # 6:55
        (MORNING, OCTOBER),
        (MORNING + timedelta(hours=12), OCTOBER),  # 19:05, for whoever was down
        (MORNING + timedelta(hours=13), None),
        (MORNING + timedelta(days=1), None),
        (datetime(2027, 1, 1, 14, tzinfo=UTC), 202612),
    ],
)
def test_planned_on_the_first_morning_of_the_place(tenant, now, month):
    call_outside(plan_months, now=now)
    call_outside(plan_months, now=now)

    rows = DueWork.objects.filter(kind=KIND, schema_name=tenant.schema_name).values_list("row_id", flat=True)
    assert list(rows) == ([] if month is None else [month])


def test_morning_is_that_of_each_place(tenant, other_tenant, monkeypatch):
    there = replace(other_tenant, timezone="Pacific/Auckland")
    example = replace(other_tenant, is_example=True)
    monkeypatch.setattr("billing.services.months.letters.list_tenants", lambda: (tenant, there, example))

    counts = [call_outside(plan_months, now=at) for at in (datetime(2026, 10, 31, 19, tzinfo=UTC), MORNING)]

    found = DueWork.objects.filter(kind=KIND).order_by("due_at").values_list("schema_name", "row_id")
    assert (counts, list(found)) == ([1, 1], [(there.schema_name, OCTOBER), (tenant.schema_name, OCTOBER)])


def test_letter_says_what_the_month_came_to(shop):
    new = Customer.objects.create(name="Sol", created_at=MORNING)
    book(shop, date(2026, 10, 1), 3)
    book(shop, date(2026, 10, 31), 1, status="no_show", customer=new)
    book(shop, date(2026, 10, 20), 1, status="cancelled")
    book(shop, date(2026, 9, 30), 2)
    book(shop, date(2026, 11, 1), 9)
    receive(150_000, datetime(2026, 11, 1, 5, 59, tzinfo=UTC))  # the last minute of October in Mexico
    receive(999_900, datetime(2026, 11, 1, 6, tzinfo=UTC))
    receive(50_000, datetime(2026, 9, 15, tzinfo=UTC))
    receive(2_000, datetime(2026, 10, 15, tzinfo=UTC), currency="JPY")

    send_letter(OCTOBER, MORNING)

    (letter,) = list_letters()
    lines = [" ".join(line.split()) for line in letter.body_text.splitlines()]
    assert letter.subject.startswith("Octubre de 2026: 5 citas en ")
    assert letter.to == User.objects.get(role="owner").email
    assert [line for line in lines if "el mes anterior" in line] == [
        "Citas: 5 (el mes anterior: 2)",
        "Cancelaciones: 1 (el mes anterior: 0)",
        "No llegaron: 1 (el mes anterior: 0)",
        "Clientes nuevos: 1 (el mes anterior: 0)",
        "Recibido: JPY 2,000 (el mes anterior: JPY 0); $1,500 (el mes anterior: $500)",
    ]
    assert "/workspace/reports/?period=month&on=2026-10-01" in letter.body_text


def test_it_is_told_once_to_each_who_wants_it(shop):
    book(shop, date(2026, 10, 5))
    owner = User.objects.get(role="owner")
    for name, role, locale in (("Eva", "manager", "en"), ("Leo", "receptionist", "es"), ("Ivo", "read_only", "es")):
        User.objects.create(name=name, email=f"{name}@x.example".lower(), role=role, locale=locale)
    other = User.objects.create(name="Uma", email="uma@x.example", role="owner", locale="es")
    SilencedNotice.objects.create(user=other, notice="business_month", channel="email")

    send_letter(OCTOBER, MORNING)
    send_letter(OCTOBER, MORNING + timedelta(hours=1))

    assert {each.to for each in list_letters()} == {owner.email, "eva@x.example"}
    assert len(list_letters()) == 2
    (english,) = [each for each in list_letters() if each.to == "eva@x.example"]
    assert english.subject.startswith("October 2026: 1 booking at ")


def test_two_workers_at_once_tell_it_once(scratch_tenant):
    with tenant_scope(scratch_tenant):
        service_id, _ = make_shop()
        book(Service.objects.get(pk=service_id), date(2026, 10, 5))
    barrier = Barrier(2)

    def work(_place: int) -> None:
        with tenant_scope(scratch_tenant):
            database.ensure_connection()
            barrier.wait(60)
            try:
                send_letter(OCTOBER, MORNING)
            finally:
                database.close()

    with ThreadPoolExecutor(2) as pool:
        list(pool.map(work, range(2)))

    with tenant_scope(scratch_tenant):
        assert len(list_letters()) == User.objects.filter(role="owner").count() == 1


def test_nobody_who_wants_it_is_nobody_who_gets_it(shop, django_assert_max_num_queries):
    book(shop, date(2026, 10, 5))
    SilencedNotice.objects.create(user=User.objects.get(role="owner"), notice="business_month", channel="email")

    with django_assert_max_num_queries(3):
        send_letter(OCTOBER, MORNING)

    assert list_letters() == []


def test_month_without_anything_says_so_once(shop):
    book(shop, date(2026, 9, 5))

    send_letter(OCTOBER, MORNING)
    send_letter(202611, MORNING + timedelta(days=30))

    (letter,) = list_letters()
    assert letter.subject.startswith("Octubre de 2026: ninguna cita en ")
    assert "el mes anterior" not in letter.body_text
    assert "En septiembre de 2026 sí los hubo" in " ".join(letter.body_text.split())


def test_business_that_is_closed_gets_none(shop):
    book(shop, date(2026, 10, 5))

    with tenant_scope(replace(current_tenant(), status=TenantStatus.CLOSED)):
        send_letter(OCTOBER, MORNING)

    assert list_letters() == []


@pytest.mark.parametrize(
    ("timezone", "month", "currency"),
    [
        ("America/New_York", date(2026, 3, 1), "USD"),  # an hour shorter
        ("America/New_York", date(2026, 11, 1), "USD"),  # an hour longer
        ("America/Santiago", date(2026, 9, 1), "CLP"),  # no decimals; the 6th has no midnight
    ],
)
def test_figures_equal_plain_statements(tenant, timezone, month, currency):
    make_shop(people=2)
    since = datetime(month.year, month.month, 1, tzinfo=ZoneInfo(timezone))
    make_bookings(since, days=30, count=400)
    for hour in range(-30, 800, 7):
        receive(1000 + hour, since.astimezone(UTC) + timedelta(hours=hour), currency)
    now = since + timedelta(days=60)
    sql = """SELECT count(*), count(*) FILTER (WHERE status = 'cancelled'), count(*) FILTER (WHERE status = 'no_show'),
        (SELECT sum(amount_minor) FROM billing_ledgerentry WHERE kind = 'received'
         AND date_trunc('month', at AT TIME ZONE %(zone)s) = %(month)s)
        FROM scheduling_booking WHERE NOT is_test AND NOT is_sample
        AND status IN ('confirmed', 'arrived', 'in_progress', 'completed', 'no_show', 'cancelled')
        AND date_trunc('month', starts_at AT TIME ZONE %(zone)s) = %(month)s"""
    with connection.cursor() as cursor:
        cursor.execute(sql, {"zone": timezone, "month": month})
        expected = cursor.fetchone()

    with tenant_scope(replace(tenant, timezone=timezone)):
        found = measure_month(month, now=now)

    told = (found.tally.booked, found.tally.cancelled, found.tally.no_show, found.received[currency])
    assert told == expected
    assert min(told) > 20
