"""Mails to owners about where the money goes: another account, a way to pay switched off, a provider that pauses.

Whoever took over the session of an owner and leads the money elsewhere is seen by all owners; nobody switches these
mails off. Numbers of accounts stay out of them, but for the last digits.
"""

from __future__ import annotations

from collections.abc import Collection

from django.utils import translation
from django.utils.translation import gettext

from accounts.enums import Role
from accounts.selectors.staff import list_staff
from billing.enums import CardState, PaymentDoor
from billing.models import PaymentAccount
from kernel.languages import LANGUAGES
from kernel.text import mark
from notifications.hooks import register_event_handler
from notifications.services.messages import tell
from notifications.types.messages import EventView, Recipient
from tenants.context import current_tenant
from tenants.enums import Urgency
from tenants.hosts import make_base_url

CHANGED = "payment_account.changed"
ACCOUNT_CHANGED, CARD_STATE = "money_account_changed", "card_account_state"
PAGE = "/workspace/payments/"
WHERE = frozenset({"holder", "bank", "number", "tax_id"})
NOTE = "note"
"""Customers read it beside the account: whoever writes another number there leads money elsewhere, too."""
LAST = 4
"""Digits of a number by which its owner knows it."""

BANK_IS = mark("Customers transfer to the account of %(holder)s that ends in %(last)s.")
BANK_OFF = mark("Customers no longer pay by bank transfer.")
BANK_UNSEEN = mark("The details for bank transfers were changed while transfers are off: customers do not see them.")
NOTE_IS = mark("The note that customers read beside the bank account was changed.")
CARD_NEW = mark("An account at Stripe was connected: what customers pay by card goes there.")
CARD_ON = mark("Customers pay by card again, to the account at Stripe.")
CARD_OFF = mark("Customers no longer pay by card.")
STATES = {
    CardState.ACTIVE: mark("Your account at Stripe is ready: customers can pay by card."),
    CardState.RESTRICTED: mark(
        "Stripe has paused your account: nobody can pay by card until you send what is missing."
    ),
    CardState.GONE: mark(
        "Your account at Stripe was disconnected: nobody can pay by card until you connect one again."
    ),
}
"""States of which owners are told, each in a sentence, a msgid."""


def tell_owners(event: EventView) -> None:
    """Tell owners what has changed, as it is now; the handler of events, safe to run twice."""
    changed = event.payload.get("changed")
    if event.kind != CHANGED or not isinstance(changed, list):  # of an older version
        return
    row = PaymentAccount.objects.filter(pk=event.subject_id).first()
    if row is None:
        return
    text, template = _find_text(row, changed), ACCOUNT_CHANGED
    if text is None and "state" in changed and row.is_on:
        text, template = STATES.get(CardState(row.state)), CARD_STATE
    if text is None:
        return
    owners = list_staff(roles=(Role.OWNER,))
    said = {"holder": row.holder, "last": _find_last(row.number)}
    tell(
        recipients=[Recipient(email=each.email, locale=each.locale) for each in owners],
        template=template,
        about=None,
        words={
            language: _make_words(language, text, said, _name(event.payload.get("by_user_id")))
            for language in LANGUAGES
        },
        key=f"event:{event.id}:{template}",
        now=event.occurred_at,
        limit=None if template == ACCOUNT_CHANGED else "messages_business",  # each needs an owner's own password
        urgency=Urgency.SOON,
    )


def register() -> None:
    """Listen to what is changed about where the money goes."""
    register_event_handler("payment_account.", tell_owners)


def _find_text(row: PaymentAccount, changed: Collection[object]) -> str | None:
    """Return the sentence of what somebody did; None: it does not lead money elsewhere."""
    is_switched = "is_on" in changed
    if row.door == PaymentDoor.BANK_TRANSFER:
        return _find_bank_text(changed, is_on=row.is_on)
    if row.door != PaymentDoor.STRIPE:
        return None
    if "provider_id" in changed:
        return CARD_NEW
    return (CARD_ON if row.is_on else CARD_OFF) if is_switched else None


def _find_bank_text(changed: Collection[object], *, is_on: bool) -> str | None:
    if "is_on" in changed:
        return BANK_IS if is_on else BANK_OFF
    if not {*WHERE, NOTE} & set(changed):
        return None
    if not is_on:
        return BANK_UNSEEN
    return BANK_IS if WHERE & set(changed) else NOTE_IS


def _find_last(number: str) -> str:
    return "".join(each for each in number if each.isalnum())[-LAST:]


def _name(user_id: object) -> str:
    return next((each.name for each in list_staff() if each.id == user_id), "")


def _make_words(language: str, text: str, said: dict[str, str], author: str) -> dict[str, str]:
    with translation.override(language):
        return {
            "change": gettext(text) % said,
            "author_name": author,
            "action_url": make_base_url(current_tenant().home_host) + PAGE,
            "action_label": gettext("See how customers pay"),
        }
