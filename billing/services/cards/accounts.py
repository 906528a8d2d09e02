"""The business's account at the card provider: opened there, told who the business is there, switched off here."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from audit.enums import Action
from audit.selectors.log import find_last_version
from audit.services.log import log_changes
from audit.types import NewEntry
from billing.enums import CardState, PaymentDoor
from billing.errors import CardNotConnected, CardNotOffered
from billing.gateway.errors import KeyReused
from billing.gateway.types import AccountFacts
from billing.models import PaymentAccount
from billing.public.models import PaymentAccountOwner
from billing.selectors.accounts import find_card_capabilities, get_card_account, make_door_account
from billing.services.accounts import NOUN, describe_change
from billing.services.cards.keys import get_card_door, make_key
from database.locks import KeySpace, lock_words
from database.transactions import write_transaction
from notifications.services.outbox import publish
from scheduling.types import SYSTEM, Actor
from tenants.context import current_tenant

WORDS = "card_account"


def connect_card_account(
    *,
    email: str,
    return_url: str,
    again_url: str,
    by: Actor,
    now: datetime,
    prove: Callable[[], object] = lambda: None,
) -> str:
    """Return the address at the provider where the business tells who it is; an account is opened first if needed.

    Call it outside of any transaction. Again leads to where the business stopped. ``email`` is of who connects;
    ``again_url`` is where the provider leads when the address no longer works. ``prove`` asks who does it to show that
    it is them: what it raises leaves everything as it was.

    Raises:
        CardNotOffered: The provider has no businesses in this country.
        DoorNotConfigured, OutcomeUnknown, DoorBusy: As the gateway says; the next try goes on with what was opened.
    """
    can = find_card_capabilities("any")
    if can is None or not can.can_take:
        raise CardNotOffered
    prove()
    row = _prepare(by=by, now=now)
    provider_id = row.provider_id
    if not provider_id:
        facts = _open(row, email=email)
        provider_id = facts.provider_id
        _note_facts(facts, now=now, opened_by=by)
    key = make_key("setup", row.pk, int(now.timestamp()))
    account = make_door_account(provider_id)
    return get_card_door().start_account_setup(account, key=key, return_url=return_url, again_url=again_url)


def refresh_card_account(*, now: datetime) -> CardState:
    """Ask the provider for the business's account, keep what it says, and return the state.

    Call it outside of any transaction.

    Raises:
        CardNotConnected: There is none.
        DoorNotConfigured, OutcomeUnknown, DoorBusy: As the gateway says.
    """
    row = PaymentAccount.objects.filter(door=PaymentDoor.STRIPE).exclude(provider_id="").first()
    if row is None:
        raise CardNotConnected
    return _note_facts(get_card_door().fetch_account(make_door_account(row.provider_id)), now=now)


def switch_cards(*, is_on: bool, by: Actor, now: datetime, prove: Callable[[], object] = lambda: None) -> None:
    """Take cards with the account that is connected, or no more; what was paid stays, and refunds go on.

    Again changes nothing. ``prove`` is that of `connect_card_account`.

    Raises:
        CardNotConnected: There is none.
    """
    if not get_card_account().provider_id:
        raise CardNotConnected
    prove()
    _switch(is_on=is_on, by=by, now=now)


@write_transaction()
def _switch(*, is_on: bool, by: Actor, now: datetime) -> None:
    row = _lock()
    if row is None or not row.provider_id:
        raise CardNotConnected
    if row.is_on != is_on:
        row.is_on = is_on
        _save(row, {"is_on": (not is_on, is_on)}, by=by, now=now)


@write_transaction()
def choose_when_silent(*, is_booking: bool, by: Actor, now: datetime) -> None:
    """Say what becomes of visits that wait for a deposit while the provider does not answer.

    They take place without it, or their place is kept until it answers (`silence`). Again changes nothing.

    Raises:
        CardNotConnected: There is no account.
    """
    row = _lock()
    if row is None or not row.provider_id:
        raise CardNotConnected
    if row.books_when_silent != is_booking:
        row.books_when_silent = is_booking
        _save(row, {"books_when_silent": (not is_booking, is_booking)}, by=by, now=now)


@write_transaction()
def _prepare(*, by: Actor, now: datetime) -> PaymentAccount:
    """Return the row of the account, committed before the provider is called; one that is gone there counts anew."""
    row = _lock() or PaymentAccount(door=PaymentDoor.STRIPE, changed_at=now)
    if row.state == CardState.GONE:
        row.provider_id, row.state, row.is_on = "", "", False
        row.attempt += 1
    if row.provider_id and not row.is_on:
        row.is_on = True
        _save(row, {"is_on": (False, True)}, by=by, now=now)
    else:
        row.save()
    return row


def _open(row: PaymentAccount, *, email: str) -> AccountFacts:
    tenant = current_tenant()
    try:
        return get_card_door().open_account(
            key=make_key("account", row.pk, row.attempt), country=tenant.country, email=email, name=tenant.name
        )
    except KeyReused:  # somebody else tried before, or the business was renamed: the next try is another one
        PaymentAccount.objects.filter(pk=row.pk, attempt=row.attempt).update(attempt=row.attempt + 1)
        raise


@write_transaction()
def _note_facts(facts: AccountFacts, *, now: datetime, opened_by: Actor | None = None) -> CardState:
    """Keep what the provider says of an account, and whose it is."""
    row = _lock()
    state = CardState(facts.state.value)
    if row is None or (opened_by is None and row.provider_id != facts.provider_id):
        return state  # another one was connected meanwhile
    changes: dict[str, tuple[object, object]] = {}
    if row.state != state:
        changes["state"] = (row.state, state.value)
    if opened_by is not None and row.provider_id != facts.provider_id:
        changes |= {"provider_id": (row.provider_id, facts.provider_id), "is_on": (row.is_on, True)}
        row.provider_id, row.is_on = facts.provider_id, True
        PaymentAccountOwner.objects.get_or_create(
            provider_account_id=facts.provider_id,
            defaults={"schema_name": current_tenant().schema_name, "created_at": now},
        )
    row.state, row.missing_count = state, min(len(facts.missing), 999)
    row.answer_by, row.checked_at = facts.answer_by, now
    _save(row, changes, by=opened_by or SYSTEM, now=now)
    return state


def _lock() -> PaymentAccount | None:
    lock_words(KeySpace.PAYMENT, WORDS)
    return PaymentAccount.objects.filter(door=PaymentDoor.STRIPE).first()


def _save(row: PaymentAccount, changes: dict[str, tuple[object, object]], *, by: Actor, now: datetime) -> None:
    """Save the row; a change of the setting stands in the log."""
    if changes:
        row.changed_at = now
    row.save()
    if not changes:
        return
    version = find_last_version(noun=NOUN, row_id=row.pk) + 1
    action = Action.CREATED if version == 1 else Action.CHANGED
    log_changes([NewEntry(NOUN, row.pk, version, action, changes)], user_id=by.user_id, now=now)
    publish(kind="payment_account.changed", subject_id=row.pk, payload=describe_change(by, changes), now=now)
