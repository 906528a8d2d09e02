"""Values that go into the gateway and come out of it; all frozen, none of them a provider's.

Amounts are `kernel.money.Money`: whole minor units of the currency as we store them (CLP has none, COP and MXN have
two). Instants are aware UTC.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from billing.gateway.enums import (
    AccountState,
    Capture,
    DeclineReason,
    DisputeReason,
    DisputeState,
    DoorName,
    EventKind,
    MovementKind,
    PaymentState,
    PayoutState,
    RefundState,
)
from kernel.money import Money

LONGEST_KEY = 255
_KEY_PART = re.compile(r"[a-z0-9][a-z0-9_-]{0,62}")


@dataclass(frozen=True, slots=True)
class PaymentKey:
    """The idempotency key of one call that changes something: ``tenant:purpose:row:attempt``.

    The same key with the same content has the same answer for at least a day, however often it is sent; with other
    content it is refused (`KeyReused`).

    Attributes:
        tenant: The schema's name.
        purpose: What for: ``deposit``, ``refund``, ``capture``, ``no_show`` …; each call on a row has its own.
        row: The id of our row.
        attempt: From 1 on.

    Raises:
        ValueError: A part is empty or has letters that no key carries.
    """

    tenant: str
    purpose: str
    row: str
    attempt: int = 1

    def __post_init__(self) -> None:
        if not all(_KEY_PART.fullmatch(part) for part in (self.tenant, self.purpose, self.row)) or self.attempt < 1:
            message = f"no key of a payment: {self}"
            raise ValueError(message)

    def __str__(self) -> str:
        return f"{self.tenant}:{self.purpose}:{self.row}:{self.attempt}"


@dataclass(frozen=True, slots=True)
class BankDetails:
    """Where customers transfer to, as the business typed it and as they read it."""

    holder: str
    bank: str
    number: str
    """CLABE, IBAN, CBU or CVU, CCI, account number: what the country calls it."""
    kind: str = ""
    tax_id: str = ""
    email: str = ""
    note: str = ""


@dataclass(frozen=True, slots=True)
class DoorAccount:
    """A business at a door.

    Attributes:
        provider_id: The provider's id of the account; empty where there is no provider.
        country: ISO 3166 alpha-2.
        currency: Of the business (ISO 4217).
        bank: For transfers.
    """

    country: str
    currency: str
    provider_id: str = ""
    bank: BankDetails | None = None


@dataclass(frozen=True, slots=True)
class ProviderIds:
    """How a provider names one payment: two opaque texts to keep in the row, empty until they are known.

    Attributes:
        started: Of what `start` opened.
        payment: Of the payment itself; some know it only once the customer pays.
    """

    started: str = ""
    payment: str = ""


@dataclass(frozen=True, slots=True)
class EvidenceLimits:
    """What a bank reads of an answer to a dispute at most: a file, and a text in a person's own words."""

    most_bytes: int
    most_pages: int
    most_letters: int


@dataclass(frozen=True, slots=True)
class Capabilities:
    """What a door can do for a business now.

    Attributes:
        can_take: Whether it takes payments at all in this country and currency.
        least: Less than this it refuses.
        most: More than this it refuses.
        can_authorize: Whether `Capture.LATER` is possible.
        authorization_lasts: How long what was reserved surely stays so; decide before.
        can_save: Whether a card can be kept for later (`PaymentOrder.saves_method`, `start_saving`).
        refunds_itself: Whether `refund` sends the money back; otherwise a person does.
        shortest_start: A started payment stays open at least so long; the place is kept as long.
        longest_start: A started payment stays open at most so long.
        evidence: What `answer_dispute` takes; None: disputes are not answered through this door.
    """

    can_take: bool
    least: Money
    most: Money
    can_authorize: bool = False
    authorization_lasts: timedelta = timedelta()
    can_save: bool = False
    refunds_itself: bool = False
    shortest_start: timedelta = timedelta()
    longest_start: timedelta | None = None
    evidence: EvidenceLimits | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class PaymentOrder:
    """What a customer is to pay.

    Attributes:
        reference: The booking's, as the customer knows it; stands on statements and transfers.
        description: One line that the customer reads on the provider's page.
        language: ``es`` or ``en``.
        return_url: Where the customer comes back to; being there proves nothing.
        cancel_url: Where the customer comes back to without having paid.
        pay_until: When the payment closes.
        settles_soon: Whether the money must be there within days: slow ways to pay are left out then.
        saves_method: Whether the card is kept for later as well; the customer must have agreed in words.
        customer_id: The provider's id of the customer, once it gave one (`SavedMethod.customer_id`).
        email: For the provider's form, filled in.
    """

    key: PaymentKey
    account: DoorAccount
    amount: Money
    reference: str
    description: str
    language: str
    return_url: str
    cancel_url: str
    pay_until: datetime
    capture: Capture = Capture.AT_ONCE
    settles_soon: bool = True
    saves_method: bool = False
    customer_id: str = ""
    email: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class SavingOrder:
    """A card to be kept without paying now, for what may be due later; the attributes as in `PaymentOrder`."""

    key: PaymentKey
    account: DoorAccount
    currency: str
    reference: str
    description: str
    language: str
    return_url: str
    cancel_url: str
    pay_until: datetime
    customer_id: str = ""
    email: str = ""


@dataclass(frozen=True, slots=True)
class Redirect:
    """The customer pays on the provider's own page, never in a frame.

    Attributes:
        expires_at: When the page stops taking money; keep the place until then, and fetch once more before letting go.
    """

    ids: ProviderIds
    url: str
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class Instructions:
    """The customer pays elsewhere; a person says when it arrived."""

    bank: BankDetails
    amount: Money
    reference: str
    pay_until: datetime
    ids: ProviderIds = field(default_factory=ProviderIds)


