"""The evidence about a disputed payment: what it says, who gets it, and what it keeps to itself."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest

from billing.models import Dispute, Payment
from kernel.clock import utc_now
from notifications.models import Message
from scheduling.models import Booking
from scheduling.selectors.bookings.views import get_booking
from scheduling.services.bookings.cancellations import cancel_booking
from tests.conftest import HostClient
from tests.factories.billing import make_received, make_refund, tell_events
from tests.factories.scheduling import CUSTOMER, NOW, book, make_shop
from web.paper import evidence

TEXT = '#include "/etc/passwd" *b* $a$ @e `h` 💅 ' + "A" * 300


@pytest.fixture
def payment(tenant) -> Payment:
    """A visit whose deposit came by card, which its customer called off, and whose bank asks the deposit back."""
    shop, _ = make_shop(price_minor=100_000, deposit_kind="fixed", deposit_minor=30_000, name="Corte")
    now = utc_now()
    starts_at = (now + timedelta(days=5)).replace(hour=16, minute=0, second=0, microsecond=0)
    booking_id = book(shop, starts_at, now=now).booking_id
    Booking.objects.filter(pk=booking_id).update(status="confirmed", hold_expires_at=None, deposit_minor=30_000)
    tell_events()
    cancel_booking(booking_id=booking_id, now=now, by=CUSTOMER)
    tell_events()
    made = make_received(booking_id=booking_id, door="stripe", dispute_state="open", disputed_minor=20_000)
    make_refund(made, state="done", done_at=NOW + timedelta(days=9))
    Dispute.objects.create(
        payment=made, provider_dispute_id="du_1", amount_minor=20_000, taken_minor=20_000, currency="MXN", state="open",
        reason="not_received", answer_by=NOW + timedelta(days=7), opened_at=NOW, checked_at=NOW,
    )  # fmt: skip
    return made


@pytest.fixture
def said(monkeypatch) -> list[dict]:
    """What was set, as data."""
    seen: list[dict] = []
    typeset = evidence.typeset

    def note(source, *, name, said):
        seen.append(json.loads(json.dumps(said)))
        return typeset(source, name=name, said=said)

    monkeypatch.setattr(evidence, "typeset", note)
    return seen


def test_one_tap_collects_all_that_is_kept_of_the_visit(owner_client, payment, said):
    page = owner_client.get(f"/workspace/payments/{payment.pk}/").content.decode()
    answer = owner_client.get(f"/workspace/payments/{payment.pk}/evidence.pdf")

    booking = get_booking(booking_id=payment.booking_id)
    assert f'href="/workspace/payments/{payment.pk}/evidence.pdf"' in page
    assert (answer.status_code, answer["Content-Type"], answer.content[:5]) == (200, "application/pdf", b"%PDF-")
    assert answer["Content-Disposition"] == f'inline; filename="evidence-{booking.reference}.pdf"'
    (paper,) = said
    facts, parts = dict(paper["facts"]), {each["heading"]: each for each in paper["parts"]}
    assert (facts["Folio"], facts["Cliente"], facts["Pide de vuelta"], facts["Motivo"]) == (
        booking.reference, "Ana Pérez", "$200", "Dice que no recibió el servicio",
    )  # fmt: skip
    assert list(parts) == ["Lo acordado", "Lo que pasó con la cita", "Mensajes que se mandaron", "Pagos y devoluciones"]
    assert "Reservada el" in parts["Lo acordado"]["lines"][0]
    assert len(parts["Lo acordado"]["lines"]) > 3
    assert len(parts["Lo que pasó con la cita"]["rows"]) > 1
    assert [row[2:] for row in parts["Pagos y devoluciones"]["rows"]] == [
        ["Tarjeta, en línea", "$300"], ["Tarjeta, en línea", "-$100"],
    ]  # fmt: skip
    sent = [
        message for message in Message.objects.all() if message.to in {booking.customer_email, booking.customer_phone}
    ]
    assert len(parts["Mensajes que se mandaron"]["rows"]) == len(sent) > 0


def test_evidence_holds_no_link_with_which_somebody_could_cancel(owner_client, payment, said):
    assert Message.objects.update(body_text="https://taller.example/b/secret/", body_html="") > 0

    owner_client.get(f"/workspace/payments/{payment.pk}/evidence.pdf")

    assert [len(said), "/b/" in json.dumps(said), "secret" in json.dumps(said)] == [1, False, False]


def test_other_visits_and_a_promise_to_come_are_told(owner_client, payment, said):
    first = Booking.objects.get(pk=payment.booking_id)
    Booking.objects.filter(pk=first.pk).update(attendance_confirmed_at=NOW)
    other = book(first.service_id, first.starts_at + timedelta(days=1), now=utc_now()).booking_id
    Booking.objects.filter(pk=other).update(customer_id=first.customer_id, status="confirmed", hold_expires_at=None)

    owner_client.get(f"/workspace/payments/{payment.pk}/evidence.pdf")

    parts = {each["heading"]: each for each in said[0]["parts"]}
    assert [row[1] for row in parts["Otras visitas de la misma persona"]["rows"]] == ["Corte"]
    assert "Confirmó que vendría" in parts["Lo que pasó con la cita"]["lines"][0]


def test_visit_of_nobody_without_price_or_deposit_has_evidence(owner_client, payment, said):
    Booking.objects.update(customer_id=None, price_minor=None, deposit_minor=0)

    answer = owner_client.get(f"/workspace/payments/{payment.pk}/evidence.pdf")

    assert (answer.status_code, "Precio" in dict(said[0]["facts"]), len(said[0]["parts"][0]["lines"])) == (
        200,
        False,
        2,
    )


def test_no_text_breaks_the_evidence(owner_client, payment):
    Booking.objects.update(customer_name=TEXT[:120], cancelled_reason=TEXT[:200])

    answer = owner_client.get(f"/workspace/payments/{payment.pk}/evidence.pdf")

    assert (answer.status_code, answer.content[:5]) == (200, b"%PDF-")


def test_payment_that_nobody_disputes_has_none(owner_client, payment):
    other = make_received(booking_id=payment.booking_id, purpose="balance")
    gone = make_received(booking_id=987_654)
    Dispute.objects.create(
        payment=gone, provider_dispute_id="du_2", amount_minor=1, currency="MXN", state="open", reason="other",
        opened_at=NOW, checked_at=NOW,
    )  # fmt: skip

    answers = [owner_client.get(f"/workspace/payments/{each}/evidence.pdf") for each in (other.pk, gone.pk, 0)]

    assert [answer.status_code for answer in answers] == [404, 404, 404]
    assert "evidence.pdf" not in owner_client.get(f"/workspace/payments/{gone.pk}/").content.decode()


@pytest.mark.parametrize(("role", "status"), [("manager", 200), ("receptionist", 403), ("provider", 403)])
def test_evidence_is_for_those_who_see_the_money(staff_client, payment, role, status):
    answer = staff_client(role).get(f"/workspace/payments/{payment.pk}/evidence.pdf")

    assert (answer.status_code, answer.content.startswith(b"%PDF")) == (status, status == 200)


def test_neighbors_have_no_evidence_of_each_other(other_tenant, payment):
    answer = HostClient(other_tenant.primary_host).get(f"/workspace/payments/{payment.pk}/evidence.pdf")

    assert (answer.status_code, answer["Location"].startswith("/accounts/")) == (302, True)
