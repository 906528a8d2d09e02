"""The bank account, the deposit of a booking and of a service, and what goes back: as the business does it."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from billing.enums import PaymentMeans
from billing.models import Credit, LedgerEntry, Payment, PaymentAccount, Refund
from billing.selectors.accounts import get_bank_data
from billing.services.counter import take_payment
from billing.services.payments import receive_deposit
from billing.services.receipts import send_receipt
from billing.types import CounterPayment, PaidOver
from files.models import StoredFile
from files.services.rendering import render_file
from kernel.clock import utc_now
from kernel.errors import LimitReached
from scheduling.enums import DepositKind
from scheduling.models import Booking, Service
from scheduling.selectors.bookings.views import get_booking
from scheduling.services.bookings.cancellations import cancel_booking
from scheduling.services.messages.manage_tokens import make_manage_token
from tenants.models import Tenant
from tests.conftest import OWNER_PASSWORD
from tests.factories.billing import BANK, take_transfers, tell_events
from tests.factories.pictures import make_scene, save
from tests.factories.scheduling import CUSTOMER, NOW, STAFF, book, make_shop
from tests.integration.web.workspace.browser_form import read_form
from web.workspace.bookings.payments import load_money

TYPED = {
    "is_on": "on", "holder": "Taller Ríos SA", "bank": "BBVA", "number": "012 180 0151 2345 6780", "tax_id": "",
    "note": "", "wait_minutes": "4", "wait_minutes_unit": "hours", "password": OWNER_PASSWORD,
}  # fmt: skip


PDF = b"%PDF-1.7\n1 0 obj <<>> endobj\ntrailer <<>>\n%%EOF\n"


@pytest.fixture
def booking_id(tenant) -> int:
    take_transfers()
    service_id, _ = make_shop(price_minor=100000, deposit_kind=DepositKind.FIXED, deposit_minor=30000)
    now = utc_now()
    starts_at = (now + timedelta(days=5)).replace(hour=10, minute=0, second=0, microsecond=0)
    made = book(service_id, starts_at, now=now)
    tell_events()
    return made.booking_id


def upload(content: bytes) -> SimpleUploadedFile:
    return SimpleUploadedFile("comprobante", content, content_type="image/png")


def read(response) -> str:
    return " ".join(response.content.decode().split())


def test_bank_account_is_typed_and_saved(owner_client, tenant):
    url = "/workspace/payments/bank/"
    assert 'name="holder"' in read(owner_client.get(url))

    answer = owner_client.post(url, TYPED)

    assert (answer.status_code, answer["Location"], get_bank_data()) == (302, url, BANK)


@pytest.mark.parametrize(
    ("values", "ids"),
    [({"number": ""}, ["number"]), ({"wait_minutes": "10", "wait_minutes_unit": "minutes"}, ["wait_minutes"])],
)
def test_bank_account_that_nobody_could_pay_to_is_shown_again(owner_client, tenant, values, ids):
    answer = owner_client.post("/workspace/payments/bank/", TYPED | values)

    assert (answer.status_code, PaymentAccount.objects.count()) == (422, 0)
    assert list(answer.context["form"].errors) == ids
    assert "Taller Ríos SA" in read(answer)


@pytest.mark.parametrize(
    ("key", "data", "status", "state"),
    [
        ("deposit-received", {}, "confirmed", "received"),
        ("deposit-waived", {"reason": "Es de la casa"}, "confirmed", "waived"),
        ("deposit-missing", {"reason": "No llegó"}, "cancelled", "failed"),
    ],
)
def test_deposit_is_ticked_at_the_booking(owner_client, booking_id, key, data, status, state):
    assert key in owner_client.get(f"/workspace/bookings/{booking_id}/").content.decode()

    answer = owner_client.post(f"/workspace/bookings/{booking_id}/{key}/", data)

    assert answer.status_code == 302
    assert (get_booking(booking_id=booking_id).status, Payment.objects.get().state) == (status, state)


def test_deposit_is_left_out_for_a_reason_that_the_team_reads(owner_client, booking_id):
    url = f"/workspace/bookings/{booking_id}/deposit-waived/"

    empty = owner_client.post(url, {"reason": " "})
    state = Payment.objects.get().state
    owner_client.post(url, {"reason": "Es de la casa"})

    assert (empty.status_code, "Por qué sin anticipo" in read(empty), state) == (422, True, "open")
    booking = Booking.objects.get(pk=booking_id)
    assert booking.history.latest().history_change_reason == "Es de la casa"
    assert "Es de la casa" in read(owner_client.get(f"/workspace/bookings/{booking_id}/"))


@pytest.mark.parametrize(
    ("means", "door"), [("cash", "at_business"), ("transfer", "bank_transfer"), ("", "bank_transfer")]
)
def test_deposit_is_received_by_the_means_that_were_used(owner_client, booking_id, means, door):
    owner_client.post(f"/workspace/bookings/{booking_id}/deposit-received/", {"means": means})

    payment, entry = Payment.objects.get(), LedgerEntry.objects.get()
    assert (payment.state, payment.door, payment.means) == ("received", door, means or "transfer")
    assert (entry.debit, entry.credit) == (door, "prepaid")


@pytest.mark.parametrize(("path", "heading"), [("/workspace/bookings/{}/", "<h1"), ("/workspace/", "<h2")])
def test_step_leaves_the_page_a_page_and_the_panel_a_panel(owner_client, booking_id, path, heading):
    answer = owner_client.post(
        f"/workspace/bookings/{booking_id}/deposit-received/",
        headers={"HX-Request": "true", "HX-Current-URL": f"http://taller.example{path.format(booking_id)}"},
    )

    assert f'{heading} id="panel-title"' in answer.content.decode()


def test_means_that_nobody_knows_are_asked_again(owner_client, booking_id):
    answer = owner_client.post(f"/workspace/bookings/{booking_id}/deposit-received/", {"means": "gold"})

    assert (answer.status_code, get_booking(booking_id=booking_id).status) == (422, "pending_payment")


def test_refund_is_shown_and_noted_as_sent(owner_client, booking_id):
    receive_deposit(booking_id=booking_id, now=utc_now(), by=STAFF)
    cancel_booking(booking_id=booking_id, now=utc_now(), by=CUSTOMER)
    tell_events()
    refund = Refund.objects.get()
    url = f"/workspace/bookings/{booking_id}/refunds/{refund.pk}/sent/"
    assert url in owner_client.get(f"/workspace/bookings/{booking_id}/").content.decode()

    answer = owner_client.post(url)

    refund.refresh_from_db()
    assert (answer.status_code, refund.state) == (302, "done")
    assert url not in owner_client.get(f"/workspace/bookings/{booking_id}/").content.decode()


def test_customer_reads_where_to_transfer_and_until_when(customer_client, booking_id):
    booking = Booking.objects.get(pk=booking_id)
    address = f"/b/{make_manage_token(booking)}/"

    page = read(customer_client.get(address))

    for text in (BANK.number, BANK.holder, BANK.bank, booking.reference):
        assert text in page
    for key in ("pay-holder", "pay-number", "pay-reference"):
        assert (f'id="{key}"' in page, f'hidden data-copy="#{key}"' in page) == (True, True)
    receive_deposit(booking_id=booking_id, now=utc_now(), by=STAFF)
    assert BANK.number not in read(customer_client.get(address))


def test_manage_page_without_transfers_names_no_account(customer_client, booking_id):
    take_transfers(is_on=False)
    booking = Booking.objects.get(pk=booking_id)

    page = read(customer_client.get(f"/b/{make_manage_token(booking)}/"))

    assert BANK.number not in page
    assert booking.reference in page


def test_service_form_asks_for_a_deposit_once_transfers_are_taken(owner_client, tenant):
    service_id, _ = make_shop(price_minor=100000)
    url = f"/workspace/services/{service_id}/"
    assert "deposit_kind" not in owner_client.get(url).content.decode()

    take_transfers()

    assert "deposit_kind" in owner_client.get(url).content.decode()
    assert Service.objects.get(pk=service_id).deposit_kind == DepositKind.NONE


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ({"deposit_kind": "fixed", "deposit_minor": "300", "deposit_percent": "9"}, ("fixed", 30000, 0)),
        ({"deposit_kind": "percent", "deposit_minor": "7", "deposit_percent": "20"}, ("percent", 0, 20)),
        ({"deposit_kind": "full"}, ("full", 0, 0)),
        ({"deposit_kind": "none", "deposit_minor": "300"}, ("none", 0, 0)),
    ],
)
def test_deposit_of_a_service_is_saved_as_its_kind_needs(owner_client, tenant, typed, kept):
    take_transfers()
    service_id, _ = make_shop(price_minor=100000)
    url = f"/workspace/services/{service_id}/"

    answer = owner_client.post(url, read_form(owner_client, url) | typed)

    row = Service.objects.get(pk=service_id)
    assert (answer.status_code, (row.deposit_kind, row.deposit_minor, row.deposit_percent)) == (302, kept)


@pytest.mark.parametrize(("kind", "field"), [("fixed", "deposit_minor"), ("percent", "deposit_percent")])
def test_deposit_without_its_number_is_asked_for(owner_client, tenant, kind, field):
    take_transfers()
    service_id, _ = make_shop(price_minor=100000)
    url = f"/workspace/services/{service_id}/"
    typed = {"deposit_kind": kind, "deposit_minor": "", "deposit_percent": ""}

    answer = owner_client.post(url, read_form(owner_client, url) | typed)

    assert (answer.status_code, list(answer.context["form"].errors)) == (422, [field])
    assert Service.objects.get(pk=service_id).deposit_kind == DepositKind.NONE


def test_receipt_is_seen_at_the_booking_and_ticked_in_the_inbox(owner_client, booking_id):
    send_receipt(booking_id=booking_id, content=save(make_scene(64, 64), "PNG"), now=utc_now())
    inbox = "/workspace/voices/waiting/"
    assert "comprobante se está preparando" in read(owner_client.get(inbox))
    render_file(StoredFile.objects.get().pk, utc_now())
    picture = f"/workspace/pictures/{StoredFile.objects.get().key}/64.webp"
    assert picture in read(owner_client.get(inbox))
    assert picture in read(owner_client.get(f"/workspace/bookings/{booking_id}/"))
    assert owner_client.get(picture)["Content-Type"] == "image/webp"

    answer = owner_client.post(f"/workspace/bookings/{booking_id}/deposit-received/", {"next": inbox})

    assert (answer.status_code, answer["Location"], Payment.objects.get().state) == (302, inbox, "received")
    assert f"deposit-{booking_id}" not in read(owner_client.get(inbox))


def test_pdf_is_saved_and_never_shown(owner_client, booking_id):
    send_receipt(booking_id=booking_id, content=PDF, now=utc_now())
    render_file(StoredFile.objects.get().pk, utc_now())
    address = f"/workspace/pictures/{StoredFile.objects.get().key}/0.pdf"
    assert address in read(owner_client.get("/workspace/voices/waiting/"))

    answer = owner_client.get(address)

    assert (answer["Content-Type"], answer["Content-Disposition"]) == ("application/pdf", "attachment")
    assert answer["Content-Security-Policy"] == "default-src 'none'; sandbox"
    assert answer.content == PDF


def test_provider_sees_no_receipt(staff_client, booking_id):
    send_receipt(booking_id=booking_id, content=PDF, now=utc_now())
    render_file(StoredFile.objects.get().pk, utc_now())

    answer = staff_client("provider").get(f"/workspace/pictures/{StoredFile.objects.get().key}/0.pdf")

    assert (answer.status_code, b"%PDF" in answer.content) == (403, False)


def test_receipt_that_cannot_be_read_says_so_to_both(owner_client, customer_client, booking_id):
    send_receipt(booking_id=booking_id, content=save(make_scene(64, 64), "PNG"), now=utc_now())
    StoredFile.objects.update(state="failed", failure="damaged", incoming=None)

    for page in (
        customer_client.get(f"/b/{make_manage_token(Booking.objects.get())}/?done=receipt"),
        owner_client.get("/workspace/voices/waiting/"),
    ):
        assert "imagen está dañada" in read(page)
        assert "negocio ya tiene tu comprobante" not in read(page)


def test_customer_sends_the_receipt_on_the_page(customer_client, booking_id):
    address = f"/b/{make_manage_token(Booking.objects.get())}/"
    assert 'type="file"' in read(customer_client.get(address))

    answer = customer_client.post(f"{address}receipt/", {"receipt": upload(PDF)})

    assert (answer.status_code, answer["Location"]) == (302, f"{address}?done=receipt")
    page = read(customer_client.get(answer["Location"]))
    assert "negocio ya tiene tu comprobante" in page
    assert "Comprobante enviado:" in page


@pytest.mark.parametrize(
    ("content", "status", "text"),
    [
        (None, 422, "vacío"),
        (b"hello", 422, "no es una imagen que podamos leer"),
        (b"%PDF-1.7 cut", 422, "PDF no se envió completo"),
        (b"x" * 15_000_001, 422, "15 MB"),
    ],
)
def test_what_is_no_receipt_is_refused_on_the_page(customer_client, booking_id, content, status, text):
    address = f"/b/{make_manage_token(Booking.objects.get())}/receipt/"

    answer = customer_client.post(address, {} if content is None else {"receipt": upload(content)})

    assert (answer.status_code, StoredFile.objects.count()) == (status, 0)
    assert text in read(answer)


def test_receipt_of_what_was_paid_is_refused_on_the_page(customer_client, booking_id):
    receive_deposit(booking_id=booking_id, now=utc_now(), by=STAFF)
    address = f"/b/{make_manage_token(Booking.objects.get())}/receipt/"

    answer = customer_client.post(address, {"receipt": upload(PDF)})

    assert (answer.status_code, StoredFile.objects.count()) == (409, 0)
    assert "Ya no se espera ninguna transferencia" in read(answer)
    assert "Pagado: $300." in read(answer)


def test_full_storage_is_not_the_customers_affair(customer_client, booking_id, settings):
    settings.FILES_BYTES_FROM_VISITORS = 1
    address = f"/b/{make_manage_token(Booking.objects.get())}/receipt/"

    answer = customer_client.post(address, {"receipt": upload(PDF)})

    assert (answer.status_code, StoredFile.objects.count()) == (409, 0)
    assert "Ahora no se pueden recibir comprobantes aquí" in read(answer)


def test_too_many_receipts_wait(customer_client, booking_id, monkeypatch):
    def refuse(*_asks: object) -> None:
        raise LimitReached(wait_seconds=300)

    monkeypatch.setattr("web.booking.transfers.receipts.check_limits", refuse)
    address = f"/b/{make_manage_token(Booking.objects.get())}/receipt/"

    answer = customer_client.post(address, {"receipt": upload(PDF)})

    assert (answer.status_code, answer["Retry-After"], StoredFile.objects.count()) == (429, "300", 0)


def test_manage_page_says_what_is_left_to_pay(customer_client, booking_id):
    receive_deposit(booking_id=booking_id, now=utc_now(), by=STAFF)

    page = read(customer_client.get(f"/b/{make_manage_token(Booking.objects.get())}/"))

    assert "Pagado: $300." in page
    assert "Por pagar: $700." in page


@pytest.fixture
def confirmed_id(booking_id) -> int:
    receive_deposit(booking_id=booking_id, now=utc_now(), by=STAFF)
    return booking_id


def test_payment_is_recorded_at_the_counter_and_shown_to_both(owner_client, customer_client, confirmed_id):
    url = f"/workspace/bookings/{confirmed_id}/payments/new/"
    assert url in read(owner_client.get(f"/workspace/bookings/{confirmed_id}/"))
    page = read(owner_client.get(url))
    assert 'value="700"' in page

    typed = {"amount": "500", "tip": "50", "means": "card", "note": "Terminal", "seen": "1"}
    answer = owner_client.post(url, typed)

    assert (answer.status_code, answer["Location"]) == (302, f"/workspace/bookings/{confirmed_id}/")
    panel = read(owner_client.get(answer["Location"]))
    for text in ("Pagado: $800.", "Por pagar: $200.", "Propina", "Tarjeta", "Terminal"):
        assert text in panel
    customer = read(customer_client.get(f"/b/{make_manage_token(Booking.objects.get())}/"))
    assert "Pagado: $800." in customer
    assert "Terminal" not in customer


@pytest.mark.parametrize(
    ("typed", "status", "text"),
    [
        ({"amount": "701"}, 422, "Es más de lo que falta por pagar"),
        ({"amount": ""}, 422, "mayor que cero"),
        ({"amount": "x"}, 422, ""),
        ({"seen": "0"}, 409, "Mientras tanto se anotó otro pago"),
    ],
)
def test_payment_that_cannot_be_is_refused_kindly(owner_client, confirmed_id, typed, status, text):
    url = f"/workspace/bookings/{confirmed_id}/payments/new/"

    answer = owner_client.post(url, {"amount": "500", "tip": "", "means": "cash", "note": "", "seen": "1"} | typed)

    assert (answer.status_code, Payment.objects.count()) == (status, 1)
    assert text in read(answer)


def test_booking_that_waits_for_its_deposit_is_not_paid_at_the_counter(owner_client, booking_id):
    url = f"/workspace/bookings/{booking_id}/payments/new/"
    assert "no se cobra en el mostrador" in read(owner_client.get(url))
    assert url not in read(owner_client.get(f"/workspace/bookings/{booking_id}/"))

    answer = owner_client.post(url, {"amount": "500", "means": "cash", "seen": "1"})

    assert (answer.status_code, Payment.objects.get().state) == (409, "open")


@pytest.mark.parametrize("disputed_minor", [0, 30_000])
def test_booking_says_what_the_bank_of_its_customer_took_back(owner_client, booking_id, disputed_minor):
    receive_deposit(booking_id=booking_id, now=utc_now(), by=STAFF)
    Payment.objects.update(disputed_minor=disputed_minor)

    page = read(owner_client.get(f"/workspace/bookings/{booking_id}/"))

    assert ("El banco del cliente retiró $300." in page) == bool(disputed_minor)


def test_transfer_whose_receipt_was_sent_is_to_be_checked(owner_client, booking_id):
    payment_id = Payment.objects.get().pk
    send_receipt(booking_id=booking_id, content=PDF, now=utc_now())
    render_file(StoredFile.objects.get().pk, utc_now())

    listed = owner_client.get("/workspace/payments/list/")
    (line,) = listed.context["lines"]
    page = owner_client.get(f"/workspace/payments/{payment_id}/")
    file = owner_client.get("/workspace/payments/list/payments.csv").getvalue().decode()

    assert ("Por comprobar" in read(listed), "Por comprobar" in read(page), "Por comprobar" in file) == (True,) * 3
    assert (bool(line.receipt_url), line.receipt_url in listed.content.decode()) == (True, True)
    assert line.receipt_url in page.content.decode()

    receive_deposit(booking_id=booking_id, now=utc_now(), by=STAFF)

    assert "Por comprobar" not in read(owner_client.get("/workspace/payments/list/"))


@pytest.mark.parametrize("is_by_card", [True, False])
def test_only_a_transfer_with_a_receipt_to_read_is_to_be_checked(owner_client, booking_id, is_by_card):
    send_receipt(booking_id=booking_id, content=PDF, now=utc_now())
    if is_by_card:
        render_file(StoredFile.objects.get().pk, utc_now())
        Payment.objects.update(state="reserved", door="stripe")
    else:
        StoredFile.objects.update(state="failed", failure="too_small", incoming=None)

    listed = read(owner_client.get("/workspace/payments/list/"))
    page = read(owner_client.get(f"/workspace/payments/{Payment.objects.get().pk}/"))
    file = owner_client.get("/workspace/payments/list/payments.csv").getvalue().decode()

    assert ["Por comprobar" in each for each in (listed, page, file)] == [False] * 3


def confirm(booking_id: int, **values) -> None:
    Booking.objects.filter(pk=booking_id).update(status="confirmed", hold_expires_at=None, confirmed_at=NOW, **values)


def test_counter_takes_what_is_left_besides_what_is_reserved(owner_client, booking_id):
    confirm(booking_id)
    Payment.objects.update(state="reserved", door="stripe")

    page = read(owner_client.get(f"/workspace/bookings/{booking_id}/"))
    counter = owner_client.get(f"/workspace/bookings/{booking_id}/payments/new/")

    money = counter.context["money"].balance
    assert (money.owed_minor, money.reserved_minor, money.left_minor) == (100_000, 30_000, 70_000)
    assert counter.context["form"].initial["amount"] == 70_000
    assert ("Reservado en una tarjeta" in read(counter), "Por pagar: $700" in page) == (True, True)
    assert "Hay $300 reservados en una tarjeta." in page


def test_counter_takes_no_money_twice_while_a_card_is_being_charged(owner_client, booking_id):
    """Reception reads it on the booking and at the counter, and goes on only with a tick."""
    confirm(booking_id)
    Payment.objects.update(state="processing", door="stripe")
    url = f"/workspace/bookings/{booking_id}/payments/new/"

    page, counter = read(owner_client.get(f"/workspace/bookings/{booking_id}/")), owner_client.get(url)

    said = "Se están cobrando $300 a una tarjeta por esta cita"
    money = counter.context["money"].balance
    assert (money.coming_minor, money.left_minor, 'value="700"' in read(counter)) == (30_000, 70_000, True)
    assert (said in page, said in read(counter), 'name="is_despite"' in read(counter)) == (True, True, True)

    typed = {"amount": "300", "tip": "", "means": "cash", "note": "", "seen": "1"}
    refused = owner_client.post(url, typed)
    assert (refused.status_code, 'value="300"' in read(refused), Payment.objects.count()) == (422, True, 1)
    assert "Marca que recibiste este dinero de todos modos." in read(refused)

    assert owner_client.post(url, typed | {"is_despite": "on"}).status_code == 302
    assert list(Payment.objects.order_by("pk").values_list("purpose", "state")) == [
        ("deposit", "processing"),
        ("balance", "received"),
    ]


def test_tip_beside_a_charge_is_noted_without_a_tick(owner_client, booking_id):
    confirm(booking_id)
    Payment.objects.update(state="processing", door="stripe")
    url = f"/workspace/bookings/{booking_id}/payments/new/"

    typed = {"amount": "", "tip": "50", "means": "cash", "note": "", "seen": "1"}

    assert owner_client.post(url, typed).status_code == 302
    assert Payment.objects.filter(purpose="tip", amount_minor=5000).exists()


def test_deposit_is_not_ticked_unawares_while_a_card_is_being_charged(owner_client, booking_id):
    Payment.objects.update(state="processing", door="stripe")
    url = f"/workspace/bookings/{booking_id}/deposit-received/"
    page = read(owner_client.get(f"/workspace/bookings/{booking_id}/"))

    refused = owner_client.post(url, {"means": "cash"})

    said = "Se están cobrando $300 a una tarjeta por esta cita"
    assert (said in page, 'id="why-deposit-received-is_despite"' in page) == (True, True)
    assert (refused.status_code, Booking.objects.get().status, Payment.objects.count()) == (409, "pending_payment", 1)
    assert "Marca que recibiste este dinero de todos modos." in read(refused)

    assert owner_client.post(url, {"means": "cash", "is_despite": "on"}).status_code == 302
    assert Booking.objects.get().status == "confirmed"


def test_tick_is_not_asked_where_nothing_is_on_its_way(owner_client, booking_id):
    assert "is_despite" not in read(owner_client.get(f"/workspace/bookings/{booking_id}/"))
    confirm(booking_id)
    assert "is_despite" not in read(owner_client.get(f"/workspace/bookings/{booking_id}/payments/new/"))


@pytest.mark.parametrize(
    ("status", "said"),
    [("confirmed", "tarjeta: $300. Por pagar: $700."), ("pending_approval", "Se cobra solo cuando aceptemos")],
)
def test_customer_reads_what_is_reserved_as_the_booking_stands(customer_client, booking_id, status, said):
    confirm(booking_id)
    Booking.objects.update(status=status)
    Payment.objects.update(state="reserved", door="stripe")

    assert said in read(customer_client.get(f"/b/{make_manage_token(Booking.objects.get())}/"))


@pytest.mark.parametrize(
    ("values", "said"),
    [
        ({"status": "confirmed"}, "Pagado: $100. Reservado en tu tarjeta: $200. Por pagar: $700."),
        (
            {"status": "cancelled", "cancelled_at": NOW, "is_active": False},
            "No se cobran los $200 reservados en tu tarjeta.",
        ),
    ],
)
def test_customer_reads_what_is_paid_and_what_is_reserved(customer_client, booking_id, values, said):
    confirm(booking_id)
    row = Payment.objects.get()
    Payment.objects.update(state="reserved", door="stripe", amount_minor=20_000)
    row.pk, row.attempt, row.amount_minor, row.state, row.received_at = None, 2, 10_000, "received", NOW
    row.save()
    Booking.objects.update(**values)

    assert said in read(customer_client.get(f"/b/{make_manage_token(Booking.objects.get())}/"))


def test_credit_is_not_offered_for_what_is_reserved(owner_client, booking_id):
    confirm(booking_id, price_minor=20_000)
    row = Payment.objects.get()
    Payment.objects.update(state="reserved", door="stripe")
    refund = Refund.objects.create(
        payment=row, amount_minor=5_000, state="done", cause="kinder", asked_at=NOW, done_at=NOW, is_credit=True
    )
    Credit.objects.create(
        customer_id=row.customer_id, payment=row, refund=refund, amount_minor=5_000, left_minor=5_000,
        currency=row.currency, given_at=NOW,
    )  # fmt: skip

    assert load_money(get_booking(booking_id=booking_id)).credit_minor == 0
    Booking.objects.update(price_minor=50_000)
    assert load_money(get_booking(booking_id=booking_id)).credit_minor == 5_000


@pytest.mark.parametrize(("price", "is_from", "over"), [(10_000, False, 20_000), (10_000, True, 0), (30_000, False, 0)])
def test_more_than_the_price_is_said_with_the_way_back(owner_client, booking_id, price, is_from, over):
    receive_deposit(booking_id=booking_id, now=utc_now(), by=STAFF)
    policy = Booking.objects.get().policy | {"is_price_from": is_from}
    Booking.objects.update(price_minor=price, policy=policy)

    answer = owner_client.get(f"/workspace/bookings/{booking_id}/")

    text, link = read(answer), f'href="/workspace/payments/{Payment.objects.get().pk}/"'
    found = load_money(get_booking(booking_id=booking_id)).over
    assert found == (PaidOver(over, Payment.objects.get().pk) if over else None)
    assert ("Se pagaron $200 de más." in text, link in text) == (bool(over), bool(over))


@pytest.mark.parametrize(("price", "status", "first"), [(10_000, "confirmed", 20_000), (25_000, "completed", 5_000)])
def test_giving_back_starts_with_what_is_too_much(owner_client, booking_id, price, status, first):
    receive_deposit(booking_id=booking_id, now=utc_now(), by=STAFF)
    Booking.objects.update(price_minor=price, status=status)

    page = owner_client.get(f"/workspace/payments/{Payment.objects.get().pk}/")

    assert page.context["form"].initial["amount"] == first
    assert f"De esto, ${first // 100} es más de lo que cuesta ahora la visita." in read(page)


def test_tip_is_never_a_part_of_what_is_too_much(owner_client, booking_id):
    receive_deposit(booking_id=booking_id, now=utc_now(), by=STAFF)
    paid = CounterPayment(amount_minor=0, tip_minor=5_000, means=PaymentMeans.CASH, seen=1)
    take_payment(booking_id=booking_id, paid=paid, now=utc_now(), by=STAFF)
    Booking.objects.update(price_minor=10_000)

    page = owner_client.get(f"/workspace/payments/{Payment.objects.get(purpose='tip').pk}/")

    assert page.context["over_minor"] == 0


def test_what_stays_as_agreed_is_not_paid_too_much(owner_client, booking_id):
    receive_deposit(booking_id=booking_id, now=utc_now(), by=STAFF)
    Payment.objects.update(stays_minor=20_000)
    Booking.objects.update(price_minor=10_000)

    assert load_money(get_booking(booking_id=booking_id)).over is None
    Booking.objects.update(price_minor=9_000)
    assert load_money(get_booking(booking_id=booking_id)).over == PaidOver(1_000, Payment.objects.get().pk)


@pytest.mark.parametrize(
    ("role", "status", "offered"),
    [
        ("manager", "active", True),
        ("receptionist", "active", False),
        ("read_only", "active", False),
        ("manager", "suspended", False),
    ],
)
def test_way_back_is_offered_to_those_who_may_go_it(staff_client, tenant, booking_id, role, status, offered):
    receive_deposit(booking_id=booking_id, now=utc_now(), by=STAFF)
    Booking.objects.update(price_minor=10_000)
    client = staff_client(role)
    Tenant.objects.filter(pk=tenant.id).update(status=status)

    text = read(client.get(f"/workspace/bookings/{booking_id}/"))

    link = f'href="/workspace/payments/{Payment.objects.get().pk}/"'
    assert ("Se pagaron $200 de más." in text, link in text) == (True, offered)


def test_what_waits_is_moved_on_page_and_board_and_not_made_another_visit(owner_client, booking_id):
    booking = Booking.objects.get()
    to = booking.starts_at + timedelta(hours=1)

    page = owner_client.get(f"/workspace/bookings/{booking_id}/").content.decode()
    asked = {"date": booking.starts_at.date().isoformat(), "location": booking.location_id}
    board = owner_client.get("/workspace/", asked).content.decode()
    moved = owner_client.post(f"/workspace/bookings/{booking_id}/move/", {"starts_at": to.isoformat()})

    base = f"/workspace/bookings/{booking_id}/"
    assert (f'href="{base}move/"' in page, f'href="{base}change/"' in page) == (True, False)
    assert (f'data-move="{base}move/"' in board, "data-fixed" in board) == (True, False)
    after = Booking.objects.get()
    assert (moved.status_code, after.status, after.starts_at) == (302, "pending_payment", to)
    assert after.hold_expires_at == booking.hold_expires_at
