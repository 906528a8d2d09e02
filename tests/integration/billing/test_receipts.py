"""The receipt of a transfer: sent, replaced, looked at, and gone with whoever sent it."""

from __future__ import annotations

from datetime import timedelta

import pytest

from billing.errors import ReceiptNotAwaited
from billing.models import Payment, Receipt
from billing.selectors.receipts import list_awaited, list_receipts
from billing.services.forgetting import erase_payers
from billing.services.payments import receive_deposit
from billing.services.receipts import KEPT, drop_receipt, send_receipt
from files.engine import PictureRefused
from files.enums import FileState
from files.models import StoredFile
from files.services.rendering import render_file
from notifications.models import Event, Message
from scheduling.enums import DepositKind
from scheduling.models import Booking
from scheduling.selectors.bookings.views import get_booking
from scheduling.services.messages.deposits import remind_of_deposit
from tenants.models import DueWork
from tenants.types import ErasedRows
from tests.factories.billing import make_payment, take_transfers, tell_events
from tests.factories.pictures import make_scene, save
from tests.factories.scheduling import MONDAY, NOW, STAFF, book, make_shop

PICTURE = save(make_scene(64, 64), "PNG")
PDF = b"%PDF-1.7\n1 0 obj <<>> endobj\ntrailer <<>>\n%%EOF\n"
SOON = NOW + timedelta(minutes=40)


@pytest.fixture
def service_id(tenant) -> int:
    take_transfers()
    service_id, _ = make_shop(price_minor=100000, deposit_kind=DepositKind.FIXED, deposit_minor=30000)
    return service_id


@pytest.fixture
def booking_id(service_id) -> int:
    made = book(service_id, MONDAY, now=NOW)
    tell_events()
    return made.booking_id


def send(booking_id: int, content: bytes = PICTURE, *, now=SOON) -> None:
    send_receipt(booking_id=booking_id, content=content, now=now)


def render() -> None:
    for file_id in StoredFile.objects.filter(state=FileState.WAITING).values_list("pk", flat=True):
        render_file(file_id, SOON)


def find_receipt(booking_id: int):
    payment = Payment.objects.get(booking_id=booking_id)
    return list_receipts([payment.pk]).get(payment.pk)


def list_kept() -> list[str]:
    return list(StoredFile.objects.exclude(state=FileState.REMOVED).order_by("pk").values_list("state", flat=True))


@pytest.mark.parametrize(("content", "is_document"), [(PICTURE, False), (PDF, True)])
def test_picture_or_pdf_is_kept_beside_the_payment(booking_id, content, is_document):
    send(booking_id, content)
    assert (find_receipt(booking_id).sent_at, find_receipt(booking_id).file) == (SOON, None)

    render()

    found = find_receipt(booking_id)
    assert ((found.file.document is not None), found.failure) == (is_document, "")
    assert [each.name for each in found.file.renditions] == (["0.pdf"] if is_document else ["64.webp"])


def test_receipt_confirms_nothing(booking_id):
    send(booking_id)

    assert get_booking(booking_id=booking_id).status == "pending_payment"
    assert Payment.objects.get().state == "open"


def test_receipt_may_come_before_a_worker_asked_for_the_deposit(service_id):
    made = book(service_id, MONDAY, now=NOW)
    assert Payment.objects.count() == 0

    send(made.booking_id)

    assert Receipt.objects.get().payment == Payment.objects.get(booking_id=made.booking_id)


def test_first_receipt_keeps_the_place_as_if_the_deposit_were_asked_for_then(booking_id):
    asked_until = get_booking(booking_id=booking_id).hold_expires_at
    late = asked_until - timedelta(minutes=5)

    send(booking_id, now=late)
    kept_until = get_booking(booking_id=booking_id).hold_expires_at
    send(booking_id, now=late + timedelta(minutes=4))

    assert (asked_until, kept_until) == (NOW + timedelta(hours=5), late + timedelta(hours=4))
    assert get_booking(booking_id=booking_id).hold_expires_at == kept_until


def test_receipt_keeps_no_place_past_its_start(service_id):
    starts_at = NOW + timedelta(hours=3)
    made = book(service_id, starts_at, now=NOW)
    tell_events()

    send(made.booking_id)

    assert get_booking(booking_id=made.booking_id).hold_expires_at == starts_at


def test_newer_receipt_takes_the_place_of_the_one_before(booking_id):
    send(booking_id)
    render()

    send(booking_id, PDF, now=SOON + timedelta(minutes=1))
    render()

    assert find_receipt(booking_id).file.document is not None
    assert (Receipt.objects.count(), list_kept()) == (1, ["ready"])


