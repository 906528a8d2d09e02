"""Waitlist and opinions add up to what SQL by itself counts, on days of 23 and 25 hours too; nobody else is counted."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from random import Random
from zoneinfo import ZoneInfo

import pytest
from django.db import connection

from notifications.enums import Channel
from notifications.models import Message
from notifications.selectors.tallies import MessageTally, tally_messages
from scheduling.enums import BookingSource, WaitlistStatus
from scheduling.models import Allocation, Booking, Customer, Feedback, Location, Resource, Service, WaitlistEntry
from scheduling.selectors.reports.voices import tally_feedback, tally_feedback_by_service, tally_waitlist
from scheduling.types.reports import ReportDays, ReportFilters
from scheduling.types.reports.voices import FeedbackTally
from tests.factories.reports import make_bookings
from tests.factories.scheduling import make_place, make_resource, make_service, make_shop

NEW_YORK = "America/New_York"
DAYS = [
    ReportDays(date(2026, 3, 8), date(2026, 3, 8), NEW_YORK),  # 23 hours
    ReportDays(date(2026, 11, 1), date(2026, 11, 1), NEW_YORK),  # 25 hours
    ReportDays(date(2026, 3, 1), date(2026, 3, 31), NEW_YORK),
    ReportDays(date(2026, 3, 1), date(2026, 3, 31), "Asia/Kathmandu"),
]
LOCAL_SQL = "(x.created_at AT TIME ZONE %(zone)s)::date BETWEEN %(first)s AND %(last)s"


def ask(sql: str, days: ReportDays) -> list[tuple]:
    with connection.cursor() as cursor:
        cursor.execute(sql, {"zone": days.timezone, "first": days.first, "last": days.last})
        return cursor.fetchall()


@pytest.fixture
def filled(tenant) -> None:
    """Bookings with opinions, and a waitlist, around the days on which the clocks change."""
    make_shop()
    make_service((make_resource(make_place(), "Persona 9"),))
    random = Random(3)
    for since in (datetime(2026, 3, 1, tzinfo=ZoneInfo(NEW_YORK)), datetime(2026, 10, 31, tzinfo=ZoneInfo(NEW_YORK))):
        make_bookings(since, days=30, count=150, seed=random.randrange(99))
    bookings = list(Booking.with_tests.filter(feedback=None))
    Feedback.objects.bulk_create(
        Feedback(
            booking=row, score=random.randint(1, 5), recommend_score=random.choice([None, *range(11)]),
            created_at=row.starts_at + timedelta(minutes=random.randrange(300)),
        )
        for row in bookings
    )  # fmt: skip
    services, place = list(Service.objects.filter(name__startswith="Corte")), Location.objects.latest("pk")
    known = Customer.objects.create(name="Ana", created_at=bookings[0].created_at)
    sample = Customer.objects.create(name="Muestra", created_at=bookings[0].created_at, is_sample=True)
    for row in bookings[:250]:
        status = random.choice(WaitlistStatus.values)
        is_over = status in {"booked", "expired", "cancelled"}
        WaitlistEntry.objects.create(
            service=random.choice(services), location=random.choice([None, place]), status=status,
            customer=random.choice([known, known, sample]), from_on=date(2026, 3, 1), to_on=date(2026, 12, 1),
            created_at=row.starts_at, offer_number=random.randrange(2), ended_at=row.starts_at if is_over else None,
            offer_expires_at=row.starts_at if status == "offered" else None,
        )  # fmt: skip


@pytest.mark.parametrize("days", DAYS)
def test_waitlist_equals_sql(filled, days):
    found = tally_waitlist(days, ReportFilters())

    rows = ask(
        "SELECT x.service_id, s.name, count(*), count(*) FILTER (WHERE x.offer_number > 0), "
        "count(*) FILTER (WHERE x.status = 'booked'), count(*) FILTER (WHERE x.status IN ('waiting', 'offered')) "
        "FROM scheduling_waitlistentry x JOIN scheduling_service s ON s.id = x.service_id "
        "JOIN scheduling_customer c ON c.id = x.customer_id "
        f"WHERE NOT c.is_sample AND {LOCAL_SQL} GROUP BY 1, 2 ORDER BY 3 DESC, 2, 1",
        days,
    )
    assert [
        (each.service_id, each.service_name, each.joined, each.offered, each.booked, each.waiting) for each in found
    ] == rows
    assert sum(each.joined for each in found) > 0


@pytest.mark.parametrize("days", DAYS)
def test_opinions_equal_sql(filled, days):
    said = tally_feedback(days, ReportFilters())

    real = (
        "FROM scheduling_feedback x JOIN scheduling_booking b ON b.id = x.booking_id "
        f"WHERE NOT b.is_test AND NOT b.is_sample AND {LOCAL_SQL}"
    )
    ((count, average, asked, fond, cold),) = ask(
        "SELECT count(*), avg(x.score)::float8, count(x.recommend_score), "
        f"count(*) FILTER (WHERE x.recommend_score >= 9), count(*) FILTER (WHERE x.recommend_score <= 6) {real}",
        days,
    )
    assert (said.count, said.asked, said.fond, said.cold) == (count, asked, fond, cold)
    assert said.average == pytest.approx(average)
    assert said.promoter_score == pytest.approx(100 * (fond - cold) / asked)
    by_score = dict(ask(f"SELECT x.score, count(*) {real} GROUP BY 1", days))
    assert said.counts == tuple(by_score.get(score, 0) for score in range(1, 6))
    by_service = ask(f"SELECT b.service_id, count(*), avg(x.score)::float8 {real} GROUP BY 1", days)
    named = {each.service_id: (each.count, each.average) for each in tally_feedback_by_service(days, ReportFilters())}
    assert named == {key: (number, pytest.approx(middle)) for key, number, middle in by_service}


def test_filters_narrow_to_the_visits_that_are_meant(filled):
    days = DAYS[2]
    service, place = Service.objects.latest("pk"), Location.objects.latest("pk")
    person = Resource.objects.filter(name__startswith="Persona").first()
    rows = Feedback.objects.filter(
        created_at__gte=days.since, created_at__lt=days.until, booking__is_test=False, booking__is_sample=False
    )
    taken = set(Allocation.objects.filter(resource=person).values_list("booking_id", flat=True))

    def count(**filters) -> int:
        return tally_feedback(days, ReportFilters(**filters)).count

    assert count(service_id=service.pk) == rows.filter(booking__service=service).count()
    assert count(location_id=place.pk) == rows.filter(booking__location=place).count()
    of_person = sum(row.booking_id in taken for row in rows)
    assert count(resource_id=person.pk) == of_person > 0
    by_page = rows.filter(booking__source=BookingSource.PAGE).count()
    assert count(door="page") == by_page > 0
    of_service = tally_waitlist(days, ReportFilters(service_id=service.pk))
    assert [each.service_id for each in of_service] == [service.pk]
    here = sum(each.joined for each in tally_waitlist(days, ReportFilters(location_id=place.pk)))
    assert here == sum(each.joined for each in tally_waitlist(days, ReportFilters()))


def test_of_nobody_there_is_no_average(tenant):
    said = tally_feedback(DAYS[0], ReportFilters())

    assert said == FeedbackTally(counts=(0,) * 5, average=None, asked=0, fond=0, cold=0)
    assert (said.count, said.promoter_score, tally_waitlist(DAYS[0], ReportFilters())) == (0, None, ())


def make_message(number: int, **values) -> Message:
    made = {"template": "t", "to": "a@example.com", "locale": "es", "body_text": "", "dedup_key": f"k{number}"}
    return Message(**made | values)


def test_messages_are_counted_by_channel_and_currency(tenant):
    days = DAYS[0]
    at, late = days.since, days.until
    sent = {"channel": "sms", "status": "sent", "sent_at": at, "created_at": at}
    rows = [
        {**sent, "channel": "email"},
        {"channel": "email", "status": "failed", "created_at": at},
        {"channel": "email", "status": "cancelled", "created_at": at},
        {**sent, "price_minor": 70, "price_currency": "MXN"},
        {**sent, "price_minor": 55, "price_currency": "MXN"},
        {"channel": "sms", "status": "failed", "created_at": at, "price_minor": 99, "price_currency": "MXN"},
        {**sent, "price_minor": 40, "price_currency": "CLP"},
        {**sent, "sent_at": late, "created_at": late, "price_minor": 7, "price_currency": "MXN"},
    ]
    Message.objects.bulk_create(make_message(number, **row) for number, row in enumerate(rows))

    found = tally_messages(since=days.since, until=days.until)

    assert found == (
        MessageTally(Channel.EMAIL, "", sent=1, failed=1, price_minor=0),
        MessageTally(Channel.SMS, "CLP", sent=1, failed=0, price_minor=40),
        MessageTally(Channel.SMS, "MXN", sent=2, failed=1, price_minor=125),
    )
