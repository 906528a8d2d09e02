"""A business that takes cards at the stand-in, and what customers, the postman and workers do there."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from billing.selectors.accounts import get_card_account
from billing.services.cards.accounts import connect_card_account, refresh_card_account
from billing.services.cards.events import take_event
from billing.services.cards.opening import WayBack, start_card_payment
from database.connection import connection
from devtools.stripe_server import accounts
from devtools.stripe_server.server import StandIn
from devtools.stripe_server.world import Thing
from scheduling.enums import ActorKind
from scheduling.types import Actor
from tenants.jobs import call_outside
from tenants.services.due_work import perform_due_work

BACK = WayBack("https://taller.example/b/t/paid/", "https://taller.example/b/t/", "es")


BEGINS = datetime(2026, 1, 5, 8, 0, tzinfo=UTC)
OWNER = Actor(kind=ActorKind.STAFF)
KINDS = (
    "event", "card_event", "card_payment", "card_refund", "dispute_answer", "hold_expiry", "card_silence",
    "card_payouts",
)  # fmt: skip
"""The due work that money and places leave."""
MOST_STEPS = 40
DUE_SQL = """
SELECT schema_name, kind, row_id FROM public.tenants_duework
WHERE due_at <= %s AND kind = ANY(%s) AND (schema_name = %s OR (schema_name = 'public' AND id > %s))
AND NOT is_parked AND leased_until IS NULL
ORDER BY id LIMIT 1
"""
NEWEST_SQL = "SELECT coalesce(max(id), 0) FROM public.tenants_duework"
ERROR_SQL = """
SELECT last_error FROM public.tenants_duework
WHERE (schema_name, kind, row_id) = (%s, %s, %s) AND last_error <> ''
"""


class Guarded:
    """The connection as the door sees it: the transaction around a walk is no transaction of ours."""

    def __init__(self) -> None:
        self.depth = len(connection.atomic_blocks)

    @property
    def in_atomic_block(self) -> bool:
        """Tell whether the product is in a transaction of its own."""
        return len(connection.atomic_blocks) > self.depth


@dataclass
class Till:
    """What happens at the provider, and when.

    Attributes:
        after: Due work of no business that is older was left by somebody else: by a drill that ended early.
    """

    moment: datetime = BEGINS
    stand_in: StandIn = field(init=False)
    after: int = field(init=False)

    def __post_init__(self) -> None:
        """Note what lies there already."""
        with connection.cursor() as cursor:
            cursor.execute(NEWEST_SQL)
            (self.after,) = cursor.fetchone()

    def now(self) -> float:
        """Return the moment as the stand-in counts it."""
        return self.moment.timestamp()

    def pass_by(self, span: timedelta) -> None:
        """Let time pass; nobody works meanwhile."""
        self.moment += span

    def connect(self, state: str = "active") -> str:
        """Connect an account and let the business tell who it is."""
        connect_card_account(
            email="olga@taller.example", return_url="https://t.example/", again_url="https://t.example/?again",
            by=OWNER, now=self.moment,
        )  # fmt: skip
        account_id = get_card_account().provider_id
        accounts.change_state(self.stand_in.world, account_id, state)
        refresh_card_account(now=self.moment)
        self.stand_in.postman.take_all()
        return account_id

    def start(self, booking_id: int) -> str:
        """Lead to the provider's page; return the session."""
        url = start_card_payment(booking_id=booking_id, back=BACK, now=self.moment)
        return str(url.rpartition("/")[2])

    def post(self, event: Thing, **how: Any) -> int:
        """Let an event arrive, written as ``how`` says (`Postman.write`); return how many were new."""
        raw, headers = self.stand_in.postman.write(event, **how)
        is_notice = event["object"] == "v2.core.event"
        return call_outside(take_event, raw=raw, headers=headers, now=self.moment, is_notice=is_notice)

    def post_all(self) -> None:
        """Let everything arrive that happened."""
        for event in self.stand_in.postman.take_all():
            self.post(event)

    def work(self, most: int = MOST_STEPS) -> None:
        """Do what workers do until nothing of this business is due any more, at ``most`` so many steps.

        Raises:
            AssertionError: Work never ends, or a handler failed.
        """
        for _ in range(most):
            due = _find_due(self.moment, self.after)
            if due is None:
                return
            call_outside(perform_due_work, schema_name=due[0], kind=due[1], row_id=due[2], now=self.moment)
            _check_ended(due)
        message = f"work never ends: {due}"
        raise AssertionError(message)


def _check_ended(due: tuple[str, str, int]) -> None:
    """Notice what a worker survives and tries again: it is a fault of ours."""
    with connection.cursor() as cursor:
        cursor.execute(ERROR_SQL, due)
        found = cursor.fetchone()
    if found is not None:
        message = f"{due}: {found[0]}"
        raise AssertionError(message)


def _find_due(at: datetime, after: int) -> tuple[str, str, int] | None:
    with connection.cursor() as cursor:
        cursor.execute(DUE_SQL, [at, list(KINDS), connection.schema_name, after])
        found: tuple[str, str, int] | None = cursor.fetchone()
    return found
