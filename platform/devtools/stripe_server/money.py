"""Payments, cards, refunds, disputes and the balance: what moves money, and which states follow on which."""

from __future__ import annotations

import json
from typing import Any

from devtools.stripe_server.cards import CARDS, Card
from devtools.stripe_server.world import Refusal, Thing, World

LEAST, MOST = 50, 99_999_999
FEE_PERCENT, FEE_FIXED = 4, 30
DAY = 86_400
CURRENCIES = frozenset({"mxn", "eur", "usd", "brl", "gbp", "jpy", "clp", "cop", "pyg", "isk"})
DECIDED = frozenset({"won", "lost", "warning_closed"})
"""The states of a dispute after which nothing comes."""
BILLING: Thing = {"address": None, "email": None, "name": None, "phone": None, "tax_id": None}


def check_amount(amount: int, currency: str, param: str) -> None:
    """Refuse amounts and currencies that Stripe does not take."""
    if currency not in CURRENCIES:
        message = f"Invalid currency: {currency}."
        raise Refusal(message, param=param.replace("unit_amount", "currency").replace("amount", "currency"))
    if amount < LEAST:
        raise Refusal("Amount must be at least 50 of the smallest unit.", code="amount_too_small", param=param)
    if amount > MOST:
        raise Refusal("Amount must be no more than 99999999.", code="amount_too_large", param=param)


def make_method(world: World, account: str, card: Card, customer: str | None = None) -> Thing:
    """Make a payment method of a card."""
    method = world.make(
        "payment_method",
        "pm",
        account,
        type="card",
        billing_details=dict(BILLING),
        customer=customer,
        metadata={},
        card={
            "brand": card.brand,
            "checks": None,
            "country": "MX",
            "description": None,
            "display_brand": card.brand,
            "exp_month": 8,
            "exp_year": 2030,
            "fingerprint": None,
            "funding": "credit",
            "generated_from": None,
            "iin": None,
            "issuer": None,
            "last4": card.last_four,
            "networks": None,
            "regulated_status": None,
            "three_d_secure_usage": None,
            "wallet": None,
        },
    )
    world.private[method["id"]] = {"card": card.name}
    return method


def get_card(world: World, method_id: str) -> Card:
    """Return the card of a payment method."""
    return CARDS[world.private[method_id]["card"]]


def make_customer(world: World, account: str, email: str | None) -> Thing:
    """Make a customer."""
    return world.make("customer", "cus", account, email=email, metadata={}, balance=0, preferred_locales=[])


def make_intent(world: World, account: str, **fields: Any) -> Thing:
    """Make a payment that waits for a card."""
    given: Thing = {
        "amount_capturable": 0,
        "amount_received": 0,
        "capture_method": "automatic_async",
        "confirmation_method": "automatic",
        "metadata": {},
        "payment_method_types": ["card"],
        "status": "requires_payment_method",
    }
    return world.make("payment_intent", "pi", account, **(given | fields))


def decline(world: World, intent: Thing, method: Thing, code: str) -> Refusal:
    """Write down that a card was refused and return what the caller is told."""
    is_bank = code in {"generic_decline", "insufficient_funds"}
    word = "card_declined" if is_bank else code
    error = {
        "type": "card_error",
        "code": word,
        "decline_code": code,
        "message": "Your card was declined." if is_bank else f"Your card was refused: {code}.",
        "payment_method": json.loads(json.dumps(method)),
    }
    blank = dict.fromkeys(
        ("advice_code", "charge", "doc_url", "network_advice_code", "network_decline_code", "param", "payment_intent",
         "payment_method_type", "request_log_url", "setup_intent", "source")
    )  # fmt: skip
    intent["last_payment_error"] = blank | error
    intent["status"] = "requires_payment_method"
    intent["payment_method"] = None
    world.tell("payment_intent.payment_failed", intent)
    told = {name: value for name, value in error.items() if name not in {"type", "message", "payment_method"}}
    return Refusal(str(error["message"]), status=402, kind="card_error", **told, payment_intent=dict(intent))


def take(world: World, intent: Thing, method: Thing) -> None:
    """Let a card pay: reserve the amount, or take it."""
    account = world.owners[intent["id"]]
    is_manual = intent["capture_method"] == "manual"
    charge = world.make(
        "charge",
        "ch",
        account,
        amount=intent["amount"],
        amount_captured=0,
        amount_refunded=0,
        billing_details=dict(BILLING),
        captured=False,
        currency=intent["currency"],
        customer=intent["customer"],
        description=intent["description"],
        disputed=False,
        metadata=dict(intent["metadata"]),
        paid=True,
        payment_intent=intent["id"],
        payment_method=method["id"],
        refunded=False,
        status="succeeded",
    )
    intent.update(latest_charge=charge["id"], payment_method=method["id"], last_payment_error=None)
    if is_manual:
        intent.update(status="requires_capture", amount_capturable=intent["amount"])
        world.tell("payment_intent.amount_capturable_updated", intent)
        return
    book_charge(world, intent, intent["amount"])


