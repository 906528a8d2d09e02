"""What the pages of money show of disputes."""

from __future__ import annotations

from datetime import timedelta

import pytest

from billing.models import Dispute, Payment
from kernel.clock import utc_now
from tests.factories.billing import make_received
from tests.factories.scheduling import MONDAY, NOW, book, make_shop

JANUARY = "/workspace/payments/list/?from=2026-01-01&to=2026-01-31"


@pytest.fixture
def payment(tenant) -> Payment:
    service_id, _ = make_shop(price_minor=100_000)
    booking_id = book(service_id, MONDAY).booking_id
    make_received(booking_id=booking_id, purpose="tip", amount_minor=5_000)
    return make_received(booking_id=booking_id, door="stripe")


def dispute(payment: Payment, state: str, **values) -> Dispute:
    """A dispute as the services of billing would leave it."""
    taken = 0 if state == "won" else payment.amount_minor
    Payment.objects.filter(pk=payment.pk).update(dispute_state=state, disputed_minor=taken)
    closed_at = NOW + timedelta(days=9) if state in {"won", "lost"} else None
    defaults = {
        "payment": payment, "provider_dispute_id": "du_1", "amount_minor": payment.amount_minor, "taken_minor": taken,
        "currency": "MXN", "state": state, "reason": "not_received", "answer_by": utc_now() + timedelta(days=7),
        "opened_at": NOW, "closed_at": closed_at, "checked_at": NOW,
    }  # fmt: skip
    return Dispute.objects.create(**defaults | values)


def read(response) -> str:
    return " ".join(response.content.decode().split())


@pytest.mark.parametrize(
    ("state", "badge", "said", "is_refundable"),
    [
        ("open", "Disputado: contesta", "La disputa espera tu respuesta", False),
        ("answered", "Disputado: decide el banco", "Tu respuesta está con el banco", False),
        ("won", "Recibido", "El banco te dio la razón", True),
        ("lost", "Perdido en una disputa", "El banco dio la razón a tu cliente", False),
    ],
)
def test_page_of_a_payment_tells_where_its_dispute_stands(owner_client, payment, state, badge, said, is_refundable):
    dispute(payment, state)

    answer = owner_client.get(f"/workspace/payments/{payment.pk}/")

    text = read(answer)
    assert (badge in text, said in text, "Dice que no recibió el servicio" in text) == (True, True, True)
    assert (answer.context["may_refund"], "Contesta hasta" in text) == (is_refundable, state == "open")


def test_inquiry_is_not_told_as_if_the_money_were_gone(owner_client, payment):
    dispute(payment, "open", taken_minor=0)

    text = read(owner_client.get(f"/workspace/payments/{payment.pk}/"))

    assert ("todavía no retira nada" in text, "La disputa espera tu respuesta" in text) == (True, False)


def test_list_shows_what_waits_for_an_answer_and_can_be_narrowed_to_it(owner_client, payment):
    dispute(payment, "open")

    answer = owner_client.get(f"{JANUARY}&state=disputed")

    assert [line.row.payment.id for line in answer.context["lines"]] == [payment.pk]
    text = read(answer)
    assert ("Pagos disputados" in text, f'href="/workspace/payments/{payment.pk}/"' in text) == (True, True)
    assert "Contesta hasta el" in text
    name = answer.context["disputes"][0].facts.customer_name
    assert (bool(name), f"</b> · {name} · " in text) == (True, True)


def test_dispute_without_a_deadline_names_none(owner_client, payment):
    dispute(payment, "open", answer_by=None)

    assert "Contesta hasta" not in read(owner_client.get(JANUARY))
    assert "Contesta hasta" not in read(owner_client.get(f"/workspace/payments/{payment.pk}/"))


@pytest.mark.parametrize("state", ["answered", "won", "lost"])
def test_list_does_not_ask_to_answer_what_waits_for_nobody(owner_client, payment, state):
    dispute(payment, state)

    assert owner_client.get(JANUARY).context["disputes"] == ()
