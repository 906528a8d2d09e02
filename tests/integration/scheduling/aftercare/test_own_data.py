"""Own data: as many queries for many visits as for one, and words beside what is kept as a code."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils.translation import override

from kernel.errors import Invalid
from notifications.models import Message
from scheduling.enums import ConsentPurpose
from scheduling.models import VisitPhoto, WaitlistEntry
from scheduling.selectors.aftercare.own_data import collect_own_data, collect_waiting
from scheduling.selectors.bookings import visits
from scheduling.selectors.bookings.views import get_booking
from scheduling.selectors.bookings.visits import list_all_visits, list_own_photos
from scheduling.selectors.waitlist.entries import get_entry, has_entries, list_entries_of
from scheduling.services.aftercare.conversations import write_as_customer
from scheduling.services.bookings.corrections import correct_booking
from scheduling.services.bookings.moves import move_booking
from scheduling.services.bookings.submissions import book_slot
from scheduling.services.messages.manage_tokens import make_manage_token
from scheduling.services.waitlist.joining import join_waitlist
from scheduling.types import Correction, CustomerDetails, SlotRequest, WaitlistWish
from tests.factories.scheduling import CAR, CUSTOMER, DETAILS, MONDAY, NOW, STAFF, hours_later, make_shop, make_wish

ANA, BEA = "ana@example.com", "bea@example.com"
PHONE = "+525512345678"


def book_as(shop: int, *, email: str = ANA, hours: float = 0) -> int:
    details = replace(DETAILS, customer=CustomerDetails("Ana Pérez", email=email, locale="es"))
    request = SlotRequest(make_wish(shop), hours_later(hours))
    return book_slot(request=request, details=details, now=NOW, source="page", by=CUSTOMER).booking_id


def add_photo(booking_id: int, position: int = 0) -> int:
    run = f"run-{booking_id}"
    return VisitPhoto.objects.create(run_hash=run, booking_id=booking_id, position=position, created_at=NOW).pk


def count_queries(contact: str) -> int:
    with CaptureQueriesContext(connection) as asked:
        collect_own_data(list_all_visits(contact=contact).rows, business_name="Taller")
        collect_waiting(list_entries_of(contact))
        list_own_photos(contact=contact)
    return len(asked)


def wait_as(shop: int, *, email: str | None = None, phone: str | None = None, days: int = 3) -> None:
    asked = WaitlistWish(wish=make_wish(shop), from_on=MONDAY.date(), to_on=MONDAY.date() + timedelta(days=days))
    details = replace(DETAILS, customer=CustomerDetails("Ana Pérez", phone=phone, email=email, locale="es"))
    join_waitlist(asked=asked, details=details, join_key=f"run of {email} {phone}", now=NOW)


def test_thirty_visits_ask_as_much_as_one(tenant):
    shop, _ = make_shop(2)
    for number in range(31):
        email = BEA if number == 30 else ANA
        add_photo(booking_id := book_as(shop, email=email, hours=number // 7 * 24 + number % 7))
        write_as_customer(token=make_manage_token(get_booking(booking_id=booking_id)), text="Hola", now=NOW)
    for email in (ANA, BEA):
        wait_as(shop, email=email)

    assert (count_queries(BEA), count_queries(ANA)) == (18, 18)
    assert len(list_all_visits(contact=ANA).rows) == 30


def test_very_many_visits_are_several_pages_and_each_is_in_one(tenant, monkeypatch):
    monkeypatch.setattr(visits, "FILE_ROWS", 2)
    shop, _ = make_shop(12)
    made = [book_as(shop, hours=number) for number in range(3)]
    theirs = book_as(shop, email=BEA)

    first = list_all_visits(contact=ANA)
    second = list_all_visits(contact=ANA, cursor=first.next_cursor or "")

    assert [each.id for each in (*first.rows, *second.rows)] == made[::-1]
    assert second.next_cursor is None
    assert theirs not in made


def test_rows_of_before_are_said_in_the_readers_words(tenant):
    shop, _ = make_shop(12)
    booking = get_booking(booking_id=book_as(shop))
    move_booking(token=make_manage_token(booking), starts_at=hours_later(2), now=NOW, by=CUSTOMER)
    told = Correction(name="Ana Paz", phone="", email=ANA, asset={}, note="", price_minor=booking.price_minor)
    correct_booking(booking_id=booking.id, correction=told, now=NOW, by=STAFF)

    with override("es"):
        (found,) = collect_own_data([get_booking(booking_id=booking.id)], business_name="Taller")

    assert [(each["status"], each["in_words"]) for each in found["history"]][-2:] == [
        ("confirmed", "Pasó a otra hora"),
        ("confirmed", "Corregido"),
    ]
    moved, corrected = found["history"][-2:]
    assert (moved["moved_from"], moved["starts_at"]) == (MONDAY.isoformat(), hours_later(2).isoformat())
    assert {"field": "customer_name", "in_words": "Nombre", "before": "Ana Pérez", "after": "Ana Paz"} in corrected[
        "corrected"
    ]
    assert found["booking"]["status_in_words"] == "Confirmada"


def test_photos_are_named_and_nobody_elses_are(tenant):
    shop, _ = make_shop(12)
    mine, theirs = book_as(shop), book_as(shop, email=BEA)
    ids = [add_photo(mine, position) for position in (0, 1)]
    add_photo(theirs)

    (found,) = collect_own_data(list_all_visits(contact=ANA).rows, business_name="Taller")

    reference = get_booking(booking_id=mine).reference
    names = [f"{reference}-1.webp", f"{reference}-2.webp"]
    assert [each["file"] for each in found["photos"]] == names
    assert [(each.id, each.file_name) for each in list_own_photos(contact=ANA)] == list(zip(ids, names, strict=True))


def test_places_on_the_waitlist_belong_to_whom_their_messages_go(tenant):
    shop, _ = make_shop(12)
    for email in (ANA, BEA):
        wait_as(shop, email=email)

    with override("es"):
        found = collect_waiting(list_entries_of(ANA))

    assert [(each["email"], each["status_in_words"], each["from_on"]) for each in found] == [
        (ANA, "En espera", MONDAY.date().isoformat())
    ]
    assert [each["in_words"] for each in found[0]["history"]] == ["Se apuntó"]
    told = Message.objects.filter(subject_kind="waitlist").exclude(to=BEA)
    assert [(each["to"], each["text"]) for each in found[0]["messages"]] == [(ANA, each.body_text) for each in told]
    assert (told.count(), collect_waiting(list_entries_of("+525599999999"))) == (1, ())


@pytest.mark.parametrize("contact", [ANA, "+525512345678"])
def test_places_on_the_waitlist_are_found_by_an_index(tenant, contact):
    with CaptureQueriesContext(connection) as asked:
        list_entries_of(contact)
        has_entries(contact)

    plans = []
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")
        cursor.execute("SET LOCAL enable_indexscan = off")
        for query in (each for each in asked if each["sql"].startswith("SELECT")):
            cursor.execute("EXPLAIN (COSTS OFF) " + query["sql"])
            plans.append("\n".join(line for (line,) in cursor.fetchall()))
    assert [each.count("Bitmap Index Scan on scheduling_waitlist_details") for each in plans] == [1, 1], plans


def test_place_on_the_waitlist_belongs_to_a_number_where_no_email_was_told(tenant):
    shop, _ = make_shop(12)
    for days, email in enumerate((None, "", ANA)):
        wait_as(shop, email=email, phone=PHONE, days=days)  # nobody waits twice for the same

    found, theirs = (collect_waiting(list_entries_of(contact)) for contact in (PHONE, ANA))

    assert [(each["phone"], each["email"]) for each in (*found, *theirs)] == [(PHONE, ""), (PHONE, ""), (PHONE, ANA)]


def test_all_that_somebody_typed_to_wait_goes_along(tenant):
    shop, _ = make_shop(12)
    wait_as(shop, email=ANA)
    row = WaitlistEntry.objects.get()
    row.details = {**row.details, "answers": {"symptoms": ["leak"]}, "consents": ["marketing"]}
    row.save()

    with override("es"):
        (found,) = collect_waiting(list_entries_of(ANA))
        WaitlistEntry.objects.update(details={})
        (forgotten,) = collect_waiting([get_entry(row.pk)])

    names = ("about_data", "answers", "told_in_words", "consents", "wants_reminders")
    assert [found[name] for name in names] == [
        CAR,
        {"symptoms": ["leak"]},
        [
            {"asked": "Marca", "answer": "Nissan"},
            {"asked": "Modelo", "answer": "Versa"},
            {"asked": "Lo que se contó", "answer": "Fuga"},
        ],
        [{"purpose": "marketing", "purpose_in_words": str(ConsentPurpose.MARKETING.label)}],
        True,
    ]
    assert [forgotten[name] for name in names] == [{}, {}, [], [], None]


@pytest.mark.parametrize("cursor", ["x", "bm90IG9uZQ"])
def test_what_is_no_page_is_refused(tenant, cursor):
    with pytest.raises(Invalid):
        list_all_visits(contact=ANA, cursor=cursor)