@dataclass(frozen=True, slots=True)
class NothingToStart:
    """There is nothing to do before the visit."""

    ids: ProviderIds = field(default_factory=ProviderIds)


Started = Redirect | Instructions | NothingToStart


@dataclass(frozen=True, slots=True)
class SavedMethod:
    """A card that the provider keeps for the business; nothing of it that would pay anywhere else.

    Attributes:
        customer_id: The provider's id of the customer.
        method_id: The provider's id of the card.
        brand: ``visa``, ``mastercard`` …; empty for what is no card.
        last_four: Of its number.
        expires_on: ``2028-04``; empty for what does not expire.
    """

    customer_id: str
    method_id: str
    brand: str = ""
    last_four: str = ""
    expires_on: str = ""


@dataclass(frozen=True, slots=True)
class PaymentFacts:
    """A payment as the provider has it at this moment.

    Attributes:
        amount: What it was about.
        received_minor: What was taken, before refunds; 0 unless `PaymentState.PAID`.
        refunded_minor: What went back or is on its way back.
        key: The key it was started with; None when it is none of ours.
        decline: Of the last try.
        saved: The card, when it was kept.
        is_disputed: Whether the cardholder's bank asked the money back.
        expires_at: When what was started closes; None once it is over.
    """

    ids: ProviderIds
    state: PaymentState
    amount: Money
    received_minor: int = 0
    refunded_minor: int = 0
    key: str | None = None
    decline: DeclineReason | None = None
    saved: SavedMethod | None = None
    is_disputed: bool = False
    expires_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class RefundOrder:
    """What goes back of a payment; several of them may, together never more than was received."""

    key: PaymentKey
    account: DoorAccount
    ids: ProviderIds
    amount: Money


@dataclass(frozen=True, slots=True)
class RefundFacts:
    """A refund as the provider has it at this moment."""

    refund_id: str
    state: RefundState
    amount: Money
    key: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class SavedCharge:
    """What is taken from a card that was kept, by a person's tap, while its owner is not there."""

    key: PaymentKey
    account: DoorAccount
    saved: SavedMethod
    amount: Money
    reference: str
    description: str


@dataclass(frozen=True, slots=True)
class Event:
    """What a provider reported, after its signature and age were verified.

    Attributes:
        event_id: Unique at the door; insert it once.
        account_id: Whose account: this finds the tenant, nothing else does.
        kind: What to do: fetch it.
        ids: For `EventKind.PAYMENT`: whichever of both is known.
        subject_id: For the other kinds: the provider's id of the dispute, payout or account.
        happened_at: When the provider says it happened; only for people to read.
        is_live: False: of the provider's test mode.
    """

    door: DoorName
    event_id: str
    account_id: str
    kind: EventKind
    ids: ProviderIds
    subject_id: str
    happened_at: datetime
    is_live: bool = True


@dataclass(frozen=True, slots=True)
class AccountFacts:
    """A business's account at a provider as it is at this moment.

    Attributes:
        currency: Of its balance; empty: the provider does not say yet.
        missing: What the provider still wants to know, as its own opaque names, for a count and for support.
        answer_by: Until when, before it stops taking payments.
    """

    provider_id: str
    state: AccountState
    country: str = ""
    currency: str = ""
    can_pay_out: bool = False
    missing: tuple[str, ...] = ()
    answer_by: datetime | None = None


@dataclass(frozen=True, slots=True)
class DisputeFacts:
    """A dispute as the provider has it at this moment.

    Attributes:
        amount: What the cardholder asks back, in the currency of the payment.
        taken_minor: What the bank has of it now: nothing while it only asks, and nothing once it gave it back.
        answer_by: Until when the business may answer; None: no more.
        is_answered: Whether an answer went to the bank, from here or from the provider's own pages.
        answered_with: The provider's id of the file in that answer; empty: none, or in another place than ours.
    """

    dispute_id: str
    ids: ProviderIds
    state: DisputeState
    amount: Money
    reason: DisputeReason
    opened_at: datetime
    answer_by: datetime | None
    taken_minor: int = 0
    is_answered: bool = False
    answered_with: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class DisputeAnswer:
    """What a business tells the bank about a disputed payment; empty texts are left out.

    Attributes:
        file_id: Of what `upload_evidence` took.
        service: What was booked.
        served_on: When the customer was served, in words; empty where the visit did not take place.
        refund_terms: Which refunds were agreed, and how the customer saw it.
        cancel_terms: Until when they could cancel, and how they saw it.
        text: In a person's own words.
    """

    file_id: str
    customer_name: str = ""
    customer_email: str = ""
    service: str = ""
    served_on: str = ""
    refund_terms: str = ""
    cancel_terms: str = ""
    text: str = ""


@dataclass(frozen=True, slots=True)
class PayoutFacts:
    """A payout to the business's bank; ``arrives_on`` is midnight, in UTC, of the day."""

    payout_id: str
    state: PayoutState
    amount: Money
    made_at: datetime
    arrives_on: datetime


@dataclass(frozen=True, slots=True)
class Movement:
    """One change of a business's balance at the provider, for the nightly comparison with the ledger.

    Attributes:
        gross: Signed: a payment is more than 0, a refund less.
        fee_minor: What the provider keeps of it.
        payment_id: Of which payment it is (`ProviderIds.payment`); empty for payouts and fees.
        key: The idempotency key with which we asked for it; None: somebody did at the provider.
        charged: As ``gross``, but in the currency of the payment, where the balance has another one; None: it has not.
    """

    movement_id: str
    kind: MovementKind
    source_id: str
    gross: Money
    fee_minor: int
    happened_at: datetime
    payment_id: str = ""
    key: str | None = None
    charged: Money | None = None
