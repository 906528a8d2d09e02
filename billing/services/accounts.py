"""Where customers transfer money to: the business types it, and every change is in its log."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import fields, replace
from datetime import datetime

from audit.enums import Action
from audit.selectors.log import find_last_version
from audit.services.log import log_changes
from audit.types import NewEntry
from billing.enums import PaymentDoor
from billing.errors import BankDetailsInvalid
from billing.models import PaymentAccount
from billing.models.account import LONGEST_WAIT_MINUTES, SHORTEST_WAIT_MINUTES
from billing.selectors.accounts import view_account
from billing.types import BankData
from database.locks import KeySpace, lock_words
from database.transactions import write_transaction
from kernel.identity.names import clean_person_name
from kernel.text import mark
from notifications.services.outbox import publish
from scheduling.types import Actor

NOUN = "payment_account"
"""What it is called in the business's log."""
MISSING = mark("Customers need this to pay. Fill it in, or switch transfers off.")
TOO_LONG = mark("This is too long.")
WAIT_WRONG = mark("From 30 minutes to 7 days.")
LENGTHS = {"holder": 120, "bank": 80, "number": 64, "tax_id": 32, "note": 300}


def change_bank_data(*, data: BankData, by: Actor, now: datetime, prove: Callable[[], object] = lambda: None) -> None:
    """Save where customers transfer to, and whether they may; saving the same again changes nothing.

    ``prove`` asks who does it to show that it is them, once what was typed can be saved: what it raises leaves
    everything as it was. Owners are told by mail.

    Raises:
        BankDetailsInvalid: What was typed, by field.
    """
    clean = _clean(data)
    prove()
    _save(clean, by=by, now=now)


@write_transaction()
def _save(clean: BankData, *, by: Actor, now: datetime) -> None:
    lock_words(KeySpace.PAYMENT, NOUN)
    row = PaymentAccount.objects.filter(door=PaymentDoor.BANK_TRANSFER).first()
    before = BankData() if row is None else view_account(row)
    if clean == before:
        return
    row = row or PaymentAccount(door=PaymentDoor.BANK_TRANSFER)
    changes = {
        each.name: (getattr(before, each.name), getattr(clean, each.name))
        for each in fields(BankData)
        if getattr(before, each.name) != getattr(clean, each.name)
    }
    for name, (_, new) in changes.items():
        setattr(row, name, new)
    row.changed_at = now
    row.save()
    version = find_last_version(noun=NOUN, row_id=row.pk) + 1
    action = Action.CREATED if version == 1 else Action.CHANGED
    log_changes([NewEntry(NOUN, row.pk, version, action, changes)], user_id=by.user_id, now=now)
    publish(kind="payment_account.changed", subject_id=row.pk, payload=describe_change(by, changes), now=now)


def describe_change(by: Actor, changes: Mapping[str, tuple[object, object]]) -> dict[str, object]:
    """Return what the event of a change says: who did it, and the names of what is new; no account numbers."""
    said: dict[str, object] = {"by_user_id": by.user_id, "changed": sorted(changes)}
    return said | {"previous_state": changes["state"][0]} if "state" in changes else said


def _clean(data: BankData) -> BankData:
    clean = replace(
        data,
        holder=clean_person_name(data.holder),
        bank=clean_person_name(data.bank),
        number=clean_person_name(data.number),
        tax_id=clean_person_name(data.tax_id),
        note=clean_person_name(data.note),
    )
    errors = {name: (TOO_LONG,) for name, most in LENGTHS.items() if len(getattr(clean, name)) > most}
    if clean.is_on:
        errors |= {name: (MISSING,) for name in ("holder", "number") if not getattr(clean, name)}
    if not SHORTEST_WAIT_MINUTES <= clean.wait_minutes <= LONGEST_WAIT_MINUTES:
        errors["wait_minutes"] = (WAIT_WRONG,)
    if errors:
        raise BankDetailsInvalid(errors=errors)
    return clean
