"""What people type wrongly, by field; and series with one report."""

from __future__ import annotations

from dataclasses import replace

import pytest

from database.statements import Statement
from kernel.errors import Invalid
from scheduling.enums import ConflictChoice
from scheduling.errors import CustomerInvalid, RequestInvalid, SeriesConflict
from scheduling.models import Booking, Customer, Series
from scheduling.selectors.bookings.views import get_booking, list_bookings
from scheduling.services.bookings.imports import import_booking
from scheduling.services.bookings.series.making import book_series
from scheduling.services.bookings.submissions import book_slot
from scheduling.types import BookingFilters, SlotRequest
from tests.factories.scheduling import CUSTOMER, DETAILS, MONDAY, NOW, STAFF, book, hours_later, make_shop, make_wish

PERSON = DETAILS.customer


def change(**values):
    return replace(DETAILS, customer=replace(PERSON, **values))


@pytest.mark.parametrize(
    ("details", "fields"),
    [
        (change(name=""), ["name"]),
        (change(name="x" * 10_000), ["name"]),
        (change(name="Ana\x00"), ["name"]),
        (change(name="Ana\ud800"), ["name"]),
        (change(phone="12345"), ["phone"]),
        (change(phone="llámame"), ["phone"]),
        (change(name="Ana\u2028Ruiz"), ["name"]),
        (change(phone="55 1234 5678 ext 5"), ["phone"]),
        (change(phone="1-800-FLOWERS"), ["phone"]),
        (change(phone="55 1234 5678 #5"), ["phone"]),
        (change(email="ana@"), ["email"]),
        (change(email="\ufffd@example.com"), ["email"]),
        (change(email="lit@[127.0.0.1]"), ["email"]),
        (change(email="a" * 300 + "@example.com"), ["email"]),
        (change(phone=None, email=" "), ["contact"]),
        (replace(DETAILS, note="x" * 2001), ["note"]),
        (replace(DETAILS, consents=("everything",)), ["consents"]),
        (replace(DETAILS, asset={"wings": "2"}), ["asset.make", "asset.model", "asset.wings"]),
        (replace(DETAILS, answers={"mood": "bad"}), ["answers.mood"]),
        (change(name="", phone="1", email="x"), ["email", "name", "phone"]),
    ],
)
def test_what_was_typed_wrongly_is_named_and_nothing_is_written(tenant, details, fields):
    service_id, _ = make_shop()

    with pytest.raises(CustomerInvalid) as refusal:
        book_slot(
            request=SlotRequest(make_wish(service_id), starts_at=MONDAY),
            details=details,
            now=NOW,
            source="page",
            by=CUSTOMER,
        )

    assert sorted(refusal.value.errors) == fields
    assert (Booking.objects.count(), Customer.objects.count()) == (0, 0)


def test_a_name_that_looks_like_markup_is_a_name(tenant):
    service_id, _ = make_shop()

    made = book_slot(
        request=SlotRequest(make_wish(service_id), starts_at=MONDAY),
        details=change(name="<script>alert(1)</script>", phone="55 1234 5678"),
        now=NOW,
        source="page",
        by=CUSTOMER,
    )

    seen = get_booking(booking_id=made.booking_id)
    assert (seen.customer_name, seen.customer_phone) == ("<script>alert(1)</script>", "+525512345678")


@pytest.mark.parametrize(
    "starts_at", [MONDAY.replace(tzinfo=None), MONDAY.replace(second=1), MONDAY.replace(year=2900)]
)
def test_start_that_no_calendar_has_is_refused(tenant, starts_at):
    service_id, _ = make_shop()

    with pytest.raises(RequestInvalid) as refusal:
        book(service_id, starts_at)

    assert list(refusal.value.errors) == ["starts_at"]


def weekly(service_id, choice):
    return book_series(
        request=SlotRequest(make_wish(service_id), starts_at=MONDAY),
        rule="FREQ=DAILY;COUNT=3",
        details=DETAILS,
        on_conflict=choice,
        now=NOW,
        by=STAFF,
    )


@pytest.mark.parametrize(
    ("choice", "outcomes"),
    [(ConflictChoice.SKIP, ["booked", "skipped", "booked"]), (ConflictChoice.MOVE, ["booked", "moved", "booked"])],
)
def test_series_reports_every_date(tenant, choice, outcomes):
    service_id, _ = make_shop()
    book(service_id, hours_later(24))

    report = weekly(service_id, choice)

    assert [each.outcome for each in report.dates] == outcomes
    assert len(Series.objects.get().report) == 3
    made = [each.booking_id for each in report.dates if each.booking_id]
    assert Booking.objects.filter(series_id=report.series_id).count() == len(made)


def test_series_that_must_be_whole_books_nothing_on_a_conflict(tenant):
    service_id, _ = make_shop()
    book(service_id, hours_later(24))

    with pytest.raises(SeriesConflict) as refusal:
        weekly(service_id, ConflictChoice.FAIL)

    assert [each["outcome"] for each in refusal.value.report] == ["booked", "conflict", "booked"]
    assert (Booking.objects.count(), Series.objects.count()) == (1, 0)


@pytest.mark.parametrize("rule", ["FREQ=DAILY", "nonsense", "FREQ=DAILY;COUNT=500"])
def test_endless_or_senseless_recurrence_is_refused(tenant, rule):
    service_id, _ = make_shop()

    with pytest.raises(RequestInvalid):
        book_series(
            request=SlotRequest(make_wish(service_id), starts_at=MONDAY),
            rule=rule,
            details=DETAILS,
            on_conflict=ConflictChoice.SKIP,
            now=NOW,
            by=STAFF,
        )


def test_lists_page_by_start_and_find_people(tenant, django_assert_num_queries):
    service_id, _ = make_shop(3)
    for hour in range(3):
        book(service_id, hours_later(hour))

    with django_assert_num_queries(2):
        first = list_bookings(BookingFilters(search="ana", limit=2))
    second = list_bookings(BookingFilters(search="ana", limit=2, cursor=first.next_cursor))

    assert [row.starts_at for row in (*first.rows, *second.rows)] == [hours_later(hour) for hour in range(3)]
    assert second.next_cursor is None
    with pytest.raises(Invalid):
        list_bookings(BookingFilters(cursor="Ж"))


@pytest.mark.parametrize(
    "times",
    [
        {"starts_at": MONDAY.replace(tzinfo=None)},
        {"starts_at": MONDAY.replace(second=30)},
        {"starts_at": MONDAY, "ends_at": hours_later(2).replace(tzinfo=None)},
    ],
)
def test_what_is_brought_in_has_its_zone(tenant, times):
    service_id, resource_ids = make_shop()

    with pytest.raises(RequestInvalid):
        import_booking(service_id=service_id, resource_ids=resource_ids[:1], now=NOW, **times)

    assert Booking.objects.count() == 0


def test_an_instant_without_a_zone_is_a_defect_wherever_it_gets_to_the_database(tenant):
    booking = Booking(starts_at=NOW.replace(tzinfo=None))

    with pytest.raises(RuntimeWarning, match="naive"):
        Booking.objects.filter(starts_at=booking.starts_at).exists()
    with pytest.raises(TypeError):
        Statement().update("booking", booking)


def test_an_address_is_stored_as_it_is_written_to(tenant):
    service_id, _ = make_shop()

    book_slot(
        request=SlotRequest(make_wish(service_id), starts_at=MONDAY),
        details=change(email=" Ana@Bücher.example\u202c"),
        now=NOW,
        source="page",
        by=CUSTOMER,
    )

    assert Booking.objects.get().customer_email == "ana@xn--bcher-kva.example"
