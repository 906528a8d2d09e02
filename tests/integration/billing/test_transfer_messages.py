"""What customers are told of a deposit by transfer, from asking to the end."""

from __future__ import annotations

from datetime import timedelta

import pytest

from billing.services.payments import miss_deposit, receive_deposit, waive_deposit
from notifications.models import Message
from scheduling.enums import DepositKind
from scheduling.models import Booking
from scheduling.selectors.bookings.views import get_booking
from scheduling.services.bookings.corrections import correct_booking
from scheduling.services.bookings.submissions import book_slot
from scheduling.services.messages.deposits import remind_of_deposit
from scheduling.services.messages.manage_tokens import make_manage_token, make_manage_url
from scheduling.services.writing.expiry import expire_hold
from scheduling.types import Correction, SlotRequest
from tenants.models import DueWork
from tests.factories.billing import BANK, correct_price, make_payment, take_transfers, tell_events
from tests.factories.scheduling import DETAILS, MONDAY, NOW, STAFF, book, make_shop, make_wish

SOON = NOW + timedelta(minutes=40)
HALF = NOW + timedelta(hours=3)


@pytest.fixture
def taking(tenant):
    take_transfers()


def book_with_deposit(**values) -> int:
    service_id, _ = make_shop(price_minor=100000, deposit_kind=DepositKind.FIXED, deposit_minor=30000, **values)
    made = book(service_id, MONDAY, now=NOW)
    tell_events()
    return made.booking_id


def list_told() -> list[str]:
    """The templates of what customers are told, in the order in which it was written."""
    return list(Message.objects.filter(role="customer").order_by("pk").values_list("template", flat=True))


def read(template: str) -> str:
    return Message.objects.get(template=template, role="customer").body_text


def find_reminder(booking_id: int) -> list:
    return list(DueWork.objects.filter(kind="deposit_reminder", row_id=booking_id).values_list("due_at", flat=True))


def test_customer_reads_where_to_transfer_how_much_and_until_when(taking):
    take_transfers(tax_id="SAM010203AB1", note="Manda tu comprobante.")

    booking = get_booking(booking_id=book_with_deposit())

    assert list_told() == ["deposit_requested"]
    text = read("deposit_requested")
    for said in ("$300", BANK.holder, BANK.bank, BANK.number, "SAM010203AB1", "Manda tu comprobante.", "Fecha límite"):
        assert said in text
    assert f"escribe {booking.reference} como concepto" in text
    assert "/move/" not in text
    assert "calendar.ics" not in text


@pytest.mark.parametrize(("is_on", "told"), [(True, ["deposit_requested"]), (False, [])])
def test_deposit_is_asked_by_mail_only_where_it_is_transferred(tenant, is_on, told):
    take_transfers(is_on=is_on)

    booking_id = book_with_deposit()

    assert (list_told(), len(find_reminder(booking_id))) == (told, int(is_on))


def test_deposit_that_is_on_its_way_is_not_asked_for_by_mail(taking):
    service_id, _ = make_shop(price_minor=100000, deposit_kind=DepositKind.FIXED, deposit_minor=30000)
    made = book(service_id, MONDAY, now=NOW)
    make_payment(booking_id=made.booking_id, door="stripe", state="processing")

    tell_events()

    assert list_told() == []


def test_received_deposit_is_told_with_the_confirmation(taking):
    booking_id = book_with_deposit()

    receive_deposit(booking_id=booking_id, now=SOON, by=STAFF)
    tell_events()

    assert list_told() == ["deposit_requested", "booking_confirmed"]
    assert "Pagado por adelantado" in read("booking_confirmed")
    assert "$300" in read("booking_confirmed")


def test_waived_deposit_is_not_told_as_paid(taking):
    booking_id = book_with_deposit()

    waive_deposit(booking_id=booking_id, now=SOON, by=STAFF)
    tell_events()

    assert list_told() == ["deposit_requested", "booking_confirmed"]
    assert "Pagado por adelantado" not in read("booking_confirmed")


def test_deposit_that_did_not_come_is_told_with_the_reason(taking):
    booking_id = book_with_deposit()

    miss_deposit(booking_id=booking_id, now=SOON, by=STAFF, reason="El comprobante es de otra cuenta")
    tell_events()

    assert list_told() == ["deposit_requested", "booking_cancelled"]
    assert "El comprobante es de otra cuenta" in read("booking_cancelled")


