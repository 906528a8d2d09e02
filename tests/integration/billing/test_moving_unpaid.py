"""Staff give a booking another time while its deposit is waited for: the waiting goes on at the new time."""

from __future__ import annotations

from contextlib import suppress
from datetime import timedelta

import pytest

from billing.models import Payment
from billing.selectors.asking import find_asked_deposit
from billing.services.payments import receive_deposit
from kernel.formats import get_formats
from notifications.models import Event, Message
from notifications.services.delivery import send_message
from scheduling.enums import DepositKind
from scheduling.errors import SlotTaken, TransitionRefused
from scheduling.models import Allocation, Booking
from scheduling.selectors.bookings.views import get_booking
from scheduling.services.bookings.contents.changes import change_visit
from scheduling.services.bookings.moves import move_booking
from scheduling.services.bookings.undoing_moves import undo_move
from scheduling.services.messages.manage_tokens import make_manage_token, make_manage_url
from scheduling.services.writing.expiry import expire_hold
from scheduling.types import Notice, OverrideReason, VisitChange
from tenants.errors import RetryLater
from tenants.models import DueWork
from tests.factories.billing import BANK, take_transfers, tell_events
from tests.factories.scheduling import CUSTOMER, MONDAY, NOW, STAFF, book, make_shop

SOON = NOW + timedelta(minutes=5)
LATER = MONDAY + timedelta(hours=2)


@pytest.fixture
def service(tenant) -> int:
    take_transfers()
    return make_shop(price_minor=100000, deposit_kind=DepositKind.FIXED, deposit_minor=30000)[0]


@pytest.fixture
def waiting(service) -> int:
    booking_id = book(service).booking_id
    tell_events()
    return booking_id


def move(booking_id, starts_at=LATER, *, by=STAFF, now=SOON, **values):
    made = move_booking(booking_id=booking_id, starts_at=starts_at, now=now, by=by, **values)
    tell_events()
    return made


def read(booking_id) -> tuple:
    booking = get_booking(booking_id=booking_id)
    return booking.status, booking.starts_at, booking.deposit_minor, booking.hold_expires_at


def list_due(booking_id) -> list:
    return list(DueWork.objects.filter(kind="hold_expiry", row_id=booking_id).values_list("due_at", flat=True))


def list_told() -> list[str]:
    return list(Message.objects.filter(role="customer").order_by("pk").values_list("template", flat=True))


def test_place_moves_and_the_deposit_is_waited_for_as_long_as_before(waiting, service):
    limit = get_booking(booking_id=waiting).hold_expires_at

    move(waiting)

    asked = find_asked_deposit(get_booking(booking_id=waiting), now=SOON)
    assert read(waiting) == ("pending_payment", LATER, 30000, limit)
    assert (asked.amount_minor, asked.pay_by) == (30000, limit)
    assert list(Payment.objects.values_list("state", "amount_minor")) == [("open", 30000)]
    assert set(Allocation.objects.filter(is_active=True).values_list("starts_at", "hold_expires_at")) == {
        (LATER, limit)
    }
    with pytest.raises(SlotTaken):
        book(service, LATER, now=SOON)
    assert book(service, MONDAY, now=SOON).booking_id != waiting


def test_customer_reads_the_new_time_and_what_is_still_missing(waiting):
    move(waiting, notice=Notice(line="Eva se enfermó."))

    booking = get_booking(booking_id=waiting)
    text = Message.objects.get(template="booking_moved", role="customer").body_text
    assert list_told() == ["deposit_requested", "booking_moved"]
    for said in ("$300", BANK.number, booking.reference, "Falta", "Antes", "Eva se enfermó."):
        assert said.lower() in text.lower()
    assert make_manage_url(make_manage_token(booking)) in text
    assert ("calendar.ics" in text, "/move/" in text) == (False, False)
    assert not Message.objects.filter(role__in=("business", "worker")).exists()


def test_nobody_is_told_what_staff_moved_silently(waiting):
    move(waiting, notice=Notice(is_told=False))

    assert list_told() == ["deposit_requested"]


