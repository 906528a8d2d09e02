"""Payouts: what the provider sends on to the bank of the business, kept as rows that an event or a night refreshes."""

from __future__ import annotations

from contextlib import suppress
from datetime import datetime, timedelta

from billing.enums import PaymentDoor, PayoutState
from billing.errors import CardNotConnected
from billing.gateway.errors import AccountUnusable, CallRefused
from billing.models import PaymentAccount, Payout
from billing.selectors.accounts import make_door_account
from billing.services.cards.accounts import refresh_card_account
from billing.services.cards.keys import get_card_door
from billing.services.movements import LANE
from database.transactions import write_transaction
from kernel.errors import Unavailable
from tenants.enums import Urgency
from tenants.errors import RetryLater
from tenants.hooks import register_due_handler
from tenants.services.due_work import add_due_work

FIRST, AGAIN = timedelta(days=366), timedelta(days=30)
"""How far back is asked the first time, and later: a bank sends back what it cannot take within days."""
PAYOUTS_KIND = "card_payouts"
OFTEN = timedelta(seconds=10)
"""However often somebody taps, the provider is asked no more often."""
PAUSE, TRIED = timedelta(minutes=2), timedelta(hours=1)
"""When it is asked again that did not answer, and for how long."""


def refresh_payouts(*, now: datetime) -> None:
    """Ask the provider for the payouts of the account that is connected, and keep them. Again changes nothing.

    Call it outside of any transaction.

    Raises:
        CardNotConnected: There is none.
        AccountUnusable: It does not let us into the account.
        DoorNotConfigured, OutcomeUnknown, DoorBusy: As the gateway says; what is known stays.
    """
    row = PaymentAccount.objects.filter(door=PaymentDoor.STRIPE).exclude(provider_id="").first()
    if row is None:
        raise CardNotConnected
    since = now - (FIRST if row.payouts_checked_at is None else AGAIN)
    found = get_card_door().list_payouts(make_door_account(row.provider_id), since=since)
    rows = [
        Payout(
            provider_account_id=row.provider_id,
            provider_payout_id=each.payout_id,
            amount_minor=each.amount.amount_minor,
            currency=each.amount.currency,
            state=PayoutState(each.state.value),
            made_at=each.made_at,
            arrives_at=each.arrives_on,
        )
        for each in found
    ]
    _keep(row.pk, rows, now=now)


@write_transaction()
def ask_for_payouts(*, now: datetime) -> None:
    """Let a worker ask the provider for payouts; whoever taps again within seconds changes nothing.

    Raises:
        CardNotConnected: There is no account.
    """
    row = PaymentAccount.objects.select_for_update().filter(door=PaymentDoor.STRIPE).exclude(provider_id="").first()
    if row is None:
        raise CardNotConnected
    last = max(filter(None, (row.payouts_asked_at, row.payouts_checked_at)), default=None)
    if last is not None and last > now - OFTEN:
        return
    row.payouts_asked_at = now
    row.save(update_fields=["payouts_asked_at"])
    add_due_work(kind=PAYOUTS_KIND, row_id=row.pk, due_at=now, now=now, urgency=Urgency.SOON, lane=LANE)


def fetch_payouts(account_row_id: int, now: datetime) -> None:
    """Ask for the payouts that somebody wants to see; the handler of due work. Again changes nothing.

    Raises:
        RetryLater: The provider does not answer; it is tried for an hour, and by every night after that.
    """
    asked_at = PaymentAccount.objects.values_list("payouts_asked_at", flat=True).filter(pk=account_row_id).first()
    if asked_at is None:
        return
    try:
        refresh_payouts(now=now)
    except (AccountUnusable, CallRefused, CardNotConnected):  # nobody waits for an answer: it was no
        PaymentAccount.objects.filter(pk=account_row_id, payouts_asked_at=asked_at).update(payouts_asked_at=None)
        with suppress(CardNotConnected, CallRefused, Unavailable):  # the page says whether we are let in
            refresh_card_account(now=now)
    except Unavailable as error:
        if asked_at + TRIED > now:
            raise RetryLater(at=now + PAUSE) from error


def register() -> None:
    """Do the due work that the page of payouts leaves."""
    register_due_handler(PAYOUTS_KIND, fetch_payouts)


@write_transaction()
def _keep(account_row_id: int, rows: list[Payout], *, now: datetime) -> None:
    """Keep payouts, unless somebody asked later and was faster."""
    account = PaymentAccount.objects.select_for_update().get(pk=account_row_id)
    if account.payouts_checked_at is not None and account.payouts_checked_at > now:
        return
    Payout.objects.bulk_create(
        rows,
        update_conflicts=True,
        unique_fields=["provider_account_id", "provider_payout_id"],
        update_fields=["amount_minor", "state", "arrives_at"],
    )
    account.payouts_checked_at = now
    account.save(update_fields=["payouts_checked_at"])
