"""Checkout sessions: Stripe's own payment page, what the customer does on it, and how it ends."""

from __future__ import annotations

from typing import Any

from devtools.stripe_server import money
from devtools.stripe_server.cards import Card
from devtools.stripe_server.world import Refusal, Thing, World

LEAST_SECONDS, MOST_SECONDS = 30 * 60, 24 * 3600
SLACK_SECONDS = 60


def open_session(world: World, account: str, params: Thing, base_url: str) -> Thing:
    """Open a page for a payment, or for a card that is to be kept."""
    is_payment = params["mode"] == "payment"
    if params.get("ui_mode") != "hosted_page" or not params.get("success_url"):
        raise Refusal("The stand-in plays hosted pages only, with an address to come back to.", param="ui_mode")
    expires_at = int(params.get("expires_at", world.seconds() + MOST_SECONDS))
    if not LEAST_SECONDS - SLACK_SECONDS <= expires_at - world.seconds() <= MOST_SECONDS + SLACK_SECONDS:
        raise Refusal("The timestamp must be between 30 minutes and 24 hours from now.", param="expires_at")
    if params.get("customer"):
        world.get(params["customer"], "customer", account)
        if params.get("customer_creation") or params.get("customer_email"):
            raise Refusal("You may only specify one of these parameters: customer, customer_email.", param="customer")
    amount, currency = _add_up(params) if is_payment else (None, params.get("currency"))
    if not currency:
        raise Refusal("Missing required param: currency.", code="parameter_missing", param="currency")
    session = world.make(
        "checkout.session",
        "cs_test",
        account,
        mode=params["mode"],
        ui_mode="hosted_page",
        amount_subtotal=amount,
        amount_total=amount,
        automatic_tax={"enabled": False, "liability": None, "provider": None, "status": None},
        cancel_url=params.get("cancel_url"),
        currency=currency,
        custom_fields=[],
        custom_text=dict.fromkeys(("after_submit", "shipping_address", "submit", "terms_of_service_acceptance")),
        customer=params.get("customer"),
        customer_creation=params.get("customer_creation") or "if_required",
        customer_email=params.get("customer_email"),
        excluded_payment_method_types=params.get("excluded_payment_method_types"),
        expires_at=expires_at,
        locale=params.get("locale"),
        metadata=params.get("metadata", {}),
        payment_method_types=["card"],
        payment_status="unpaid" if is_payment else "no_payment_required",
        shipping_options=[],
        status="open",
        success_url=params["success_url"],
    )
    session["url"] = f"{base_url}/c/pay/{session['id']}"
    world.private[session["id"]] = {
        "intent": params.get("payment_intent_data") or params.get("setup_intent_data") or {},
        "name": params["line_items"][0]["price_data"]["product_data"]["name"] if is_payment else "",
    }
    return session


def _add_up(params: Thing) -> tuple[int, str]:
    rows = params.get("line_items")
    if not rows or len(rows) != 1 or "price_data" not in rows[0]:
        raise Refusal("The stand-in plays one line with a price of its own.", param="line_items")
    price = rows[0]["price_data"]
    amount, currency = int(price.get("unit_amount", 0)) * int(rows[0].get("quantity", 1)), price["currency"]
    money.check_amount(amount, currency, "line_items[0][price_data][unit_amount]")
    return amount, currency


def look_after(world: World, session: Thing) -> None:
    """Expire a page whose time is over."""
    if session["status"] == "open" and session["expires_at"] <= world.seconds():
        expire_session(world, session)


def expire_session(world: World, session: Thing) -> None:
    """Close a page before anybody paid on it."""
    if session["status"] != "open":
        message = f'Only Checkout Sessions with a status in ["open"] can be expired. This one is {session["status"]}.'
        raise Refusal(message)
    session.update(status="expired", url=None)
    if session["payment_intent"]:
        money.cancel_intent(world, world.things[session["payment_intent"]], "automatic")
    world.tell("checkout.session.expired", session)


