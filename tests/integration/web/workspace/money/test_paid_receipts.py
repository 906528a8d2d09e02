"""The receipt of what was paid: what it says, who gets it, and that no text of anybody breaks it."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from billing.models import Dispute, Payment
from billing.selectors.payments import list_moved, list_payments_of
from kernel.clock import utc_now
from scheduling.models import Booking
from scheduling.selectors.bookings.views import get_booking
from scheduling.services.messages.manage_tokens import make_manage_token
from tests.conftest import HostClient
from tests.factories.billing import make_received, make_refund, pay
from tests.factories.scheduling import NOW, book, make_shop
from web.paper import receipt as receipts
from web.paper.receipt import Receipt
from web.paper.typesetting import choose_paper

TEXTS = {
    "code": '#include "/etc/passwd" #read("x") \\ $a$ *b* _c_ <d> @e [f] {g} `h` // #panic("x")',
    "json": '"}\\u0000 {"paper": "a0"} \\',
    "formula": '=HYPERLINK("http://evil.example")',
    "right to left": "صالون الجمال \u202eדוד\u202c",
    "emoji": "Ana 💅🏽✨👩‍👩‍👧",
    "one word": "A" * 300,
    "long": "González de la Peña y " * 14,
    "lines": "a\n\n#pagebreak()\tb\x00\x1b",
}


@pytest.fixture
def booking_id(tenant) -> int:
    """A visit: a deposit by card, the rest in cash with a tip, and a part of the deposit that went back."""
    shop, _ = make_shop(price_minor=100_000, name="Corte y barba")
    now = utc_now()
    starts_at = (now + timedelta(days=5)).replace(hour=16, minute=0, second=0, microsecond=0)
    booking_id = book(shop, starts_at, now=now).booking_id
    deposit = make_received(booking_id=booking_id, door="stripe", refunded_minor=10_000, received_at=NOW)
    make_refund(deposit, state="done", done_at=NOW + timedelta(days=9))
    make_refund(deposit, amount_minor=500)
    pay(booking_id, 70_000, now=NOW + timedelta(days=7))
    pay(booking_id, 5_000, "card", "tip", NOW + timedelta(days=7, minutes=1))
    return booking_id


@pytest.fixture
def url(booking_id) -> str:
    return f"/b/{make_manage_token(get_booking(booking_id=booking_id))}/"


@pytest.fixture
def said(monkeypatch) -> list[dict]:
    """What was set, as data."""
    seen: list[dict] = []
    typeset = receipts.typeset

    def note(source, *, name, said):
        seen.append(json.loads(json.dumps(said)))
        return typeset(source, name=name, said=said)

    monkeypatch.setattr(receipts, "typeset", note)
    return seen


def make_receipt(tenant, booking_id: int, **changes) -> Receipt:
    booking = replace(get_booking(booking_id=booking_id), **changes)
    return Receipt(tenant, booking, list_moved(list_payments_of(booking_id=booking_id), ()))


def test_receipt_says_what_the_bank_took_back(owner_client, booking_id, said):
    payment = Payment.objects.get(booking_id=booking_id, purpose="deposit")
    for number, taken in enumerate((10_000, 0)):
        Dispute.objects.create(
            payment=payment, provider_dispute_id=f"du_{number}", amount_minor=10_000, taken_minor=taken, currency="MXN",
            state="open", reason="other", opened_at=NOW, checked_at=NOW,
        )  # fmt: skip

    owner_client.get(f"/workspace/payments/{payment.pk}/receipt.pdf")

    assert [line[1:] for line in said[0]["lines"] if "Retirado" in line[1]] == [
        ["Retirado por el banco · Anticipo", "Tarjeta, en línea", "-$100"],
    ]  # fmt: skip
    assert [amount for _, amount in said[0]["totals"]] == ["$850 MXN"]


def test_customer_keeps_what_was_paid_in_the_language_of_the_page(customer_client, tenant, booking_id, url, said):
    page = customer_client.get(url).content.decode()
    answer = customer_client.get(f"{url}receipt.pdf?lang=en")

    booking = get_booking(booking_id=booking_id)
    assert f'href="{url}receipt.pdf"' in page
    assert (answer.status_code, answer["Content-Type"], answer.content[:5]) == (200, "application/pdf", b"%PDF-")
    assert answer["Content-Disposition"] == f'inline; filename="receipt-{booking.reference}.pdf"'
    assert answer["Cache-Control"] == "private, no-store"
    assert said == [
        {
            "paper": "us-letter",
            "language": "en",
            "title": f"Payment receipt {booking.reference}",
            "heading": "Payment receipt",
            "name": tenant.name,
            "address": booking.location_address,
            "phone": "",
            "facts": [
                ["Reference", booking.reference], ["Customer", "Ana Pérez"], ["Service", "Corte y barba"],
                ["Visit", said[0]["facts"][3][1]],
            ],
            "head": ["Date", "What for", "Paid with", "Amount"],
            "lines": [
                ["Jan 5, 2026, 2:00\u00a0AM", "Deposit", "Card, online", "$300"],
                ["Jan 12, 2026, 2:00\u00a0AM", "Balance", "Cash", "$700"],
                ["Jan 12, 2026, 2:01\u00a0AM", "Tip", "Card, at the business", "$50"],
                ["Jan 14, 2026, 2:00\u00a0AM", "Sent back · Deposit", "Card, online", "-$100"],
            ],
            "totals": [["Paid in total", "$950 MXN"]],
            "note": "This is a receipt, not a fiscal document.",
            "page": "Page",
        }
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("locale", "heading"), [("en", "Payment receipt"), ("es", "Recibo de pago"), ("", "Recibo de pago")]
)
def test_business_has_it_in_the_language_of_its_customer(owner_client, booking_id, said, locale, heading):
    Booking.objects.update(customer_locale=locale)
    payment = Payment.objects.order_by("pk").last()

    page = owner_client.get(f"/workspace/payments/{payment.pk}/").content.decode()
    answer = owner_client.get(f"/workspace/payments/{payment.pk}/receipt.pdf")

    assert f'href="/workspace/payments/{payment.pk}/receipt.pdf"' in page
    assert (answer.status_code, answer.content[:5], said[0]["heading"]) == (200, b"%PDF-", heading)


def test_nobody_has_a_receipt_of_nothing(customer_client, owner_client, booking_id, url):
    payment = Payment.objects.order_by("pk").first()
    gone = make_received(booking_id=987_654)
    Payment.objects.filter(booking_id=booking_id).update(
        state="closed", received_at=None, refunded_minor=0, closed_at=NOW
    )

    pages = [
        customer_client.get(url).content.decode(),
        owner_client.get(f"/workspace/payments/{payment.pk}/").content.decode(),
    ]
    answers = [
        customer_client.get(f"{url}receipt.pdf"),
        owner_client.get(f"/workspace/payments/{payment.pk}/receipt.pdf"),
        owner_client.get(f"/workspace/payments/{gone.pk}/receipt.pdf"),
        owner_client.get("/workspace/payments/0/receipt.pdf"),
    ]

    assert ["receipt.pdf" in page for page in pages] == [False, False]
    assert [answer.status_code for answer in answers] == [404, 404, 404, 404]


def test_neighbors_have_no_receipt_of_each_other(tenant, other_tenant, booking_id, url):
    payment = Payment.objects.order_by("pk").first()
    next_door = HostClient(other_tenant.primary_host)

    answers = [next_door.get(f"{url}receipt.pdf"), next_door.get(f"/workspace/payments/{payment.pk}/receipt.pdf")]

    assert (answers[0].status_code, answers[1].status_code, answers[1]["Location"].startswith("/accounts/")) == (
        404, 302, True,
    )  # fmt: skip
    assert all(b"%PDF" not in answer.content for answer in answers)


@pytest.mark.parametrize(("role", "status"), [("manager", 200), ("receptionist", 403), ("provider", 403)])
def test_receipts_are_for_those_who_see_the_money(staff_client, booking_id, role, status):
    payment = Payment.objects.order_by("pk").first()

    assert staff_client(role).get(f"/workspace/payments/{payment.pk}/receipt.pdf").status_code == status


@pytest.mark.parametrize("text", TEXTS.values(), ids=TEXTS)
def test_no_text_breaks_a_receipt(tenant, booking_id, text):
    plain = make_receipt(tenant, booking_id).make_pdf(language="es")

    made = make_receipt(
        replace(tenant, name=text), booking_id, customer_name=text, service_name=text, location_address=text
    ).make_pdf(language="es")

    assert made.startswith(b"%PDF-")
    assert plain.count(b"/MediaBox") == 1
    assert made.count(b"/MediaBox") in {1, 2}  # four times three hundred letters
    assert b"612 792" in made


def test_the_same_receipt_has_the_same_bytes(tenant, booking_id, monkeypatch):
    first = make_receipt(tenant, booking_id).make_pdf(language="es")
    monkeypatch.setattr("kernel.clock.utc_now", lambda: datetime(2030, 1, 1, tzinfo=UTC))

    again = make_receipt(tenant, booking_id).make_pdf(language="es")
    other = make_receipt(tenant, booking_id).make_pdf(language="en")

    assert (first == again, first == other, b"/CreationDate" in first) == (True, False, False)


def test_long_lists_and_two_currencies_are_added_up(tenant, booking_id, said):
    receipt = make_receipt(tenant, booking_id)
    pesos = replace(receipt.moved[0], currency="CLP", amount_minor=900)

    made = replace(receipt, moved=[*receipt.moved * 20, pesos]).make_pdf(language="es")

    assert said[0]["totals"] == [["Pagado en total", "CLP\u00a0900"], ["Pagado en total", "$19,000 MXN"]]
    assert made.count(b"/MediaBox") > 1


@pytest.mark.parametrize(("country", "paper"), [("MX", "us-letter"), ("US", "us-letter"), ("ES", "a4"), ("AR", "a4")])
def test_paper_is_that_of_the_country(country, paper):
    assert choose_paper(country) == paper
