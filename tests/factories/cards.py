"""A business that takes cards at the stand-in, and what customers and workers do there."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

from django.db import connection

from billing.gateway.doors.stripe_connect import client
from billing.models import Payment, Refund
from billing.services.cards.accounts import connect_card_account, refresh_card_account
from billing.services.cards.events import take_event
from billing.services.cards.opening import WayBack, start_card_payment
from devtools.stripe_server import accounts
from devtools.stripe_server.server import StandIn
from scheduling.enums import DepositKind
from scheduling.selectors.bookings.views import get_booking
from tenants.models import DueWork
from tenants.services.due_work import perform_due_work
from tests.factories.scheduling import MONDAY, NOW, STAFF, book, make_shop

BACK = WayBack("https://taller.example/b/t/paid/", "https://taller.example/b/t/", "es")


class Guarded:
    """The connection as the door sees it: the transaction around a test is no transaction of ours."""

    def __init__(self) -> None:
        self.depth = len(connection.atomic_blocks)

    @property
    def in_atomic_block(self) -> bool:
        return len(connection.atomic_blocks) > self.depth


@dataclass
class Till:
    """What happens at the provider, and when."""

    moment: datetime = NOW
    stand_in: StandIn = field(init=False)

    def now(self) -> float:
        return self.moment.timestamp()

    def pass_by(self, span) -> None:
        self.moment += span

    def connect(self, state: str = "active") -> str:
        """Connect an account and let the business tell who it is."""
        connect_card_account(
            email="olga@taller.example", return_url="https://t.example/", again_url="https://t.example/?again",
            by=STAFF, now=self.moment,
        )  # fmt: skip
        account_id = next(reversed(list(self.stand_in.world.find_all("v2.core.account", ""))))["id"]
        accounts.change_state(self.stand_in.world, account_id, state)
        refresh_card_account(now=self.moment)
        self.stand_in.postman.take_all()
        return account_id

    def start(self, booking_id: int) -> str:
        """Lead to the provider's page; return the session."""
        url = start_card_payment(booking_id=booking_id, back=BACK, now=self.moment)
        return url.rpartition("/")[2]

    def post(self, event, **how) -> int:
        """Let an event arrive."""
        raw, headers = self.stand_in.postman.write(event, **how)
        is_notice = event["object"] == "v2.core.event"
        with outside():
            return take_event(raw=raw, headers=headers, now=self.moment, is_notice=is_notice)

    def post_all(self) -> None:
        for event in self.stand_in.postman.take_all():
            self.post(event)

    def work(self) -> None:
        """Do what workers do until nothing is due any more."""
        kinds = ("event", "card_event", "card_payment", "card_refund", "hold_expiry")
        for _ in range(40):
            row = (
                DueWork.objects.filter(due_at__lte=self.moment, kind__in=kinds, is_parked=False).order_by("pk").first()
            )
            if row is None:
                return
            with outside():
                perform_due_work(schema_name=row.schema_name, kind=row.kind, row_id=row.row_id, now=self.moment)
        raise AssertionError("work never ends")

    def find_session(self, payment: Payment):
        return self.stand_in.world.things[payment.provider_started_id]


class outside:  # noqa: N801 - reads as a word
    """What comes from elsewhere enters a business by itself; afterwards the test is where it was."""

    def __enter__(self) -> None:
        self.tenant = connection.tenant

    def __exit__(self, *_: object) -> None:
        connection.set_tenant(self.tenant)


def book_with_deposit(till: Till, *, starts_at=MONDAY, **values) -> int:
    service_id, _ = make_shop(
        **{"price_minor": 100_000, "deposit_kind": DepositKind.FIXED, "deposit_minor": 30_000} | values
    )
    made = book(service_id, starts_at, now=till.moment)
    till.work()
    return made.booking_id


def status_of(booking_id: int) -> str:
    return get_booking(booking_id=booking_id).status.value


def list_payments(booking_id: int) -> list[tuple]:
    rows = Payment.objects.filter(booking_id=booking_id).order_by("pk")
    return list(rows.values_list("door", "state", "amount_minor", "refunded_minor"))


def list_refunds(booking_id: int) -> list[tuple]:
    rows = Refund.objects.filter(payment__booking_id=booking_id).order_by("pk")
    return list(rows.values_list("amount_minor", "state", "cause"))


def count_captured(stand_in: StandIn) -> int:
    """What the provider has of customers, all refunds taken off."""
    charges = [each for each in stand_in.world.things.values() if each["object"] == "charge" and each["captured"]]
    return sum(each["amount"] - each["amount_refunded"] for each in charges)


def make_guard(monkeypatch) -> None:
    monkeypatch.setattr(client, "connection", Guarded())
