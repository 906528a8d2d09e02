"""What others did is told, once and to those who did not do it themselves."""

from __future__ import annotations

import re
from datetime import UTC, datetime

import pytest

from accounts.models import User
from notifications.models import Event
from scheduling.enums import ActorKind
from scheduling.models import Booking, ConversationLine, Service
from scheduling.services.aftercare.conversations import write_as_customer, write_as_staff
from scheduling.services.bookings.cancellations import cancel_booking
from scheduling.services.bookings.holds import hold_slot
from scheduling.services.bookings.moves import move_booking
from scheduling.services.bookings.submissions import submit_booking
from scheduling.services.bookings.transitions import accept_payment, approve
from scheduling.types import CUSTOMER, SYSTEM, Actor, CustomerDetails, SlotRequest, VisitDetails
from tests.factories.scheduling import make_wish
from tests.integration.web.workspace.conftest import book, next_open_day
from tests.integration.web.workspace.test_bookings import free_slot, new_booking, some_start

NEWS = "/workspace/news/"


def now() -> datetime:
    return datetime.now(tz=UTC)


def newest(client) -> str:
    return client.get(NEWS)["Turnero-Newest-Event"]


def news_after(client, after: str) -> str:
    return client.get(NEWS, {"after": after}).content.decode()


def count(page: str) -> int:
    return page.count('class="toast news"')


def test_a_booking_from_the_page_is_told_with_who_and_what(owner_client):
    before = newest(owner_client)
    booked = book("Ana Torres")

    page = news_after(owner_client, before)

    assert "Nueva cita desde el sitio web" in page
    assert "Ana Torres" in page
    assert f'data-news-of="{booked.booking_id}"' in page


def test_a_hold_is_no_news_and_its_booking_is(owner_client):
    service = next(each for each in Service.objects.order_by("id") if each.seats is None)
    starts_at = next_open_day(service.pk)[1][0].starts_at
    before = newest(owner_client)
    held = hold_slot(request=SlotRequest(make_wish(service.pk), starts_at), now=now(), source="page")
    while_held = news_after(owner_client, before)

    details = VisitDetails(CustomerDetails("Laura Paz", "5512345678", None, "es"), {"make": "Seat", "model": "Ibiza"})
    submit_booking(hold_id=held.id, token=held.token, details=details, now=now())

    assert (count(while_held), "Laura Paz" in news_after(owner_client, before)) == (0, True)


def test_a_customers_move_and_cancellation_are_told(owner_client):
    booked = book()
    wanted = free_slot(booked.booking_id)
    before = newest(owner_client)
    move_booking(token=booked.manage_token, starts_at=wanted, now=now(), by=CUSTOMER)
    moved = news_after(owner_client, before)
    before = newest(owner_client)
    cancel_booking(token=booked.manage_token, now=now(), by=CUSTOMER)

    assert ("El cliente movió la cita" in moved, "→" in moved) == (True, True)
    assert "El cliente canceló" in news_after(owner_client, before)


def test_what_a_customer_writes_is_told_until_it_is_answered(owner_client, staff_client):
    booked = book("Ana Torres")
    before = newest(owner_client)
    write_as_customer(token=booked.manage_token, text="¿Puedo llegar\n<b>diez</b> minutos tarde?", now=now())
    pages = [news_after(client, before) for client in (owner_client, staff_client("receptionist"))]

    assert [count(page) for page in pages] == [1, 1]
    assert "El cliente escribió" in pages[0]
    assert "<q>¿Puedo llegar &lt;b&gt;diez&lt;/b&gt; minutos tarde?</q>" in pages[0]
    line = ConversationLine.objects.get()
    by = Actor(kind=ActorKind.STAFF, user_id=None)
    write_as_staff(booking_id=booked.booking_id, text="Sí", seen_line_id=line.pk, now=now(), by=by)
    assert count(news_after(owner_client, before)) == 0