def pay(world: World, session: Thing, card: Card, *, passes: bool = True) -> Refusal | None:
    """Do what a customer does on the page: use a card, and answer the bank when it asks.

    Returns:
        The refusal that the page shows; None: it is done.
    """
    look_after(world, session)
    if session["status"] != "open":
        return Refusal("This page is closed.")
    account = world.owners[session["id"]]
    if session["customer"] is None and (session["mode"] == "setup" or session["customer_creation"] == "always"):
        session["customer"] = money.make_customer(world, account, session["customer_email"])["id"]
    if session["mode"] == "setup":
        return _save(world, session, card, passes=passes)
    intent = _find_intent(world, session)
    keeps = intent["setup_future_usage"] is not None
    method = money.make_method(world, account, card, session["customer"] if keeps else None)
    code = card.decline or ("" if passes else "payment_intent_authentication_failure")
    if code:
        return money.decline(world, intent, method, code)
    if card.is_slow:
        intent.update(status="processing", payment_method=method["id"])
        session.update(status="complete", url=None)
        world.tell("checkout.session.completed", session)
        return None
    money.take(world, intent, method)
    session.update(status="complete", url=None, payment_status="paid")
    world.tell("checkout.session.completed", session)
    return None


def settle(world: World, session: Thing, *, succeeds: bool) -> None:
    """Let slow money arrive, or fail."""
    intent = world.things[session["payment_intent"]]
    money.require_state(intent, "processing")
    method = world.things[intent["payment_method"]]
    if succeeds:
        money.take(world, intent, method)
        session["payment_status"] = "paid"
        world.tell("checkout.session.async_payment_succeeded", session)
    else:
        money.decline(world, intent, method, "generic_decline")
        world.tell("checkout.session.async_payment_failed", session)


def _find_intent(world: World, session: Thing) -> Thing:
    if session["payment_intent"]:
        return world.things[session["payment_intent"]]
    wanted: dict[str, Any] = dict(world.private[session["id"]]["intent"])
    intent = money.make_intent(
        world,
        world.owners[session["id"]],
        amount=session["amount_total"],
        currency=session["currency"],
        customer=session["customer"],
        **wanted,
    )
    session["payment_intent"] = intent["id"]
    return intent


def _save(world: World, session: Thing, card: Card, *, passes: bool) -> Refusal | None:
    account = world.owners[session["id"]]
    wanted = world.private[session["id"]]["intent"]
    if session["setup_intent"]:
        intent = world.things[session["setup_intent"]]
    else:
        intent = world.make(
            "setup_intent",
            "seti",
            account,
            customer=session["customer"],
            payment_method_types=["card"],
            status="requires_payment_method",
            usage="off_session",
            **({"metadata": {}} | wanted),
        )
        session["setup_intent"] = intent["id"]
    if card.decline or not passes:
        code = card.decline or "setup_intent_authentication_failure"
        blank = dict.fromkeys(
            ("advice_code", "charge", "doc_url", "network_advice_code", "network_decline_code", "param",
             "payment_intent", "payment_method", "payment_method_type", "request_log_url", "setup_intent", "source")
        )  # fmt: skip
        word = "card_declined" if code in {"generic_decline", "insufficient_funds"} else code
        intent["last_setup_error"] = blank | {
            "type": "card_error", "code": word, "decline_code": code, "message": "Your card was declined.",
        }  # fmt: skip
        world.tell("setup_intent.setup_failed", intent)
        return Refusal("Your card was declined.", status=402, kind="card_error", code=word)
    method = money.make_method(world, account, card, session["customer"])
    intent.update(status="succeeded", payment_method=method["id"], last_setup_error=None)
    session.update(status="complete", url=None)
    world.tell("setup_intent.succeeded", intent)
    world.tell("checkout.session.completed", session)
    return None
