"""The port: what every way to move money offers."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Protocol

from billing.gateway.enums import DoorName
from billing.gateway.types import (
    AccountFacts,
    Capabilities,
    DisputeAnswer,
    DisputeFacts,
    DoorAccount,
    Event,
    Movement,
    PaymentFacts,
    PaymentKey,
    PaymentOrder,
    PayoutFacts,
    ProviderIds,
    Redirect,
    RefundFacts,
    RefundOrder,
    SavedCharge,
    SavingOrder,
    Started,
)
from kernel.money import Money


class Door(Protocol):
    """One way to move money.

    Every call but `find_capabilities` and `read_event` may raise `OutcomeUnknown`, `DoorBusy`, `DoorNotConfigured`,
    `AccountUnusable` and, when it was made inside a database transaction, `TransactionOpen`; none takes longer than
    ten seconds for each of three tries. What a door cannot do at all raises `NotAtThisDoor`.
    """

    @property
    def name(self) -> DoorName:
        """What it is called in a row."""

    @property
    def has_provider(self) -> bool:
        """Whether somebody else knows what was paid; otherwise a person of the business says so."""

    def find_capabilities(self, account: DoorAccount, *, currency: str, lead_time: timedelta) -> Capabilities:
        """Return what is possible in a currency for a visit that begins in ``lead_time``; asks nobody."""

    def start(self, order: PaymentOrder) -> Started:
        """Open a payment and return what the customer does next.

        Raises:
            AmountRefused: Too small or too large, or not above zero.
            CurrencyRefused: The account cannot take it.
            KeyReused: The key stands for another payment.
        """

    def start_saving(self, order: SavingOrder) -> Redirect:
        """Open a page on which the customer leaves a card and pays nothing; `fetch` tells when it is there."""

    def close(self, account: DoorAccount, ids: ProviderIds, *, key: PaymentKey) -> PaymentFacts:
        """See to it that nobody can pay what was started, and return what holds now.

        It may be `PaymentState.PAID`: the customer was faster.
        """

    def capture(
        self, account: DoorAccount, ids: ProviderIds, *, key: PaymentKey, amount: Money | None = None
    ) -> PaymentFacts:
        """Take what was reserved, or ``amount`` of it and let the rest go.

        Raises:
            StateRefused: It is not reserved (any more).
            AmountRefused: More than was reserved.
        """

    def release(self, account: DoorAccount, ids: ProviderIds, *, key: PaymentKey) -> PaymentFacts:
        """Let go what was reserved; nothing happens when it is gone already.

        Raises:
            StateRefused: It was taken: refund it.
        """

    def refund(self, order: RefundOrder) -> RefundFacts:
        """Send money back.

        Raises:
            RefundRefused: There is not so much left, or the payment is in dispute.
            PaymentUnknown: Nobody paid.
        """

    def fetch_refund(self, account: DoorAccount, refund_id: str) -> RefundFacts:
        """Return a refund as it is now."""

    def list_refunds(self, account: DoorAccount, ids: ProviderIds) -> tuple[RefundFacts, ...]:
        """Return all refunds of a payment, the newest first: those that somebody made at the provider's as well."""

    def charge_saved(self, charge: SavedCharge) -> PaymentFacts:
        """Take an amount from a card that was kept.

        Raises:
            PaymentDeclined: Nothing was taken; ``reason`` may be that the bank wants to ask the customer.
        """

    def forget_saved(self, account: DoorAccount, method_id: str, *, key: PaymentKey) -> None:
        """Forget a card; nothing happens when it is forgotten already."""

    def fetch(self, account: DoorAccount, ids: ProviderIds) -> PaymentFacts:
        """Return a payment as it is now.

        Raises:
            PaymentUnknown: There is none of that name in this account.
        """

    def read_event(self, raw: bytes, headers: Mapping[str, str], *, now: datetime) -> tuple[Event, ...]:
        """Verify and read what was posted to us; the names of ``headers`` in any case.

        Raises:
            EventRefused: Not signed with one of our secrets, or stamped more than five minutes ago or ahead.
        """

    def read_notice(self, raw: bytes, headers: Mapping[str, str], *, now: datetime) -> tuple[Event, ...]:
        """Verify and read a notice without content, which comes to an address of its own with secrets of its own.

        Raises:
            EventRefused: As `read_event`.
        """

    def open_account(self, *, key: PaymentKey, country: str, email: str, name: str) -> AccountFacts:
        """Open an account for a business at the provider; it is empty until the business tells who it is."""

    def start_account_setup(self, account: DoorAccount, *, key: PaymentKey, return_url: str, again_url: str) -> str:
        """Return the address where the business tells the provider who it is; it works once and for some minutes.

        ``again_url`` is where it leads when it no longer works: make another one there.
        """

    def fetch_account(self, account: DoorAccount) -> AccountFacts:
        """Return a business's account as it is now; `AccountState.GONE` when it is no longer ours to ask."""

    def fetch_dispute(self, account: DoorAccount, dispute_id: str) -> DisputeFacts:
        """Return a dispute as it is now."""

    def upload_evidence(self, account: DoorAccount, paper: bytes, *, key: PaymentKey) -> str:
        """Give the provider a PDF for `answer_dispute`, and return its id there; nobody reads it yet.

        Raises:
            CallRefused: It is no PDF, or too large.
        """

    def answer_dispute(
        self, account: DoorAccount, dispute_id: str, answer: DisputeAnswer, *, key: PaymentKey
    ) -> DisputeFacts:
        """Send an answer to the bank, which takes one only; nothing happens when it has this one already.

        Raises:
            AnswerRefused: It has another answer, or has decided.
            CallRefused: It waits for one, and does not take this one: it makes no sense there, or comes too late.
        """

    def accept_dispute(self, account: DoorAccount, dispute_id: str, *, key: PaymentKey) -> DisputeFacts:
        """Let the customer have the money, for good; nothing happens when it is lost already.

        Raises:
            AnswerRefused: It was answered, or won, or the bank only asks.
        """

    def list_payouts(self, account: DoorAccount, *, since: datetime) -> tuple[PayoutFacts, ...]:
        """Return the payouts since an instant, the newest first."""

    def list_movements(self, account: DoorAccount, *, since: datetime, until: datetime) -> tuple[Movement, ...]:
        """Return every change of the balance in ``[since, until)``, the newest first."""