def test_what_i_do_is_no_news_to_me_and_a_new_booking_is_to_my_colleague(owner_client, staff_client):
    colleague = staff_client("receptionist")
    before = newest(owner_client)
    typed = new_booking()
    typed["starts_at"] = some_start(typed["service"])
    owner_client.post("/workspace/bookings/new/", typed)
    booking = Booking.objects.get()
    mine = news_after(owner_client, before), news_after(colleague, before)

    me = Actor(ActorKind.STAFF, User.objects.get(role="owner").pk)
    before = newest(owner_client)
    move_booking(booking_id=booking.pk, starts_at=free_slot(booking.pk), now=now(), by=me)
    cancel_booking(booking_id=booking.pk, now=now(), by=me, reason="Ya no")

    assert ("Teresa Ríos" in mine[0], "Teresa Ríos" in mine[1]) == (False, True)
    assert [count(news_after(each, before)) for each in (owner_client, colleague)] == [0, 0]


def test_an_approval_is_no_news_and_a_request_is(owner_client):
    Service.objects.update(approval="request")
    before = newest(owner_client)
    booked = book()
    asked = news_after(owner_client, before)
    before = newest(owner_client)

    approve(booking_id=booked.booking_id, now=now(), by=Actor(ActorKind.STAFF, 999))

    assert ("Ana Torres" in asked, "/approve/" in asked) == (True, True)
    assert count(news_after(owner_client, before)) == 0


def test_a_paid_deposit_is_the_news_of_its_booking(owner_client):
    Service.objects.update(deposit_kind="fixed", deposit_minor=10_000)
    before = newest(owner_client)
    booked = book()
    unpaid = news_after(owner_client, before)

    accept_payment(booking_id=booked.booking_id, now=now(), by=SYSTEM)

    assert (count(unpaid), "Ana Torres" in news_after(owner_client, before)) == (0, True)


def test_events_that_were_heard_of_are_told_by_their_number(owner_client):
    book()
    event = Event.objects.get(kind="booking.confirmed")

    told = owner_client.get(NEWS, {"event": [event.pk], "after": newest(owner_client)}).content.decode()

    assert re.findall(r'data-events="(\d+)"', told) == [str(event.pk)]


def test_a_board_that_has_just_opened_is_told_nothing_of_before(owner_client):
    book()

    answer = owner_client.get(NEWS)

    assert (count(answer.content.decode()), int(answer["Turnero-Newest-Event"])) == (
        0,
        Event.objects.order_by("pk").last().pk,
    )


def test_many_are_one_notice(owner_client):
    for number in range(4):
        book(f"Cliente {number}", slot=2 * number)

    page = news_after(owner_client, "0")

    assert (count(page), "4 cambios en las citas" in page) == (1, True)


def test_many_with_messages_are_one_notice_that_tells_them_apart(owner_client):
    booked = [book(f"Cliente {number}", slot=2 * number) for number in range(2)]
    for each in booked:
        write_as_customer(token=each.manage_token, text="¿Puedo llegar tarde?", now=now())

    page = news_after(owner_client, "0")

    assert (count(page), re.findall(r"<b>(.+?)</b>", page)) == (
        1,
        ["2 cambios en las citas", "2 mensajes de clientes"],
    )


@pytest.mark.parametrize("query", ["after=x", "event=x&event=9999999999999999999999", "after=-1", "after=%00"])
def test_strange_questions_have_no_news(owner_client, query):
    book()

    answer = owner_client.get(f"{NEWS}?{query}")

    assert (answer.status_code, count(answer.content.decode())) == (200, 0)


def test_a_booking_that_is_gone_is_passed_over(owner_client):
    booked = book()
    Event.objects.filter(subject_id=booked.booking_id).update(subject_id=999_999_999)

    assert count(news_after(owner_client, "0")) == 0


def test_an_event_whose_details_were_erased_is_told_as_far_as_it_goes(owner_client):
    booked = book()
    Event.objects.filter(subject_id=booked.booking_id).update(payload={})

    assert re.findall(r'data-news-of="(\d+)"', news_after(owner_client, "0")) == [str(booked.booking_id)]