def book_charge(world: World, intent: Thing, amount: int) -> None:
    """Take what a card pays, put it on the balance and tell."""
    charge = world.things[intent["latest_charge"]]
    charge.update(captured=True, amount_captured=amount, amount_refunded=charge["amount"] - amount)
    row = book(world, charge, "charge", amount, fee=amount * FEE_PERCENT // 100 + FEE_FIXED)
    charge["balance_transaction"] = row["id"]
    intent.update(status="succeeded", amount_received=amount, amount_capturable=0)
    world.tell("charge.succeeded", charge)
    world.tell("payment_intent.succeeded", intent)
    if get_card(world, charge["payment_method"]).is_disputed:
        open_dispute(world, charge)


def book(world: World, source: Thing, kind: str, amount: int, *, fee: int = 0) -> Thing:
    """Write down a change of the balance."""
    details = {
        "amount": fee,
        "application": None,
        "currency": source["currency"],
        "description": None,
        "type": "stripe_fee",
    }
    return world.make(
        "balance_transaction",
        "txn",
        world.owners[source["id"]],
        amount=amount,
        available_on=world.seconds() + 2 * DAY,
        balance_type="payments",
        currency=source["currency"],
        fee=fee,
        fee_details=[details] if fee else [],
        net=amount - fee,
        reporting_category=kind,
        source=source["id"],
        status="pending",
        type=kind,
    )


def capture_intent(world: World, intent: Thing, amount: int | None) -> None:
    """Take what was reserved, or a part of it."""
    require_state(intent, "requires_capture")
    amount = intent["amount_capturable"] if amount is None else amount
    if amount > intent["amount_capturable"]:
        raise Refusal("More than is capturable.", code="amount_too_large", param="amount_to_capture")
    if amount <= 0:
        raise Refusal("Must be above zero.", code="parameter_invalid_integer", param="amount_to_capture")
    book_charge(world, intent, amount)
    world.tell("charge.captured", world.things[intent["latest_charge"]])


def cancel_intent(world: World, intent: Thing, reason: str | None) -> None:
    """Give a payment up; what was reserved goes back."""
    require_state(intent, "requires_payment_method", "requires_capture", "requires_action", "requires_confirmation")
    if intent["latest_charge"]:
        charge = world.things[intent["latest_charge"]]
        charge.update(refunded=True, amount_refunded=charge["amount"])
    intent.update(status="canceled", amount_capturable=0, canceled_at=world.seconds(), cancellation_reason=reason)
    world.tell("payment_intent.canceled", intent)


def require_state(intent: Thing, *states: str) -> None:
    """Refuse what does not follow on the payment's state."""
    if intent["status"] not in states:
        message = f"This PaymentIntent has a status of {intent['status']}: only {', '.join(states)} may be used."
        raise Refusal(message, code="payment_intent_unexpected_state")


def refund_intent(world: World, intent: Thing, amount: int | None, metadata: Thing, reason: str | None) -> Thing:
    """Send money back; never more than there is."""
    charge = world.things.get(intent["latest_charge"] or "")
    if charge is None or not charge["captured"]:
        raise Refusal("This PaymentIntent does not have a successful charge to refund.", param="payment_intent")
    if charge["disputed"]:
        raise Refusal("The charge has been charged back.", code="charge_disputed")
    left = charge["amount"] - charge["amount_refunded"]
    if not left:
        raise Refusal("The charge has already been refunded.", code="charge_already_refunded")
    amount = left if amount is None else amount
    if not 0 < amount <= left:
        message = f"Refund amount ({amount}) is greater than unrefunded amount on charge ({left})"
        raise Refusal(message, param="amount")
    charge["amount_refunded"] += amount
    charge["refunded"] = charge["amount_refunded"] == charge["amount"]
    refund = world.make(
        "refund",
        "re",
        world.owners[intent["id"]],
        amount=amount,
        charge=charge["id"],
        currency=charge["currency"],
        metadata=metadata,
        payment_intent=intent["id"],
        reason=reason,
        status="succeeded",
    )
    refund["balance_transaction"] = book(world, refund, "refund", -amount)["id"]
    world.tell("refund.created", refund)
    world.tell("charge.refunded", charge)
    return refund


def fail_refund(world: World, refund: Thing) -> None:
    """Let a refund come back, days later: the card is closed."""
    charge = world.things[refund["charge"]]
    refund.update(status="failed", failure_reason="expired_or_canceled_card")
    charge["amount_refunded"] -= refund["amount"]
    charge["refunded"] = False
    refund["failure_balance_transaction"] = book(world, refund, "refund_failure", refund["amount"])["id"]
    world.tell("refund.failed", refund)


def open_dispute(world: World, charge: Thing) -> Thing:
    """Let the card's owner ask the money back at the bank."""
    charge["disputed"] = True
    left = charge["amount"] - charge["amount_refunded"]
    evidence = dict.fromkeys(
        ("access_activity_log", "billing_address", "cancellation_policy", "cancellation_policy_disclosure",
         "cancellation_rebuttal", "customer_communication", "customer_email_address", "customer_name",
         "customer_purchase_ip", "customer_signature", "duplicate_charge_documentation", "duplicate_charge_explanation",
         "duplicate_charge_id", "product_description", "receipt", "refund_policy", "refund_policy_disclosure",
         "refund_refusal_explanation", "service_date", "service_documentation", "shipping_address", "shipping_carrier",
         "shipping_date", "shipping_documentation", "shipping_tracking_number", "uncategorized_file",
         "uncategorized_text")
    )  # fmt: skip
    due = world.seconds() + 7 * DAY
    details = {"due_by": due, "has_evidence": False, "past_due": False, "submission_count": 0}
    dispute = world.make(
        "dispute",
        "du",
        world.owners[charge["id"]],
        amount=left,
        balance_transactions=[],
        charge=charge["id"],
        currency=charge["currency"],
        enhanced_eligibility_types=[],
        evidence=evidence | {"enhanced_evidence": {}},
        evidence_details=details | {"enhanced_eligibility": {}, "submission_method": "not_submitted"},
        is_charge_refundable=False,
        metadata={},
        payment_intent=charge["payment_intent"],
        reason="fraudulent",
        status="needs_response",
    )
    _move_disputed(world, dispute, -left, fee=1500)
    world.tell("charge.dispute.created", dispute)
    world.tell("charge.dispute.funds_withdrawn", dispute)
    return dispute


def _move_disputed(world: World, dispute: Thing, amount: int, *, fee: int = 0) -> None:
    """Take what is disputed off the balance, or put it back; a dispute holds the rows of the balance whole."""
    row = book(world, dispute, "adjustment", amount, fee=fee)
    dispute["balance_transactions"].append(json.loads(json.dumps(row)))


def close_dispute(world: World, dispute: Thing, *, is_won: bool) -> None:
    """Let the bank decide."""
    dispute["status"] = "won" if is_won else "lost"
    if is_won:
        world.things[dispute["charge"]]["disputed"] = False
        _move_disputed(world, dispute, dispute["amount"])
        world.tell("charge.dispute.funds_reinstated", dispute)
    world.tell("charge.dispute.closed", dispute)


def pay_out_what_is_due(world: World, account: str) -> None:
    """Send a business what was on its balance for two days, as Stripe does every day, and let what was sent arrive."""
    for payout in world.find_all("payout", account):
        if payout["status"] == "in_transit" and payout["arrival_date"] <= world.seconds():
            payout["status"] = "paid"
            world.tell("payout.paid", payout)
    due: dict[str, int] = {}
    for row in world.find_all("balance_transaction", account):
        if row["status"] == "pending" and row["available_on"] <= world.seconds():
            row["status"] = "available"
            due[row["currency"]] = due.get(row["currency"], 0) + row["net"] * (row["type"] != "payout")
    for currency, amount in due.items():
        if amount > 0:
            pay_out(world, account, amount, currency, status="in_transit")


def pay_out(world: World, account: str, amount: int, currency: str, *, status: str = "paid") -> Thing:
    """Send a business its money."""
    payout = world.make(
        "payout",
        "po",
        account,
        amount=amount,
        arrival_date=world.seconds() + 2 * DAY,
        automatic=True,
        currency=currency,
        metadata={},
        method="standard",
        reconciliation_status="completed",
        source_type="card",
        status=status,
        type="bank_account",
    )
    payout["balance_transaction"] = book(world, payout, "payout", -amount)["id"]
    world.tell("payout.paid" if status == "paid" else "payout.created", payout)
    return payout


def fail_payout(world: World, payout: Thing) -> None:
    """Let the bank send a payout back, days later."""
    payout.update(status="failed", failure_code="account_closed")
    payout["failure_balance_transaction"] = book(world, payout, "payout_failure", payout["amount"])["id"]
    world.tell("payout.failed", payout)
