"""What the provider posts to us: taken once, answered at once, and followed by due work that asks what is true now."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from datetime import datetime, timedelta

from django.db.models import Q

from billing.enums import PaymentDoor
from billing.errors import CardNotConnected
from billing.gateway.enums import EventKind
from billing.gateway.errors import AccountUnusable
from billing.gateway.types import Event
from billing.models import Payment
from billing.public.models import PaymentAccountOwner, WebhookEvent
from billing.services.cards.accounts import refresh_card_account
from billing.services.cards.disputing import look_at_dispute
from billing.services.cards.keys import get_card_door
from billing.services.cards.looking import look_at_payment
from billing.services.cards.payouts import refresh_payouts
from billing.services.movements import LANE
from database.transactions import write_transaction
from kernel.errors import Unavailable
from tenants.enums import Urgency
from tenants.errors import RetryLater, TenantUnknown
from tenants.hooks import register_due_handler
from tenants.jobs import call_in_schema
from tenants.services.due_work import add_due_work

EVENT_KIND = "card_event"
"""Due work of the platform itself: whose the event is, is found when it is followed."""
AGAIN, LATER = timedelta(minutes=2), timedelta(hours=1)
GIVEN_UP = timedelta(days=8)
"""So long an event is followed whose account is closed to us; once it is open again, the night finds what it moved."""
FOLLOWED = frozenset(
    {EventKind.PAYMENT, EventKind.DISPUTE, EventKind.PAYOUT, EventKind.ACCOUNT, EventKind.ACCOUNT_GONE}
)


def register() -> None:
    """Do the due work that events leave."""
    register_due_handler(EVENT_KIND, follow_event)


def take_event(*, raw: bytes, headers: Mapping[str, str], now: datetime, is_notice: bool = False) -> int:
    """Verify what was posted, keep what it is about, let a worker follow it, and return how many were new.

    Nothing that it tells is believed. ``is_notice``: it came to the address of events without content.

    Raises:
        EventRefused: It is not from the provider, or not of now.
        DoorNotConfigured: The platform has no account there.
    """
    door = get_card_door()
    events = door.read_notice(raw, headers, now=now) if is_notice else door.read_event(raw, headers, now=now)
    return sum(_keep(event, now=now) for event in events)


@write_transaction()
def _keep(event: Event, *, now: datetime) -> bool:
    is_followed = event.kind in FOLLOWED and bool(event.account_id)
    row, is_new = WebhookEvent.objects.get_or_create(
        event_id=event.event_id,
        defaults={
            "kind": event.kind.value,
            "provider_account_id": event.account_id,
            "object_id": _name_object(event),
            "came_at": now,
            "done_at": None if is_followed else now,
        },
    )
    if is_new and is_followed:
        add_due_work(kind=EVENT_KIND, row_id=row.pk, due_at=now, now=now, urgency=Urgency.SOON, lane=LANE)
    return is_new


def _name_object(event: Event) -> str:
    """Return what the provider calls what an event is about: of a dispute that one, and not its payment."""
    if event.kind is EventKind.DISPUTE:
        return event.subject_id
    return event.ids.started or event.ids.payment or event.subject_id


def follow_event(event_id: int, now: datetime) -> None:
    """Fetch afresh what an event is about, in the business whose account it is of; the handler of due work.

    Raises:
        RetryLater: The provider does not answer, or not for this account.
    """
    row = WebhookEvent.objects.filter(pk=event_id, done_at=None).first()
    if row is None:
        return
    owner = PaymentAccountOwner.objects.filter(provider_account_id=row.provider_account_id).first()
    if owner is not None:
        try:
            call_in_schema(owner.schema_name, _follow, row.kind, row.provider_account_id, row.object_id, now)
        except Unavailable as error:
            raise RetryLater(at=now + AGAIN) from error
        except AccountUnusable as error:
            if row.came_at + GIVEN_UP > now:
                raise RetryLater(at=now + LATER) from error
        except TenantUnknown:  # the business is gone
            pass
    WebhookEvent.objects.filter(pk=event_id).update(done_at=now)


def _follow(kind: str, account_id: str, object_id: str, now: datetime) -> None:
    if kind == EventKind.DISPUTE:
        look_at_dispute(account_id=account_id, dispute_id=object_id, now=now)
        return
    if kind == EventKind.PAYOUT:
        with suppress(CardNotConnected, AccountUnusable):  # it was disconnected, or closed to us, meanwhile
            refresh_payouts(now=now)
        return
    if kind != EventKind.PAYMENT:
        refresh_card_account(now=now)
        return
    found = Payment.objects.filter(door=PaymentDoor.STRIPE, provider_account_id=account_id)
    for payment_id in found.filter(Q(provider_started_id=object_id) | Q(provider_payment_id=object_id)).values_list(
        "pk", flat=True
    ):
        look_at_payment(payment_id, now)