def test_expired_deposit_is_told(taking):
    booking_id = book_with_deposit()

    expire_hold(booking_id, get_booking(booking_id=booking_id).hold_expires_at)
    tell_events()

    assert list_told() == ["deposit_requested", "payment_expired"]


def test_customer_is_reminded_once_when_half_of_the_time_is_gone(taking):
    booking_id = book_with_deposit()  # asked at 8:00, kept until 13:00
    due_at = NOW + timedelta(hours=2, minutes=30)
    assert find_reminder(booking_id) == [due_at]

    for _ in range(2):
        remind_of_deposit(booking_id, due_at)

    assert list_told() == ["deposit_requested", "deposit_reminder"]
    assert "Si ya transferiste" in read("deposit_reminder")
    assert Message.objects.get(template="deposit_reminder").expires_at == NOW + timedelta(hours=5)


def test_paid_deposit_is_not_reminded_of(taking):
    booking_id = book_with_deposit()
    receive_deposit(booking_id=booking_id, now=SOON, by=STAFF)

    remind_of_deposit(booking_id, HALF)

    assert list_told() == ["deposit_requested"]


@pytest.mark.parametrize("change", [{"is_sample": True}, {"hold_expires_at": HALF}])
def test_sample_or_lost_time_is_not_reminded_of(taking, change):
    booking_id = book_with_deposit()
    Booking.objects.update(**change)

    remind_of_deposit(booking_id, HALF)

    assert list_told() == ["deposit_requested"]


def test_nobody_is_reminded_once_transfers_are_switched_off(taking):
    booking_id = book_with_deposit()
    take_transfers(is_on=False)

    remind_of_deposit(booking_id, HALF)

    assert list_told() == ["deposit_requested"]


def test_removed_booking_is_not_reminded_of(taking):
    remind_of_deposit(book_with_deposit() + 1, HALF)

    assert list_told() == ["deposit_requested"]


def test_business_that_reminds_nobody_urges_nobody(taking, monkeypatch):
    booking_id = book_with_deposit()
    monkeypatch.setattr("scheduling.services.messages.deposits.may_business", lambda _ability: False)

    remind_of_deposit(booking_id, HALF)

    assert list_told() == ["deposit_requested"]


def test_customer_whose_deposit_is_another_reads_of_it(taking):
    booking_id = book_with_deposit()

    correct_price(booking_id, 20000)
    tell_events()

    assert list_told() == ["deposit_requested"] * 2
    assert "$200" in Message.objects.filter(template="deposit_requested").latest("pk").body_text


def test_customer_at_another_address_gets_the_link_to_pay_there(taking):
    booking_id = book_with_deposit()
    booking = get_booking(booking_id=booking_id)
    correction = Correction(
        name=booking.customer_name, phone=booking.customer_phone, email="otra@example.com", asset=booking.asset_data,
        note=booking.note, price_minor=booking.price_minor,
    )  # fmt: skip

    correct_booking(booking_id=booking_id, correction=correction, now=NOW, by=STAFF)
    tell_events()

    told = Message.objects.filter(role="customer", template="deposit_requested").order_by("pk")
    assert list(told.values_list("to", flat=True)) == [booking.customer_email, "otra@example.com"]


def test_customer_who_paid_meanwhile_reads_nothing_of_another_deposit(taking):
    booking_id = book_with_deposit()
    correct_price(booking_id, 20000)
    receive_deposit(booking_id=booking_id, now=NOW, by=STAFF)

    tell_events()

    assert list_told() == ["deposit_requested", "booking_confirmed"]


def test_customer_whom_staff_booked_gets_the_link_to_pay(taking):
    service_id, _ = make_shop(price_minor=100000, deposit_kind=DepositKind.FIXED, deposit_minor=30000)
    request = SlotRequest(make_wish(service_id), MONDAY)
    book_slot(request=request, details=DETAILS, now=NOW, source="workspace", by=STAFF)

    tell_events()

    booking = get_booking(booking_id=Booking.objects.get().pk)
    assert list_told() == ["deposit_requested"]
    assert make_manage_url(make_manage_token(booking)) in read("deposit_requested")
