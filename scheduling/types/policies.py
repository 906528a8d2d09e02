"""What a business and its customer agreed on when a booking was made."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any, NamedTuple, Self

from kernel.instants import DAY_MINUTES
from scheduling.enums import Approval, DepositKind
from scheduling.types.terms import ANSWER_AHEAD_MINUTES, ServiceTerms

EU_COUNTRIES = frozenset(
    "AT BE BG CY CZ DE DK EE ES FI FR GR HR HU IE IT LT LU LV MT NL PL PT RO SE SI SK".split()  # noqa: SIM905 - a table
)
"""ISO 3166-1 codes of the members; reviewed on 2026-11-25."""
MONEY_TERMS = (
    "deposit_kind",
    "is_deposit_fee",
    "is_on_card",
    "refund_free_minutes",
    "refund_kept_percent",
    "refund_no_show_percent",
)
"""What is agreed about money in advance."""
EU_PERIOD, NO_PERIOD = timedelta(days=14), timedelta()


def find_withdrawal_period(country: str) -> timedelta:
    """Return for how long a consumer of a country (ISO 3166-1) may withdraw from what was booked at a distance.

    In the EU 14 days (directive 2011/83, article 9); its exception for leisure on a fixed date (16 l) is not for
    workshops and hairdressers.
    """
    return EU_PERIOD if country in EU_COUNTRIES else NO_PERIOD


@dataclass(frozen=True, slots=True)
class AgreedPolicy:
    """The policy of a booking: a later change of its services does not touch it.

    Attributes:
        cancel_cutoff_minutes: Until how long before the start its customer may cancel; so with moving.
        answer_within_minutes: A request is answered so long after it was asked, or ``answer_ahead_minutes`` before the
            start, whichever is earlier.
        reminder_offsets_minutes: How long before the start to remind; None in a booking that does not say.
        is_price_from: The price may become more; None in a booking that does not say.
        is_deposit_fee: Nothing of the deposit goes back when its customer cancels or does not come.
        refund_free_minutes: Who cancels so long before the start gets all of it back; None: as long as one may cancel.
        refund_kept_percent: What stays with the business of what is canceled later; ``refund_no_show_percent`` when
            nobody comes.
        deposit_first_minor: The deposit of whoever comes for the first time, and ``deposit_prepay_minor`` of whoever
            must prepay; None: as everybody's. Who books is known only when the booking is sent.
        deposit_waived_minor: What the visit takes place without, as staff decided; None: it was asked, or none was due.
        is_on_card: Nothing of the deposit is paid before the visit: a card is left, and what would be kept of the
            deposit is charged to it.
    """

    cancel_cutoff_minutes: int = 0
    move_cutoff_minutes: int = 0
    approval: Approval = Approval.INSTANT
    deposit_kind: DepositKind = DepositKind.NONE
    reminder_offsets_minutes: tuple[int, ...] | None = None
    is_price_from: bool | None = None
    answer_within_minutes: int = DAY_MINUTES
    answer_ahead_minutes: int = ANSWER_AHEAD_MINUTES
    is_deposit_fee: bool = False
    refund_free_minutes: int | None = None
    refund_kept_percent: int = 100
    refund_no_show_percent: int = 100
    deposit_first_minor: int | None = None
    deposit_prepay_minor: int | None = None
    deposit_waived_minor: int | None = None
    is_on_card: bool = False

    @classmethod
    def agree(cls, services: Sequence[ServiceTerms]) -> Self:
        """Return what a booking keeps of its services' policies.

        The longest cut-off of the visit counts, and one service that wants approval, or whose price may
        become more, is enough; of those that want approval, the one that answers first. Of the tables of
        refunds the strictest counts, among the services that ask for a deposit; a fee is one if all of them say so,
        and a card is enough if it is for all of them.
        """
        first = services[0]
        paid = [each for each in services if each.deposit_kind != DepositKind.NONE] or services
        asking = [each for each in services if each.approval == Approval.REQUEST]
        return cls(
            cancel_cutoff_minutes=max(each.cancel_cutoff_minutes for each in services),
            move_cutoff_minutes=max(each.move_cutoff_minutes for each in services),
            approval=Approval.REQUEST if asking else first.approval,
            deposit_kind=first.deposit_kind,
            reminder_offsets_minutes=first.reminder_offsets_minutes,
            is_price_from=any(each.is_price_from for each in services),
            answer_within_minutes=min(each.answer_within_minutes for each in asking or services),
            answer_ahead_minutes=max(each.answer_ahead_minutes for each in asking or services),
            is_deposit_fee=all(each.is_deposit_fee for each in paid),
            is_on_card=all(each.is_deposit_on_card for each in paid),
            refund_free_minutes=_find_free_minutes(paid),
            refund_kept_percent=max(each.refund_kept_percent for each in paid),
            refund_no_show_percent=max(each.refund_no_show_percent for each in paid),
        )

    def extend(self, services: Sequence[ServiceTerms], *, is_asked: bool) -> Self:
        """Return what is agreed when services come to those that were agreed before: the stricter of each.

        ``is_asked``: money was agreed in advance. Then its way to be paid stays, and its table of refunds gets stricter
        only by services that ask for money as well; else theirs counts alone. Who was to approve it, how it is
        reminded of and what staff left out stays.
        """
        new = type(self).agree(services)
        asking = [each for each in services if each.approval == Approval.REQUEST]
        joined = replace(
            self,
            cancel_cutoff_minutes=max(self.cancel_cutoff_minutes, new.cancel_cutoff_minutes),
            move_cutoff_minutes=max(self.move_cutoff_minutes, new.move_cutoff_minutes),
            answer_within_minutes=min(self.answer_within_minutes, *(each.answer_within_minutes for each in asking))
            if asking
            else self.answer_within_minutes,
            answer_ahead_minutes=max(self.answer_ahead_minutes, *(each.answer_ahead_minutes for each in asking))
            if asking
            else self.answer_ahead_minutes,
            is_price_from=bool(self.is_price_from) or bool(new.is_price_from),
        )
        if all(each.deposit_kind == DepositKind.NONE for each in services):
            return joined
        if not is_asked:
            return replace(joined, **{name: getattr(new, name) for name in MONEY_TERMS})
        said = (self.refund_free_minutes, new.refund_free_minutes)
        return replace(
            joined,
            is_deposit_fee=self.is_deposit_fee and new.is_deposit_fee,
            refund_free_minutes=None if said == (None, None) else max(self.free_minutes, new.free_minutes),
            refund_kept_percent=max(self.refund_kept_percent, new.refund_kept_percent),
            refund_no_show_percent=max(self.refund_no_show_percent, new.refund_no_show_percent),
        )

    @property
    def notice_to_cancel(self) -> timedelta:
        """Return how long before the start its customer can cancel at the latest."""
        return timedelta(minutes=self.cancel_cutoff_minutes)

    @property
    def notice_to_move(self) -> timedelta:
        """Return how long before the start its customer can move it at the latest."""
        return timedelta(minutes=self.move_cutoff_minutes)

    @property
    def free_minutes(self) -> int:
        """Return how long before the start its customer cancels free of charge, where nothing is a fee."""
        return self.cancel_cutoff_minutes if self.refund_free_minutes is None else self.refund_free_minutes

    @classmethod
    def read(cls, kept: Mapping[str, Any]) -> Self:
        """Return what a booking keeps in ``policy``."""
        offsets, is_price_from = kept.get("reminder_offsets_minutes"), kept.get("is_price_from")
        return cls(
            cancel_cutoff_minutes=int(kept.get("cancel_cutoff_minutes", 0)),
            move_cutoff_minutes=int(kept.get("move_cutoff_minutes", 0)),
            approval=Approval(kept.get("approval", Approval.INSTANT)),
            deposit_kind=DepositKind(kept.get("deposit_kind", DepositKind.NONE)),
            reminder_offsets_minutes=None if offsets is None else tuple(int(each) for each in offsets),
            is_price_from=None if is_price_from is None else bool(is_price_from),
            answer_within_minutes=int(kept.get("answer_within_minutes", DAY_MINUTES)),
            answer_ahead_minutes=int(kept.get("answer_ahead_minutes", ANSWER_AHEAD_MINUTES)),
            is_deposit_fee=bool(kept.get("is_deposit_fee", False)),
            refund_free_minutes=kept.get("refund_free_minutes"),
            refund_kept_percent=int(kept.get("refund_kept_percent", 100)),
            refund_no_show_percent=int(kept.get("refund_no_show_percent", 100)),
            deposit_first_minor=kept.get("deposit_first_minor"),
            deposit_prepay_minor=kept.get("deposit_prepay_minor"),
            deposit_waived_minor=kept.get("deposit_waived_minor"),
            is_on_card=bool(kept.get("is_on_card", False)),
        )

    def to_json(self) -> dict[str, object]:
        """Return it as a booking keeps it."""
        return {
            "cancel_cutoff_minutes": self.cancel_cutoff_minutes,
            "move_cutoff_minutes": self.move_cutoff_minutes,
            "approval": self.approval.value,
            "deposit_kind": self.deposit_kind.value,
            "reminder_offsets_minutes": list(self.reminder_offsets_minutes or ()),
            "is_price_from": bool(self.is_price_from),
            "answer_within_minutes": self.answer_within_minutes,
            "answer_ahead_minutes": self.answer_ahead_minutes,
            "is_deposit_fee": self.is_deposit_fee,
            "refund_free_minutes": self.refund_free_minutes,
            "refund_kept_percent": self.refund_kept_percent,
            "refund_no_show_percent": self.refund_no_show_percent,
            "deposit_first_minor": self.deposit_first_minor,
            "deposit_prepay_minor": self.deposit_prepay_minor,
            "deposit_waived_minor": self.deposit_waived_minor,
            "is_on_card": self.is_on_card,
        }


def _find_free_minutes(services: Sequence[ServiceTerms]) -> int | None:
    """Return the longest of the notices; one that says none has its cut-off."""
    said = [each.refund_free_minutes for each in services]
    if all(each is None for each in said):
        return None
    pairs = zip(said, services, strict=True)
    return max(each.cancel_cutoff_minutes if minutes is None else minutes for minutes, each in pairs)


class RuleUse(NamedTuple):
    """What a booking takes of one rule in one bucket (hour, day, week); JSON keeps it as a list of the three.

    No bucket: of a rule per moment, while the visit lasts; `models.RuleTake` has when.
    """

    rule_id: int
    bucket: int | None
    amount: int
