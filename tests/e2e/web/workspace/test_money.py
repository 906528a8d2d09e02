"""The pages of money in a browser: nothing is cut or hidden from anybody, at the desk and on a phone, day and night."""

from __future__ import annotations

from datetime import timedelta

import pytest

from billing.models import Difference, Dispute, Payment, Payout
from kernel.clock import utc_now
from tenants.context import tenant_scope
from tests.e2e.sight import DESK, PHONE, check_axe, check_everywhere
from tests.e2e.web.workspace.test_board import book_at
from tests.e2e.web.workspace.test_narrow import TOO_WIDE, try_sizes
from tests.factories.billing import make_refund, pay, want


@pytest.fixture(autouse=True)
def unblocked(django_db_blocker):
    with django_db_blocker.unblock():
        yield


@pytest.fixture
def paths(houses) -> list[str]:
    """What came today, in what the books differ, what is disputed, was paid out, and an invoice that is wanted."""
    booking_id, _ = book_at(houses[0], "Maximiliano Fernández de la Concepción", 5)
    now = utc_now()
    with tenant_scope(houses[0]):
        payment_id = pay(booking_id, 1_234_500, now=now)
        pay(booking_id, 5_000, "card", "tip", now)
        Difference.objects.create(
            kind="amount", source_id="pi_1", payment_id=payment_id, ours_minor=1_234_500, theirs_minor=1_200_000,
            currency="MXN", happened_at=now, found_at=now,
        )  # fmt: skip
        Payment.objects.filter(pk=payment_id).update(dispute_state="open", disputed_minor=1_000_000)
        dispute = Dispute.objects.create(
            payment_id=payment_id, provider_dispute_id="du_1", amount_minor=1_000_000, taken_minor=1_000_000,
            currency="MXN", state="open", reason="not_as_said", answer_by=now + timedelta(days=7), opened_at=now,
            checked_at=now,
        )  # fmt: skip
        for number, state in enumerate(("on_its_way", "arrived", "failed")):
            Payout.objects.create(
                provider_account_id="acct_1", provider_payout_id=f"po_{number}", amount_minor=1_234_567_890,
                currency="MXN", state=state, made_at=now, arrives_at=now + timedelta(days=2),
            )  # fmt: skip
        back_id, coming, reserved = _leave_money(houses[0], now)
        invoice_id = want(booking_id, name="Transportes y Refacciones de la Concepción SA de CV", now=now)
    money, booking = "/workspace/payments", f"/workspace/bookings/{booking_id}"
    return [
        f"{money}/list/", f"{money}/{payment_id}/", f"{money}/{payment_id}/disputes/{dispute.pk}/answer/",
        f"{money}/{payment_id}/disputes/{dispute.pk}/accept/", f"{money}/income/?by=service", f"{money}/payouts/",
        f"{money}/invoices/", f"{money}/invoices/{invoice_id}/", f"{booking}/payments/invoice/",
        f"{money}/{back_id}/", f"{money}/bank/", "/workspace/services/deposits/",
        *(f"/workspace/bookings/{each}/{page}" for each in (coming, reserved) for page in ("", "payments/new/")),
    ]  # fmt: skip


def _leave_money(house, now) -> tuple[int, int, int]:
    """Leave a refund that is to be sent, a card that is being charged and one that reserves.

    Return the payment of the first, and the bookings of the others.
    """
    refunded, coming, reserved = (
        book_at(house, f"Maximiliano Fernández de la Concepción {number}", number)[0] for number in (6, 7, 8)
    )
    payment = Payment.objects.get(pk=pay(refunded, 1_234_500, now=now))
    make_refund(payment, amount_minor=1_000_000, asked_at=now)
    Payment.objects.filter(pk=payment.pk).update(refunded_minor=1_000_000)
    for booking_id, state in ((coming, "processing"), (reserved, "reserved")):
        Payment.objects.create(
            booking_id=booking_id, purpose="deposit", amount_minor=12_345, currency="MXN", door="stripe", state=state,
            opened_at=now,
        )  # fmt: skip
    return payment.pk, coming, reserved


def test_pages_of_money_are_seen_whole_by_everybody(houses, open_workspace, paths):
    page = open_workspace(houses[0])
    site = page.url.partition("/workspace")[0]
    found = {}

    for path in paths:
        page.goto(site + path)
        wide = try_sizes(page, TOO_WIDE)
        page.evaluate("document.documentElement.style.fontSize = ''")
        found[path] = [wide, check_everywhere(page, DESK, PHONE, check=check_axe)]

    assert found == {path: [{}, []] for path in paths}
