"""The rows of money, read with SQL: whoever checks them shares no code with whoever wrote them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from database.connection import connection

PAYMENTS_SQL = """
SELECT id, booking_id, door, purpose, state, amount_minor, refunded_minor, kept_minor, charged_at IS NOT NULL
FROM billing_payment ORDER BY id
"""
CARDS_SQL = """
SELECT payment.booking_id, method.provider_method_id, method.removed_at IS NOT NULL
FROM billing_savedmethod AS method JOIN billing_payment AS payment ON payment.id = method.payment_id
ORDER BY method.id
"""
REFUNDS_SQL = """
SELECT id, payment_id, amount_minor, cause, state, is_credit, returned_minor FROM billing_refund ORDER BY id
"""
CREDITS_SQL = "SELECT id, left_minor FROM billing_credit ORDER BY id"
DISPUTES_SQL = "SELECT payment_id, taken_minor FROM billing_dispute ORDER BY id"
DIFFERENCES_SQL = "SELECT kind, ours_minor, theirs_minor FROM billing_difference WHERE settled_at IS NULL ORDER BY id"
ANSWERS_SQL = """
SELECT dispute.provider_dispute_id, answer.state, answer.provider_file_id
FROM billing_disputeanswer AS answer JOIN billing_dispute AS dispute ON dispute.id = answer.dispute_id
WHERE answer.kind = 'evidence' OR answer.state = 'asked' ORDER BY answer.id
"""
LEDGER_SQL = "SELECT debit, credit, amount_minor FROM billing_ledgerentry ORDER BY id"
LEASES_SQL = "UPDATE public.tenants_duework SET leased_until = NULL WHERE leased_until IS NOT NULL"


@dataclass(frozen=True, slots=True)
class PaymentRow:
    """A payment; amounts are in the currency's smallest unit.

    ``is_charged``: staff had the card charged that was left for it.
    """

    id: int
    booking_id: int
    door: str
    purpose: str
    state: str
    amount_minor: int
    refunded_minor: int
    kept_minor: int
    is_charged: bool


@dataclass(frozen=True, slots=True)
class RefundRow:
    """A refund of a payment."""

    id: int
    payment_id: int
    amount_minor: int
    cause: str
    state: str
    is_credit: bool
    returned_minor: int


def list_payments() -> list[PaymentRow]:
    """List all payments of the current business."""
    return [PaymentRow(*row) for row in _fetch(PAYMENTS_SQL)]


def list_refunds() -> list[RefundRow]:
    """List all refunds of the current business."""
    return [RefundRow(*row) for row in _fetch(REFUNDS_SQL)]


def list_credits() -> list[tuple[int, int]]:
    """List the credits of the current business: their ids, and how much is left of each."""
    return [(credit_id, left) for credit_id, left in _fetch(CREDITS_SQL)]


def list_cards() -> list[tuple[int, str, bool]]:
    """List the cards that were left: for which booking, the provider's id of it, and whether it was forgotten."""
    return [(booking_id, method_id, is_forgotten) for booking_id, method_id, is_forgotten in _fetch(CARDS_SQL)]


def list_taken() -> list[tuple[int, int]]:
    """List the disputes of the current business: of which payment, and how much the bank has of it."""
    return [(payment_id, taken) for payment_id, taken in _fetch(DISPUTES_SQL)]


def list_answers() -> list[tuple[str, str, str]]:
    """List evidence for banks, and whatever is still on its way: the provider's dispute, the state and the file."""
    return [(dispute_id, state, file_id) for dispute_id, state, file_id in _fetch(ANSWERS_SQL)]


def list_differences() -> list[tuple[str, int, int]]:
    """List in what the night found the ledger and the provider to differ: kind, our amount and theirs."""
    return [(kind, ours, theirs) for kind, ours, theirs in _fetch(DIFFERENCES_SQL)]


def list_movements() -> list[tuple[str, str, int]]:
    """List the ledger: the account into which money came, the one that it left, and how much."""
    return [(debit, credit, amount) for debit, credit, amount in _fetch(LEDGER_SQL)]


def end_leases() -> None:
    """Let due work be free again whose worker died; the clock of a walk is not that of leases."""
    with connection.cursor() as cursor:
        cursor.execute(LEASES_SQL)


def _fetch(sql: str) -> Sequence[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(sql)
        rows: Sequence[tuple[Any, ...]] = cursor.fetchall()
    return rows
