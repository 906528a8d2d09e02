"""Reading what was paid out."""

from __future__ import annotations

from datetime import datetime
from typing import cast

from django.db.models import Q

from billing.enums import CardState, PaymentDoor, PayoutState
from billing.models import PaymentAccount, Payout
from billing.types import PayoutsStanding, PayoutView
from kernel.page import Page, cut_page, limit_rows, read_cursor


def list_payouts(*, cursor: str = "", limit: int = 50) -> Page[PayoutView]:
    """Return a page of the payouts that are known, the newest first; one query, and nobody outside is asked.

    Raises:
        Invalid: The cursor is not one that this list gave.
    """
    limit, found = limit_rows(limit), Payout.objects.order_by("-made_at", "-pk")
    if cursor:
        made_at, row_id = cast("tuple[datetime, int]", read_cursor(cursor, datetime, int))
        found = found.filter(Q(made_at__lt=made_at) | Q(made_at=made_at, pk__lt=row_id))
    return cut_page(list(found[: limit + 1]), limit=limit, view=_view, key=lambda row: (row.made_at, row.pk))


def find_payouts_standing() -> PayoutsStanding:
    """Return when the provider was asked last for payouts, and who waits for its answer; one query."""
    row = PaymentAccount.objects.filter(door=PaymentDoor.STRIPE).first()
    if row is None:
        return PayoutsStanding()
    asked_at, checked_at = row.payouts_asked_at, row.payouts_checked_at
    is_answered = asked_at is None or (checked_at is not None and checked_at >= asked_at)
    return PayoutsStanding(
        is_connected=bool(row.provider_id),
        checked_at=checked_at,
        waiting_since=None if is_answered else asked_at,
        is_shut_out=row.state == CardState.GONE,
    )


def _view(row: Payout) -> PayoutView:
    return PayoutView(
        id=row.pk,
        amount_minor=row.amount_minor,
        currency=row.currency,
        state=PayoutState(row.state),
        made_at=row.made_at,
        arrives_at=row.arrives_at,
    )
