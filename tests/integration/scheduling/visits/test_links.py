"""The link to one's visits: who reads a contact's messages sees what was booked with it, and nobody sees more."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import timedelta
from itertools import product

import pytest
import time_machine
from django.core import mail
from django.db import IntegrityError, transaction

from kernel.identity.phones import PHONE_WRONG
from kernel.ids import hash_token
from notifications.models import Message
from scheduling.errors import BookingNotFound, RequestInvalid, VisitsLinkUnknown
from scheduling.models import Booking, Customer, VisitsLink
from scheduling.selectors.bookings.visits import (
    MOST_COMING,
    PAST_ROWS,
    get_own_data,
    get_visit,
    get_visits_contact,
    has_visits,
    list_visits,
)
from scheduling.services.bookings.submissions import book_slot
from scheduling.services.visits.links import LINK_LIFE, ask_for_visits, end_visits_link, read_contact
from scheduling.services.visits.telling import DUE_KIND
from scheduling.services.waitlist.joining import join_waitlist
from scheduling.services.writing.inputs import CONTACT_MISSING, EMAIL_WRONG
from scheduling.types import CustomerDetails, SlotRequest, WaitlistWish
from scheduling.types.terms import MOST_REPEATS
from tenants.models import DueWork
from tenants.services.erasures.erasing import erase
from tests.factories.scheduling import CUSTOMER, DETAILS, MONDAY, NOW, STAFF, book, hours_later, make_shop, make_wish
from tests.fakes.due_work import perform_all, send_messages

ANA, ANAS_PHONE = "ana@example.com", "+525512345678"


@pytest.fixture(autouse=True)
def at_now(tenants):
    with time_machine.travel(NOW, tick=False) as clock:
        yield clock


@pytest.fixture
def shop(tenant) -> int:
    return make_shop(12)[0]


def book_as(shop: int, *, name="Ana Pérez", phone=None, email=None, proven="", hours=0.0, by=CUSTOMER) -> int:
    details = replace(DETAILS, customer=CustomerDetails(name, phone=phone, email=email, locale="es"))
    request = SlotRequest(make_wish(shop), hours_later(hours))
    made = book_slot(request=request, details=replace(details, proven_contact=proven), now=NOW, source="page", by=by)
    return made.booking_id


def ask(tenant, contact: str) -> VisitsLink:
    ask_for_visits(contact=contact, locale="es", now=NOW)
    perform_all(tenant.schema_name, DUE_KIND)
    return VisitsLink.objects.latest("pk")


def read_token() -> str:
    return re.search(r"/visits/(\w+)/", mail.outbox[-1].body)[1]


def list_shown(contact: str) -> list[int]:
    found = list_visits(contact=contact, now=NOW)
    return sorted(each.id for each in (*found.coming, *found.past))


def test_the_link_goes_to_the_contact_and_shows_its_visits(tenant, shop):
    booked = book(shop)
    link = ask(tenant, " ANA@example.com ")
    send_messages(tenant.schema_name)

    token = read_token()
    contact = get_visits_contact(token=token, now=NOW)

    assert (mail.outbox[-1].to, link.token_hash) == ([ANA], hash_token(token))
    assert (contact.value, contact.expires_at) == (ANA, NOW + LINK_LIFE)
    assert list_shown(contact.value) == [booked.booking_id]
    assert Message.objects.get(template="visits_link").body_text == ""


def test_from_outside_a_contact_that_nobody_knows_looks_like_any_other(tenant, shop):
    book(shop)
    for contact in (ANA, "nadie@example.com", ANAS_PHONE, "+525599999999"):
        ask_for_visits(contact=contact, locale="es", now=NOW)

    rows = VisitsLink.objects.values_list("token_hash", "told_at", "expires_at").distinct()
    assert list(rows) == [("", None, NOW + LINK_LIFE)]
    assert DueWork.objects.filter(schema_name=tenant.schema_name, kind=DUE_KIND).count() == 4
    perform_all(tenant.schema_name, DUE_KIND)

    told = dict(Message.objects.filter(template__startswith="visits_").values_list("to", "template"))
    assert told == {ANA: "visits_link", "nadie@example.com": "visits_none"}
    assert VisitsLink.objects.exclude(token_hash="").count() == 1


def test_who_only_waits_gets_the_link_to_what_is_kept_of_them(tenant, shop):
    asked = WaitlistWish(make_wish(shop), from_on=MONDAY.date(), to_on=MONDAY.date())
    for contact in ({"email": ANA}, {"phone": ANAS_PHONE}):
        details = replace(DETAILS, customer=CustomerDetails(name="Ana Pérez", locale="es", **contact))
        join_waitlist(asked=asked, details=details, join_key=str(contact), now=NOW)

    links = [ask(tenant, contact) for contact in (ANA, ANAS_PHONE, "nadie@example.com")]

    assert [bool(link.token_hash) for link in links] == [True, True, False]
    told = Message.objects.filter(template__startswith="visits_").order_by("pk").values_list("to", "template")
    assert list(told) == [
        (ANA, "visits_link"),
        (ANAS_PHONE, "visits_link"),
        ("nadie@example.com", "visits_none"),
    ]


def test_work_that_runs_twice_tells_once(tenant, shop):
    book(shop)
    link = ask(tenant, ANA)
    DueWork.objects.filter(kind=DUE_KIND).update(due_at=NOW)
    perform_all(tenant.schema_name, DUE_KIND)

    assert Message.objects.filter(template="visits_link").count() == 1
    assert VisitsLink.objects.get().token_hash == link.token_hash


def test_a_link_ends_after_a_day_and_when_its_reader_closes_it(tenant, shop, at_now):
    book(shop)
    ask(tenant, ANA)
    send_messages(tenant.schema_name)
    first = read_token()
    assert get_visits_contact(token=first, now=NOW + LINK_LIFE - timedelta(seconds=1)).value == ANA
    with pytest.raises(VisitsLinkUnknown):
        get_visits_contact(token=first, now=NOW + LINK_LIFE)

    end_visits_link(token=first)
    end_visits_link(token=first)
    end_visits_link(token="")

    assert (VisitsLink.objects.count(), DueWork.objects.filter(kind=DUE_KIND).count()) == (0, 0)
    for token in (first, "", "no-token"):
        with pytest.raises(VisitsLinkUnknown):
            get_visits_contact(token=token, now=NOW)


def test_the_row_goes_when_the_link_has_ended(tenant, shop, at_now):
    book(shop)
    ask(tenant, ANA)
    at_now.move_to(NOW + LINK_LIFE)
    perform_all(tenant.schema_name, DUE_KIND)

    assert (VisitsLink.objects.count(), DueWork.objects.filter(kind=DUE_KIND).count()) == (0, 0)


@pytest.mark.parametrize("typed", ["", "   ", "ana", "ana@", "12", "a@b@c", "=HYPERLINK(1)", "<script>"])
def test_what_is_no_contact_is_refused_and_nothing_is_written(tenant, typed):
    with pytest.raises(RequestInvalid) as refused:
        ask_for_visits(contact=typed, locale="es", now=NOW)

    assert (list(refused.value.errors), VisitsLink.objects.count()) == (["contact"], 0)


@pytest.mark.parametrize(
    ("typed", "fault"), [("ana", CONTACT_MISSING), ("", CONTACT_MISSING), ("ana@", EMAIL_WRONG), ("12", PHONE_WRONG)]
)
def test_what_is_wrong_is_said_of_what_was_meant(tenant, typed, fault):
    with pytest.raises(RequestInvalid) as refused:
        read_contact(typed)

    assert refused.value.errors == {"contact": (fault,)}


def test_a_number_is_read_as_people_write_it(tenant):
    assert {read_contact(each) for each in ("55 1234 5678", "+52 55 1234 5678", ANAS_PHONE)} == {("phone", ANAS_PHONE)}


@pytest.mark.parametrize(
    ("email", "phone", "proven"),
    [each for each in product((None, ANA), (None, ANAS_PHONE), ("", "email", "phone")) if any(each[:2])],
)
def test_a_visit_is_shown_to_whoever_gets_its_messages_or_typed_its_code(shop, email, phone, proven):
    proven = proven if {"email": email, "phone": phone}.get(proven) else ""
    booking_id = book_as(shop, email=email, phone=phone, proven=proven)

    assert list_shown(ANA) == ([booking_id] if email else [])
    assert list_shown(ANAS_PHONE) == ([booking_id] if phone and (not email or proven == "phone") else [])
    assert has_visits(ANA) is bool(list_shown(ANA))


def test_a_stranger_who_made_the_customer_first_sees_nothing_of_theirs(shop):
    own = book_as(shop, phone=ANAS_PHONE, email="fremd@example.com")
    later = book_as(shop, phone=ANAS_PHONE, hours=2)
    assert Customer.objects.count() == 1

    assert list_shown("fremd@example.com") == [own]
    with pytest.raises(BookingNotFound):
        get_visit(contact="fremd@example.com", booking_id=later)
    assert get_visit(contact=ANAS_PHONE, booking_id=later).id == later


def test_a_stranger_who_types_somebodys_name_and_number_does_not_join_what_they_see(shop):
    mine = book_as(shop, phone=ANAS_PHONE, email=ANA)
    book_as(shop, phone=ANAS_PHONE, email="fremd@example.com", hours=1)

    assert (list_shown(ANA), list_shown(ANAS_PHONE)) == ([mine], [])
    assert get_own_data(contact=ANA).emails == (ANA,)


def test_coming_visits_are_sorted_up_and_past_ones_down_a_page_at_a_time(shop):
    coming = [book_as(shop, email=ANA, hours=hours) for hours in (0, 24)]
    Booking.objects.filter(pk__in=coming).update(is_sole=False)
    past = []
    for number in range(PAST_ROWS + 2):
        booking_id = book_as(shop, email=ANA, hours=48 + number % 4, by=STAFF)
        starts_at = NOW - timedelta(days=number + 1)
        Booking.objects.filter(pk=booking_id).update(starts_at=starts_at, ends_at=starts_at + timedelta(hours=1))
        past.append(booking_id)

    first = list_visits(contact=ANA, now=NOW)
    second = list_visits(contact=ANA, now=NOW, cursor=first.next_cursor or "")

    assert ([each.id for each in first.coming], second.coming) == (coming, ())
    assert [each.id for each in (*first.past, *second.past)] == past
    assert second.next_cursor is None


def test_more_is_shown_than_anybody_books_in_advance_twice():
    assert MOST_COMING > 2 * MOST_REPEATS


def test_the_count_of_queries_does_not_grow(shop, django_assert_num_queries):
    book_as(shop, email=ANA)
    with django_assert_num_queries(5):
        list_visits(contact=ANA, now=NOW)
    for hours in (1, 2):
        book_as(shop, email=ANA, hours=hours)
    with django_assert_num_queries(5):
        list_visits(contact=ANA, now=NOW)


def test_own_data_is_what_the_visits_say_the_last_first(shop):
    book_as(shop, email=ANA, phone=ANAS_PHONE)
    book_as(shop, email=ANA, name="Ana P.", hours=1)

    own = get_own_data(contact=ANA)

    assert (own.names, own.phones, own.emails) == (("Ana P.", "Ana Pérez"), (ANAS_PHONE,), (ANA,))
    assert [each.label for each in own.assets] == ["Nissan Versa"]


def test_who_is_erased_has_no_link_any_more(tenant, shop):
    booking_id = book(shop).booking_id
    ask(tenant, ANA)
    customer_id = Booking.objects.get(pk=booking_id).customer_id

    erase(kind="scheduling.Customer", row_ids=[customer_id], now=NOW)

    assert (VisitsLink.objects.count(), has_visits(ANA)) == (0, False)
    assert not Message.objects.filter(template="visits_link", to=ANA).exists()


@pytest.mark.parametrize(
    "values",
    [{"token_hash": "a" * 64}, {"expires_at": NOW}, {"kind": "fax"}],
)
def test_the_table_refuses_what_cannot_be(tenant, values):
    row = {"kind": "email", "contact": ANA, "created_at": NOW, "expires_at": NOW + LINK_LIFE}
    with pytest.raises(IntegrityError), transaction.atomic():
        VisitsLink.objects.create(**row | values)


def test_tests_of_the_staff_are_nobodys_visits(shop):
    booking_id = book_as(shop, email=ANA)
    Booking.objects.filter(pk=booking_id).update(is_test=True, customer=None, asset=None, rule_usage=[], group_share=[])

    assert list_shown(ANA) == []
