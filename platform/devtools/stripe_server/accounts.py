"""Accounts of businesses (API v2), and the page on which a business tells who it is."""

from __future__ import annotations

import secrets
import time

from devtools.stripe_server.specification import make_blank
from devtools.stripe_server.world import PLATFORM, Refusal, Thing, World

PARTS = ("configuration.merchant", "defaults", "identity", "requirements")
STATES = ("incomplete", "pending", "active", "restricted")
_CAPABILITY: dict[str, tuple[str, str | None, str]] = {
    "incomplete": ("restricted", None, "requirements_past_due"),
    "pending": ("pending", "company", "requirements_pending_verification"),
    "active": ("active", "company", ""),
    "restricted": ("restricted", "company", "requirements_past_due"),
}


def open_account(world: World, params: Thing) -> Thing:
    """Open an account that knows nothing of its business yet."""
    country = params.get("identity", {}).get("country")
    if not country:
        raise Refusal("identity.country is needed", code="missing_required_parameter", param="identity.country")
    account = world.make(
        "v2.core.account",
        "acct",
        PLATFORM,
        id=f"acct_{secrets.token_hex(8)}",
        applied_configurations=["merchant"],
        closed=False,
        contact_email=params.get("contact_email"),
        created=_stamp(world),
        dashboard=params.get("dashboard"),
        display_name=params.get("display_name"),
        metadata=params.get("metadata", {}),
    )
    world.private[account["id"]] = {"state": "incomplete", "country": country, "due": _stamp(world, days=14)}
    return account


def change_state(world: World, account_id: str, state: str) -> None:
    """Let a business tell more, or Stripe ask for more."""
    account = world.get(account_id, "v2.core.account", PLATFORM)
    world.private[account_id]["state"] = state
    world.tell_thinly("v2.core.account[requirements].updated", account)
    world.tell_thinly("v2.core.account[configuration.merchant].capability_status_updated", account)


def disconnect(world: World, account_id: str) -> None:
    """Let a business take our access away."""
    world.private[account_id]["state"] = "gone"
    application = {"id": "ca_platform", "object": "application", "name": "Turnero"}
    world.owners[application["id"]] = account_id
    world.tell("account.application.deauthorized", application)


def require_access(world: World, account_id: str) -> None:
    """Refuse calls about an account that is not connected (any more)."""
    if world.private.get(account_id, {}).get("state", "gone") == "gone":
        message = f"The provided key does not have access to account '{account_id}' (or that account does not exist)."
        raise Refusal(message, status=403, code="account_invalid")


def require_charges(world: World, account_id: str) -> None:
    """Refuse payments for an account that may take none."""
    if world.private[account_id]["state"] != "active":
        message = "Your account cannot currently make charges."
        raise Refusal(message, code="capability_not_active")


def show_account(world: World, account: Thing, include: list[str]) -> Thing:
    """Return an account with the parts that were asked for; the others are empty."""
    told = world.private[account["id"]]
    status, entity, detail = _CAPABILITY[told["state"]]
    parts = {
        "configuration.merchant": ("configuration", {"merchant": _show_merchant(status, detail)}),
        "defaults": (
            "defaults",
            {
                "currency": None,
                "locales": None,
                "payout_methods": None,
                "profile": None,
                "responsibilities": {
                    "fees_collector": "stripe",
                    "losses_collector": "stripe",
                    "requirements_collector": "stripe",
                },
            },
        ),
        "identity": ("identity", {"country": told["country"], "entity_type": entity}),
        "requirements": ("requirements", _show_requirements(told)),
    }
    return account | dict(parts[name] for name in include if name in parts)


def _show_merchant(status: str, detail: str) -> Thing:
    details = [{"code": detail, "resolution": "provide_info"}] if detail else []
    capability = {"status": status, "status_details": details}
    return {
        "applied": True,
        "capabilities": {"card_payments": capability, "stripe_balance": {"payouts": dict(capability)}},
    }


def _show_requirements(told: Thing) -> Thing:
    if told["state"] not in {"incomplete", "restricted"}:
        return {"entries": [], "summary": {"minimum_deadline": None}}
    deadline = {"status": "currently_due", "time": told["due"]}
    entry = {
        "awaiting_action_from": "user",
        "description": "identity.business_details.registered_name",
        "errors": [],
        "impact": {"restricts_capabilities": []},
        "minimum_deadline": {"status": "currently_due"},
        "requested_reasons": [{"code": "routine_onboarding"}],
    }
    return {"entries": [entry], "summary": {"minimum_deadline": deadline}}


def open_link(world: World, params: Thing, base_url: str) -> Thing:
    """Return an address where a business tells who it is."""
    account_id, use_case = params["account"], params["use_case"]
    world.get(account_id, "v2.core.account", PLATFORM)
    wanted = use_case.get("account_onboarding")
    if use_case["type"] != "account_onboarding" or not wanted:
        raise Refusal("The stand-in plays onboarding only.", param="use_case")
    world.private[account_id]["return_url"] = wanted.get("return_url") or wanted["refresh_url"]
    return make_blank("v2.core.account_link") | {
        "account": account_id,
        "created": _stamp(world),
        "expires_at": _stamp(world, days=1),
        "livemode": False,
        "url": f"{base_url}/setup/{account_id}",
        "use_case": {"type": "account_onboarding", "account_onboarding": wanted},
    }


def _stamp(world: World, *, days: int = 0) -> str:
    return time.strftime("%Y-%m-%dT%H:%M:%S.000Z", time.gmtime(world.now() + days * 86_400))
