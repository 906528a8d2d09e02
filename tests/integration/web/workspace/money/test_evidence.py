"""The evidence about a disputed payment: what it says, who gets it, and what it keeps to itself."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest
from django.db import connection

from accounts.models import User
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
from web.templatetags.formats import local_date_time

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


def find_url(payment: Payment, place: int = 0) -> str:
    return f"/workspace/payments/{payment.pk}/disputes/{payment.disputes.order_by('pk')[place].pk}/evidence.pdf"


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
    answer = owner_client.get(find_url(payment))

    booking = get_booking(booking_id=payment.booking_id)
    assert f'href="{find_url(payment)}"' in page
    assert (answer.status_code, answer["Content-Type"], answer.content[:5]) == (200, "application/pdf", b"%PDF-")
    assert answer["Content-Disposition"] == f'inline; filename="evidence-{booking.reference}.pdf"'
    (paper,) = said
    facts, parts = dict(paper["facts"]), {each["heading"]: each for each in paper["parts"]}
    assert (facts["Folio"], facts["Cliente"], facts["Monto reclamado"], facts["Motivo"]) == (
        booking.reference, "Ana Pérez", "$200", "Dice que no recibió el servicio",
    )  # fmt: skip
    assert list(parts) == ["Lo acordado", "Lo que pasó con la cita", "Mensajes que se mandaron", "Pagos y devoluciones"]
    assert "Reservada el" in parts["Lo acordado"]["lines"][0]
    assert len(parts["Lo acordado"]["lines"]) > 3
    assert len(parts["Lo que pasó con la cita"]["rows"]) > 1
    assert [row[2:] for row in parts["Pagos y devoluciones"]["rows"]] == [
        ["Tarjeta, en línea", "$300"], ["Tarjeta, en línea", "-$200"], ["Tarjeta, en línea", "-$100"],
    ]  # fmt: skip
    sent = [
        message for message in Message.objects.all() if message.to in {booking.customer_email, booking.customer_phone}
    ]
    assert len(parts["Mensajes que se mandaron"]["rows"]) == len(sent) > 0


def test_evidence_holds_no_link_with_which_somebody_could_cancel(owner_client, payment, said):
    assert Message.objects.update(body_text="https://taller.example/b/secret/", body_html="") > 0

    owner_client.get(find_url(payment))

    assert [len(said), "/b/" in json.dumps(said), "secret" in json.dumps(said)] == [1, False, False]


def test_earlier_visits_and_a_promise_to_come_are_told(owner_client, payment, said):
    first = Booking.objects.get(pk=payment.booking_id)
    Booking.objects.filter(pk=first.pk).update(attendance_confirmed_at=NOW)
    for days, status in ((1, "completed"), (-1, "cancelled"), (-2, "completed"), (-3, "completed"), (-4, "expired")):
        other = book(first.service_id, first.starts_at + timedelta(days=days), now=utc_now()).booking_id
        values = {"status": status, "is_active": status == "completed", "hold_expires_at": None}
        Booking.objects.filter(pk=other).update(customer_id=first.customer_id, **values)

    owner_client.get(find_url(payment))

    parts = {each["heading"]: each for each in said[0]["parts"]}
    told = parts["Visitas anteriores de la misma persona"]
    assert [row[1:] for row in told["rows"]] == [
        ["Corte", "Terminada"], ["Corte", "Terminada"], ["Corte", "Cancelada"],
    ]  # fmt: skip
    assert told["lines"] == []
    assert "Confirmó que vendría" in parts["Lo que pasó con la cita"]["lines"][0]


def test_of_many_visits_the_newest_are_told_and_how_many_more_there_are(owner_client, payment, said, monkeypatch):
    monkeypatch.setattr("web.workspace.payments.evidence.MOST_VISITS", 1)
    first = Booking.objects.get(pk=payment.booking_id)
    for days in (-2, -1):
        other = book(first.service_id, first.starts_at + timedelta(days=days), now=utc_now()).booking_id
        Booking.objects.filter(pk=other).update(customer_id=first.customer_id, status="completed", hold_expires_at=None)

    owner_client.get(find_url(payment))

    told = said[0]["parts"][-1]
    newest = local_date_time(first.starts_at - timedelta(days=1), get_booking(booking_id=first.pk).timezone)
    assert [row[0].lower() for row in told["rows"]] == [newest.lower().replace("\xa0", " ")]
    assert told["lines"] == ["Visitas anteriores que no están en esta lista: 1"]


def test_text_of_an_sms_is_told_without_its_links(owner_client, payment, said):
    message = Message.objects.order_by("pk").last()
    phone = Booking.objects.get().customer_phone
    Message.objects.filter(pk=message.pk).update(
        channel="sms", to=phone, subject="", body_text="Tu cita es el lunes: taller.example/b/secret/ Te esperamos"
    )

    owner_client.get(find_url(payment))

    rows = {each["heading"]: each for each in said[0]["parts"]}["Mensajes que se mandaron"]["rows"]
    assert [row[2] for row in rows if phone in row[1]] == ["Tu cita es el lunes: … Te esperamos"]


def test_each_dispute_has_evidence_of_its_own(owner_client, payment, said):
    Dispute.objects.create(
        payment=payment, provider_dispute_id="du_2", amount_minor=7_000, currency="MXN", state="open",
        reason="twice", opened_at=NOW + timedelta(days=1), checked_at=NOW,
    )  # fmt: skip
    page = owner_client.get(f"/workspace/payments/{payment.pk}/").content.decode()

    for place in (0, 1):
        owner_client.get(find_url(payment, place))

    assert [find_url(payment, place) in page for place in (0, 1)] == [True, True]
    assert [dict(paper["facts"])["Monto reclamado"] for paper in said] == ["$200", "$70"]


def test_visit_of_nobody_without_price_or_deposit_has_evidence(owner_client, payment, said):
    Booking.objects.update(customer_id=None, price_minor=None, deposit_minor=0)

    answer = owner_client.get(find_url(payment))

    assert (answer.status_code, "Precio" in dict(said[0]["facts"]), len(said[0]["parts"][0]["lines"])) == (
        200,
        False,
        2,
    )


def test_no_text_breaks_the_evidence(owner_client, payment):
    Booking.objects.update(customer_name=TEXT[:120], cancelled_reason=TEXT[:200])

    answer = owner_client.get(find_url(payment))

    assert (answer.status_code, answer.content[:5]) == (200, b"%PDF-")


def test_payment_that_nobody_disputes_has_none(owner_client, payment):
    other = make_received(booking_id=payment.booking_id, purpose="balance")
    gone = make_received(booking_id=987_654)
    Dispute.objects.create(
        payment=gone, provider_dispute_id="du_2", amount_minor=1, currency="MXN", state="open", reason="other",
        opened_at=NOW, checked_at=NOW,
    )  # fmt: skip

    theirs, lost = payment.disputes.get().pk, gone.disputes.get().pk
    answers = [
        owner_client.get(f"/workspace/payments/{payment_id}/disputes/{dispute_id}/evidence.pdf")
        for payment_id, dispute_id in ((other.pk, theirs), (gone.pk, lost), (payment.pk, lost), (0, theirs))
    ]

    assert [answer.status_code for answer in answers] == [404, 404, 404, 404]
    assert "evidence.pdf" not in owner_client.get(f"/workspace/payments/{gone.pk}/").content.decode()


@pytest.mark.parametrize(("role", "status"), [("manager", 200), ("receptionist", 403), ("provider", 403)])
def test_evidence_is_for_those_who_see_the_money(staff_client, payment, role, status):
    answer = staff_client(role).get(find_url(payment))

    assert (answer.status_code, answer.content.startswith(b"%PDF")) == (status, status == 200)


def test_neighbors_have_no_evidence_of_each_other(other_tenant, payment):
    url = find_url(payment)
    own = HostClient(other_tenant.primary_host)
    connection.set_tenant(other_tenant)
    own.force_login(User.objects.get(role="owner"))

    answer = own.get(url)

    assert (answer.status_code, b"%PDF" in answer.content) == (404, False)
