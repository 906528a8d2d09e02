"""Answering a dispute on a page: what is shown, what is sent, and who may."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from django.db import connection

from accounts.models import User
from billing.gateway.types import EvidenceLimits
from billing.models import Dispute, DisputeAnswer, Payment
from kernel.clock import utc_now
from scheduling.models import Booking
from tests.conftest import HostClient
from tests.factories.billing import make_received
from tests.factories.scheduling import MONDAY, NOW, book, make_shop

FEW_LETTERS = EvidenceLimits(most_bytes=4_500_000, most_pages=19, most_letters=3)


@pytest.fixture
def payment(tenant, settings) -> Payment:
    settings.STRIPE_KEY = "sk_test_1"
    service_id, _ = make_shop(price_minor=100_000, name="Corte", deposit_kind="fixed", deposit_minor=30_000)
    booking_id = book(service_id, MONDAY).booking_id
    Booking.objects.filter(pk=booking_id).update(status="completed", deposit_minor=30_000, hold_expires_at=None)
    made = make_received(booking_id=booking_id, door="stripe", provider_account_id="acct_1")
    Dispute.objects.create(
        payment=made, provider_dispute_id="du_1", amount_minor=20_000, taken_minor=20_000, currency="MXN", state="open",
        reason="not_received", answer_by=utc_now() + timedelta(days=7), opened_at=NOW, checked_at=NOW,
    )  # fmt: skip
    Payment.objects.update(dispute_state="open", disputed_minor=20_000)
    return made


def find_url(payment: Payment, what: str = "answer") -> str:
    return f"/workspace/payments/{payment.pk}/disputes/{payment.disputes.get().pk}/{what}/"


def read(response) -> str:
    return " ".join(response.content.decode().split())


def send(client, payment, **changes):
    stamp = client.get(find_url(payment)).context["stamp"]
    return client.post(find_url(payment), {"text": "Sí vino.", "is_read": "on", "seen": stamp} | changes)


def list_answers() -> list[tuple]:
    return list(DisputeAnswer.objects.order_by("pk").values_list("kind", "state", "text"))


def test_owner_reads_what_the_bank_would_get(owner_client, payment):
    answer = owner_client.get(find_url(payment))

    facts = dict(answer.context["facts"])
    assert list(facts) == ["Cliente", "Correo electrónico", "Servicio", "Visita", "Devoluciones", "Cancelación"]
    assert (facts["Cliente"], facts["Servicio"]) == ("Ana Pérez", "Corte")
    assert [facts["Devoluciones"].startswith("Reservada el"), "cancelar hasta" in facts["Cancelación"]] == [
        True, True,
    ]  # fmt: skip
    assert (
        re.search(r"(el|hasta) (el )?[A-ZÁÉÍÓÚ]", facts["Devoluciones"] + facts["Cancelación"]) is None
    )  # "el sábado"
    text = read(answer)
    assert ("Contesta hasta" in text, "evidence.pdf" in text, "Una página" in text) == (True, True, True)


@pytest.mark.parametrize("status", ["cancelled", "no_show", "confirmed"])
def test_visit_that_did_not_take_place_was_not_served(owner_client, payment, status):
    Booking.objects.update(status=status, is_active=status != "cancelled")

    assert "Visita" not in dict(owner_client.get(find_url(payment)).context["facts"])


def test_visit_without_a_deposit_has_no_terms_of_refunds(owner_client, payment):
    Booking.objects.update(deposit_minor=0)

    assert "Devoluciones" not in dict(owner_client.get(find_url(payment)).context["facts"])


def test_owner_sends_it_once_with_words_of_their_own(owner_client, payment):
    answer = send(owner_client, payment)
    again = owner_client.post(find_url(payment), {"is_read": "on", "seen": "x"})

    assert (answer.status_code, answer["Location"]) == (302, f"/workspace/payments/{payment.pk}/")
    row = DisputeAnswer.objects.get()
    assert (list_answers(), row.asked_by_id) == ([("evidence", "asked", "Sí vino.")], User.objects.get(role="owner").pk)
    assert (bytes(row.paper)[:5], row.facts["customer_name"]) == (b"%PDF-", "Ana Pérez")
    assert (again.status_code, "Alguien ya contestó" in read(again), again.context["may_send"]) == (409, True, False)


def test_page_of_the_payment_leads_there_and_tells_who_answered_when(owner_client, payment):
    page = f"/workspace/payments/{payment.pk}/"
    before = read(owner_client.get(page))
    send(owner_client, payment)
    after = read(owner_client.get(page))

    links = [find_url(payment), find_url(payment, "accept")]
    assert [[link in text for link in links] for text in (before, after)] == [[True, True], [False, False]]
    assert ("Tu respuesta va en camino" in after, "Sí vino." in after, "Olga" in after) == (True, True, True)


def test_answer_that_was_not_taken_says_why_and_can_be_sent_again(owner_client, payment):
    dispute = payment.disputes.get()
    DisputeAnswer.objects.create(
        dispute=dispute, kind="evidence", state="refused", failure="refused", asked_at=NOW, done_at=NOW
    )

    text = read(owner_client.get(f"/workspace/payments/{payment.pk}/"))

    assert ("El proveedor de tarjetas no la aceptó." in text, find_url(payment) in text) == (True, True)
    assert send(owner_client, payment).status_code == 302


def test_time_that_is_over_is_said(owner_client, payment):
    Dispute.objects.update(answer_by=utc_now() - timedelta(seconds=1))

    page, form, accepting = (
        read(owner_client.get(url))
        for url in (f"/workspace/payments/{payment.pk}/", find_url(payment), find_url(payment, "accept"))
    )
    refused = owner_client.post(find_url(payment, "accept"), {"is_sure": "on"})

    assert ("El plazo para contestar terminó" in page, find_url(payment) in page) == (True, False)
    assert ["ya no espera respuesta" in each for each in (form, accepting)] == [True, True]
    assert (refused.status_code, list_answers()) == (409, [])


@pytest.mark.parametrize(
    ("sent", "status"),
    [
        ({"is_read": ""}, 422),
        ({"text": "x" * 5_001}, 422),
        ({"seen": "another"}, 409),
        ({"seen": ""}, 409),
    ],
)
def test_what_nobody_confirmed_is_too_long_or_not_what_was_read_is_not_sent(owner_client, payment, sent, status):
    answer = send(owner_client, payment, **sent)

    assert (answer.status_code, list_answers(), answer.context["form"].errors != {}) == (status, [], True)


def test_words_that_the_provider_takes_no_more_of_are_marked(owner_client, payment, monkeypatch):
    monkeypatch.setattr("billing.gateway.doors.stripe_connect.ranges.EVIDENCE", FEW_LETTERS)

    answer = send(owner_client, payment)

    assert (answer.status_code, list(answer.context["form"].errors), list_answers()) == (422, ["text"], [])


def test_customer_may_keep_the_money(owner_client, payment):
    page = read(owner_client.get(find_url(payment, "accept")))
    unsure = owner_client.post(find_url(payment, "accept"))
    before = list_answers()
    answer = owner_client.post(find_url(payment, "accept"), {"is_sure": "on"})

    assert ("$200 se quedan con tu cliente" in page, unsure.status_code, before) == (True, 422, [])
    assert (answer.status_code, list_answers()) == (302, [("accepted", "asked", "")])


def test_nothing_is_left_to_a_bank_that_only_asks(owner_client, payment):
    Dispute.objects.update(taken_minor=0)

    page = read(owner_client.get(find_url(payment, "accept")))
    answer = owner_client.post(find_url(payment, "accept"), {"is_sure": "on"})

    assert ("solo pregunta por este pago" in page, answer.status_code, list_answers()) == (True, 409, [])
    assert find_url(payment, "accept") not in read(owner_client.get(f"/workspace/payments/{payment.pk}/"))


@pytest.mark.parametrize("what", ["answer", "accept"])
@pytest.mark.parametrize(("role", "status"), [("manager", 200), ("receptionist", 403), ("read_only", 403)])
def test_answering_is_for_those_who_give_money_back(staff_client, payment, what, role, status):
    client = staff_client(role)

    assert client.get(find_url(payment, what)).status_code == status
    if status == 403:
        assert client.post(find_url(payment, what), {"is_read": "on", "is_sure": "on"}).status_code == 403
        assert list_answers() == []


def test_reader_sees_the_dispute_and_no_way_to_answer(staff_client, payment):
    text = read(staff_client("read_only").get(f"/workspace/payments/{payment.pk}/"))

    assert ("evidence.pdf" in text, find_url(payment) in text) == (True, False)


@pytest.mark.parametrize("what", ["answer", "accept"])
def test_neighbors_answer_nothing_of_each_other(tenant, other_tenant, payment, what):
    url = find_url(payment, what)
    own = HostClient(other_tenant.primary_host)
    connection.set_tenant(other_tenant)
    own.force_login(User.objects.get(role="owner"))

    answers = [own.get(url), own.post(url, {"is_read": "on", "is_sure": "on"})]

    assert [answer.status_code for answer in answers] == [404, 404]
    connection.set_tenant(tenant)
    assert list_answers() == []


@pytest.mark.parametrize("what", ["answer", "accept"])
def test_dispute_of_another_payment_is_none(owner_client, payment, what):
    other = make_received(booking_id=payment.booking_id, purpose="tip")

    answer = owner_client.get(find_url(payment, what).replace(f"/{payment.pk}/dis", f"/{other.pk}/dis"))

    assert answer.status_code == 404