def test_deposit_that_comes_meanwhile_confirms_the_moved_visit(waiting):
    move(waiting)

    receive_deposit(booking_id=waiting, now=SOON, by=STAFF)
    tell_events()

    assert read(waiting)[:2] == ("confirmed", LATER)
    assert set(Allocation.objects.filter(is_active=True).values_list("starts_at", "hold_expires_at")) == {(LATER, None)}
    assert list(Payment.objects.values_list("state", flat=True)) == ["received"]


def test_deposit_that_does_not_come_frees_the_new_time(waiting, service):
    move(waiting)
    limit = read(waiting)[3]

    expire_hold(waiting, limit)
    tell_events()

    assert read(waiting)[0] == "expired"
    assert book(service, LATER, now=limit).booking_id != waiting


def test_place_waits_not_past_an_earlier_start_and_as_long_as_before_once_that_is_taken_back(waiting):
    limit = read(waiting)[3]
    early = limit - timedelta(minutes=30)
    move(waiting, early, override=OverrideReason("Eva viene antes"))
    sequence = Booking.objects.get().sequence

    assert (read(waiting)[1:], list_due(waiting)) == ((early, 30000, early), [early])

    undo_move(booking_id=waiting, sequence=sequence, now=SOON, by=STAFF)

    assert (read(waiting)[1:], list_due(waiting)) == ((MONDAY, 30000, limit), [limit])


def test_only_staff_moves_it_and_nobody_makes_it_another_visit(waiting, service):
    limit = read(waiting)[3]

    with pytest.raises(TransitionRefused):
        move(waiting, by=CUSTOMER)
    with pytest.raises(TransitionRefused):
        change_visit(booking_id=waiting, change=VisitChange(party_size=2), now=SOON, by=STAFF)
    with pytest.raises(TransitionRefused):
        move(waiting, now=limit)

    assert read(waiting) == ("pending_payment", MONDAY, 30000, limit)
    assert list_told() == ["deposit_requested"]


def leave(at) -> list[str]:
    """Let all that waits leave; return what has reached the customer."""
    for message_id in Message.objects.filter(status__in=("queued", "sending")).order_by("pk").values_list("pk"):
        with suppress(RetryLater):
            send_message(message_id[0], at)
    sent = Message.objects.filter(status="sent", role="customer").order_by("sent_at", "pk")
    return list(sent.values_list("template", flat=True))


@pytest.mark.parametrize("is_told", [True, False])
def test_message_says_that_it_moved_also_to_who_was_told_nothing_before(service, is_told):
    """Whoever pays on the page reads no message that asks for it."""
    booking_id = book(service).booking_id
    if is_told:
        tell_events()
        leave(SOON)
    else:
        Event.objects.update(processed_at=NOW)
    move(booking_id)
    move(booking_id, LATER + timedelta(hours=1))

    told = leave(SOON + timedelta(minutes=10))

    assert told == [*(["deposit_requested"] if is_told else []), "booking_moved"]
    assert "Antes" in Message.objects.get(template="booking_moved", status="sent").body_text


def test_request_that_a_move_there_and_back_overtook_still_arrives(service):
    """Workers are a minute behind: without it nobody knows where to transfer the deposit to."""
    booking_id = book(service).booking_id
    tell_events()
    move(booking_id)
    move(booking_id, MONDAY)

    assert leave(SOON + timedelta(minutes=10)) == ["deposit_requested"]


def test_customer_reads_nothing_of_a_move_there_and_back_where_no_message_asks(service):
    booking_id = book(service).booking_id
    Event.objects.update(processed_at=NOW)
    take_transfers(is_on=False)
    move(booking_id)
    move(booking_id, MONDAY)

    assert leave(SOON + timedelta(minutes=10)) == []


def test_message_of_several_moves_names_the_last_time_that_was_told(waiting):
    leave(SOON)
    for hours in (1, 2):
        move(waiting, LATER + timedelta(hours=hours))
    leave(SOON + timedelta(minutes=10))

    assert name_times(waiting, MONDAY, LATER + timedelta(hours=1)) == [True, False]


@pytest.mark.parametrize("is_back", [False, True])
def test_time_that_staff_said_themselves_is_what_the_customer_knew(service, is_back):
    """They paid on the page, were called about a silent move, and read of the next one."""
    booking_id = book(service).booking_id
    Event.objects.update(processed_at=NOW)
    move(booking_id, notice=Notice(is_told=False))
    move(booking_id, MONDAY if is_back else LATER + timedelta(hours=1))

    assert leave(SOON + timedelta(minutes=10)) == ["booking_moved"]
    assert name_times(booking_id, LATER, MONDAY) == [True, is_back]


