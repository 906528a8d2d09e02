"""The inbox of transfers: somebody looks for each in the bank, and ticks it."""

from __future__ import annotations

from dataclasses import dataclass

from billing.selectors.receipts import list_awaited
from billing.types import AwaitedDeposit
from web.workspace.bookings.actions import MISSED
from web.workspace.bookings.forms import ReasonForm
from web.workspace.bookings.payments import ShownReceipt, show_receipt


@dataclass(frozen=True, slots=True)
class InboxLine:
    """A transfer that somebody has to look for in the bank, with the question why it did not come."""

    deposit: AwaitedDeposit
    receipt: ShownReceipt | None
    form: ReasonForm


def list_inbox() -> tuple[InboxLine, ...]:
    """Return the transfers that are waited for."""
    return tuple(InboxLine(each, show_receipt(each.receipt), _make_form(each.booking.id)) for each in list_awaited())


def _make_form(booking_id: int) -> ReasonForm:
    return ReasonForm(key=f"{MISSED.key}-{booking_id}", asks=("reason",))