def test_business_is_told_of_the_first_receipt_once(booking_id):
    for minute in range(2):
        send(booking_id, now=SOON + timedelta(minutes=minute))
        tell_events()

    told = Message.objects.filter(template="business_receipt_sent")
    assert list(told.values_list("to", flat=True)) == ["owner@taller.example"]
    assert "$300" in told.get().body_text
    assert Event.objects.filter(kind="payment.receipt_sent").count() == 1


def test_business_is_not_told_of_what_it_has_ticked_already(booking_id):
    send(booking_id)
    receive_deposit(booking_id=booking_id, now=SOON, by=STAFF)

    tell_events()

    assert not Message.objects.filter(template="business_receipt_sent").exists()


def test_business_is_not_told_of_a_removed_booking(booking_id):
    send(booking_id)
    Event.objects.filter(kind="payment.receipt_sent").update(payload={"booking_id": booking_id + 1})

    tell_events()

    assert not Message.objects.filter(template="business_receipt_sent").exists()


def test_who_sent_a_receipt_is_not_reminded(booking_id):
    send(booking_id)

    remind_of_deposit(booking_id, NOW + timedelta(hours=3))

    assert not Message.objects.filter(template="deposit_reminder").exists()


@pytest.mark.parametrize("content", [b"", b"GIF89a", b"%PDF-1.7 cut off", PDF + b"/JavaScript %%EOF"])
def test_what_is_no_receipt_is_refused_and_leaves_nothing(booking_id, content):
    with pytest.raises(PictureRefused):
        send(booking_id, content)

    assert (Receipt.objects.count(), list_kept(), Event.objects.filter(kind="payment.receipt_sent").count()) == (
        0,
        [],
        0,
    )


def test_nobody_sends_a_receipt_for_what_is_not_waited_for(booking_id):
    receive_deposit(booking_id=booking_id, now=SOON, by=STAFF)

    with pytest.raises(ReceiptNotAwaited):
        send(booking_id)

    assert Receipt.objects.count() == 0


def test_nobody_sends_a_receipt_once_the_time_is_over(booking_id):
    with pytest.raises(ReceiptNotAwaited):
        send(booking_id, now=get_booking(booking_id=booking_id).hold_expires_at)

    assert Receipt.objects.count() == 0


def test_nobody_sends_a_receipt_of_what_is_on_its_way_by_card(service_id):
    made = book(service_id, MONDAY, now=NOW)
    make_payment(booking_id=made.booking_id, door="stripe", state="processing")

    with pytest.raises(ReceiptNotAwaited):
        send(made.booking_id)

    assert Receipt.objects.count() == 0


def test_receipt_goes_after_two_years_with_its_file(booking_id):
    send(booking_id)
    receipt = Receipt.objects.get()
    assert DueWork.objects.get(kind="receipt", row_id=receipt.pk).due_at == SOON + KEPT

    for _ in range(2):
        drop_receipt(receipt.pk, SOON + KEPT)

    assert (Receipt.objects.count(), list_kept(), Payment.objects.count()) == (0, [], 1)
    assert not DueWork.objects.filter(kind="receipt").exists()


def test_receipts_of_an_erased_customer_go_with_their_files(booking_id, tenant):
    send(booking_id)
    customer_id = Booking.objects.get(pk=booking_id).customer_id

    erase_payers(ErasedRows(kind="scheduling.Customer", row_ids=(customer_id,), at=SOON))

    assert (Receipt.objects.count(), list_kept(), Payment.objects.count()) == (0, [], 1)


def test_inbox_has_receipts_first_then_whose_time_ends_first(service_id):
    ids = []
    for hour in (0, 1, 2):
        made = book(service_id, MONDAY + timedelta(hours=hour), now=NOW + timedelta(minutes=hour))
        ids.append(made.booking_id)
    tell_events()
    send(ids[2])

    found = list_awaited()

    assert [(each.booking.id, each.amount_minor) for each in found] == [(ids[n], 30000) for n in (2, 0, 1)]
    assert [each.receipt is None for each in found] == [False, True, True]


@pytest.mark.parametrize("count", [1, 3])
def test_inbox_is_read_in_as_many_queries_however_long(service_id, django_assert_num_queries, count):
    for hour in range(count):
        made = book(service_id, MONDAY + timedelta(hours=hour), now=NOW)
        send(made.booking_id)

    with django_assert_num_queries(7):
        found = list_awaited()

    assert len(found) == count


@pytest.mark.parametrize("change", [{"is_sample": True}, {"status": "confirmed", "hold_expires_at": None}])
def test_samples_and_what_waits_no_more_are_not_in_the_inbox(booking_id, change):
    Booking.objects.update(**change)

    assert list_awaited() == ()