def test_message_of_several_moves_names_the_time_that_was_booked(service):
    booking_id = book(service).booking_id
    Event.objects.update(processed_at=NOW)
    move(booking_id)
    move(booking_id, LATER + timedelta(hours=1))
    leave(SOON + timedelta(minutes=10))

    assert name_times(booking_id, MONDAY, LATER) == [True, False]


def name_times(booking_id, *times) -> list[bool]:
    """Tell of each time whether what was sent of a move names it."""
    formats, zone = get_formats("es", "MX"), get_booking(booking_id=booking_id).timezone
    text = Message.objects.get(template="booking_moved", status="sent").body_text
    return [formats.format_date_time(each, zone) in text for each in times]


@pytest.mark.parametrize("by_word", [True, False])
@pytest.mark.parametrize("is_told", [True, False])
def test_another_person_is_no_new_request_for_the_deposit(tenant, is_told, by_word):
    """Whoever was asked for it by mail, or on the page, reads who comes now, and nothing once it is taken back."""
    take_transfers(is_on=not by_word)
    service_id, (first, second) = make_shop(2, price_minor=100000, deposit_kind=DepositKind.FIXED, deposit_minor=30000)
    booking_id = book(service_id, resource_ids=(first,)).booking_id
    if is_told:
        tell_events()
        leave(SOON)
    else:
        Event.objects.update(processed_at=NOW)
    asked = leave(SOON)
    move(booking_id, MONDAY, resource_ids=(second,))

    told = leave(SOON + timedelta(minutes=10))

    assert (asked, told) == (asked, [*asked, "booking_moved"])
    message = Message.objects.get(template="booking_moved", status="sent")
    assert ("Persona 1" in message.subject, "Antes" in message.body_text) == (True, False)
    assert ("Transfiérelo" in message.body_text, "la hora nueva" in message.body_text) == (False, False)

    tell_of_nothing = SOON + timedelta(minutes=20)
    move(booking_id, MONDAY, resource_ids=(first,), now=tell_of_nothing)
    move(booking_id, MONDAY, resource_ids=(second,), now=tell_of_nothing)
    assert leave(tell_of_nothing + timedelta(minutes=10)) == told


def test_another_person_and_back_is_no_news_where_no_message_asks(tenant):
    take_transfers()
    service_id, (first, second) = make_shop(2, price_minor=100000, deposit_kind=DepositKind.FIXED, deposit_minor=30000)
    booking_id = book(service_id, resource_ids=(first,)).booking_id
    Event.objects.update(processed_at=NOW)
    take_transfers(is_on=False)
    move(booking_id, MONDAY, resource_ids=(second,))
    move(booking_id, MONDAY, resource_ids=(first,))

    assert leave(SOON + timedelta(minutes=10)) == []


def test_change_whose_events_were_cleared_away_is_told_as_a_change(service):
    """They are kept for a while only; its message may wait longer."""
    booking_id = book(service).booking_id
    Event.objects.update(processed_at=NOW)
    move(booking_id)
    Event.objects.all().delete()

    assert leave(SOON + timedelta(minutes=10)) == ["booking_moved"]
    assert "Antes" in Message.objects.get(template="booking_moved", status="sent").body_text


def test_message_of_a_move_says_confirmed_once_it_is_paid(waiting):
    leave(SOON)
    move(waiting)
    receive_deposit(booking_id=waiting, now=SOON, by=STAFF)
    tell_events()

    assert leave(SOON + timedelta(minutes=10)) == ["deposit_requested", "booking_confirmed"]


def test_customer_reads_of_a_move_where_the_deposit_is_paid_by_word_of_mouth(service):
    take_transfers(is_on=False)
    booking_id = book(service).booking_id
    tell_events()

    move(booking_id)

    assert leave(SOON + timedelta(minutes=10)) == ["booking_moved"]
    message = Message.objects.get(template="booking_moved", status="sent")
    assert "Queda confirmada cuando llegue tu anticipo." in message.body_text
    assert BANK.number not in message.body_text
