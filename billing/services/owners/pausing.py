"""The card provider pauses the account of a business, or lets it take cards again, while customers wait to pay.

Nobody loses a place because of it: where there is no other way to pay, it waits as long as for a transfer, so that the
business can get in touch. A card is left by card alone. Once cards can be taken again, whoever still waits gets the
link once more.
"""

from __future__ import annotations

from contextlib import suppress

from billing.enums import CardState, PaymentDoor
from billing.models import PaymentAccount
from billing.selectors.accounts import find_open_doors, view_card
from billing.selectors.asking import list_unpaid
from billing.services.owners.mails import CHANGED
from kernel.errors import Forbidden
from notifications.hooks import register_event_handler
from notifications.types.messages import EventView
from scheduling.services.bookings.payments import keep_while_looked_for
from scheduling.services.messages.deposits import remind_again


def follow_account(event: EventView) -> None:
    """Keep the places that wait for a card which nobody can pay with, or tell that one can; safe to run twice."""
    before = event.payload.get("previous_state")
    row = PaymentAccount.objects.filter(pk=event.subject_id, door=PaymentDoor.STRIPE).first()
    if event.kind != CHANGED or before is None or row is None:
        return
    account, takes_transfers = view_card(row), find_open_doors().bank is not None
    for booking in list_unpaid(now=event.occurred_at):
        if takes_transfers and not booking.agreed.is_on_card:
            continue
        if account.is_paused:
            with suppress(Forbidden):  # the business takes no bookings any more
                keep_while_looked_for(booking_id=booking.id, now=event.occurred_at)
        elif account.is_open and before != CardState.ACTIVE:
            remind_again(booking.id, event.occurred_at)


def register() -> None:
    """Listen to what becomes of the account."""
    register_event_handler("payment_account.", follow_account)
