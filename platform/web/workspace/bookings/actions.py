"""What staff can do with a booking: one table for buttons, addresses and services."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from typing import Any

from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy

from billing.services import payments
from billing.services.credits.offering import cancel_for_credit
from scheduling.enums import BookingStatus
from scheduling.policies import MOVABLE_BY_STAFF, MOVABLE_STATUSES, RESIZABLE_STATUSES, TAKEN_BACK, TRANSITIONS
from scheduling.services.bookings import cancellations, transitions
from scheduling.services.bookings.series import following
from scheduling.types import Actor
from web.formats import to_local
from web.parts.toasts import Undo


class ReasonRule(StrEnum):
    """Whether the person is asked why: with a text that the customer reads, or with one of some causes as well.

    With causes they may also say how what was paid goes back: as money, or as credit if the customer wants that.

    Or why with a text that only the team reads. Or how it was paid: whoever says nothing means a bank transfer; and
    while a card is being charged for the same, whether they know.
    """

    NONE = "none"
    TEXT = "text"
    CAUSE = "cause"
    TEAM = "team"
    MEANS = "means"


REASON_FIELDS: Mapping[ReasonRule, tuple[str, ...]] = {
    ReasonRule.NONE: (),
    ReasonRule.TEXT: ("reason",),
    ReasonRule.CAUSE: ("cause", "reason", "back"),
    ReasonRule.TEAM: ("reason",),
    ReasonRule.MEANS: ("means", "is_despite"),
}


CREDIT = "credit"
"""What is said of what goes back, if the customer wants credit."""


def _cancel(*, back: str, **asked: Any) -> None:
    (cancel_for_credit if back == CREDIT else cancellations.cancel_booking)(**asked)


def _cancel_following(*, back: str, **asked: Any) -> None:
    if back == CREDIT:
        cancel_for_credit(is_following=True, **asked)
    else:
        following.cancel_following(**asked)


@dataclass(frozen=True, slots=True)
class Action:
    """A step of the status machine as a button.

    Attributes:
        target: The status afterwards; the services take a second click for done.
        service: Takes ``booking_id``, ``now`` and ``by``, and what `ReasonRule` asks for.
        tone: Class of the button.
        undo_name: The address that takes it back, where that is another one than for a single step.
    """

    key: str
    label: str | Promise
    done: str | Promise
    icon: str
    target: BookingStatus
    service: Callable[..., object]
    tone: str = ""
    reason: ReasonRule = ReasonRule.NONE
    undo_name: str = ""

    @property
    def is_undoable(self) -> bool:
        """Tell whether it can be taken back."""
        return self.target in TAKEN_BACK

    def perform(self, *, booking_id: int, reasons: Mapping[str, Any], now: datetime, by: Actor) -> None:
        """Take the step; of ``reasons``, what nobody asked for is left out."""
        asked = {name: reasons.get(name, "") for name in REASON_FIELDS[self.reason]}
        self.service(booking_id=booking_id, now=now, by=by, **asked)

    def make_undo(self, booking_id: int) -> Undo | None:
        """Return the post that takes the step back."""
        if self.undo_name:
            return Undo(url=reverse(self.undo_name, args=[booking_id]), fields={"from": "board"})
        return make_undo(booking_id, self.target) if self.is_undoable else None


RECEIVED = Action(
    key="deposit-received",
    label=gettext_lazy("Deposit received"),
    done=gettext_lazy("Deposit noted"),
    icon="check",
    target=BookingStatus.CONFIRMED,
    service=payments.receive_deposit,
    tone="primary",
    reason=ReasonRule.MEANS,
)
WAIVED = Action(
    key="deposit-waived",
    label=gettext_lazy("Confirm without deposit"),
    done=gettext_lazy("Booking confirmed"),
    icon="calendar-check",
    target=BookingStatus.CONFIRMED,
    service=payments.waive_deposit,
    reason=ReasonRule.TEAM,
)
MISSED = Action(
    key="deposit-missing",
    label=gettext_lazy("Deposit did not come"),
    done=gettext_lazy("Booking canceled"),
    icon="x",
    target=BookingStatus.CANCELLED,
    service=payments.miss_deposit,
    tone="danger",
    reason=ReasonRule.TEXT,
)
APPROVE = Action(
    key="approve",
    label=gettext_lazy("Approve"),
    done=gettext_lazy("Booking approved"),
    icon="check",
    target=BookingStatus.CONFIRMED,
    service=transitions.approve,
    tone="primary",
)
DECLINE = Action(
    key="decline",
    label=gettext_lazy("Decline"),
    done=gettext_lazy("Booking declined"),
    icon="x",
    target=BookingStatus.DECLINED,
    service=transitions.decline,
    tone="danger",
    reason=ReasonRule.TEXT,
)
ARRIVE = Action(
    key="arrive",
    label=gettext_lazy("Arrived"),
    done=gettext_lazy("Marked as arrived"),
    icon="log-in",
    target=BookingStatus.ARRIVED,
    service=transitions.mark_arrived,
    tone="primary",
)
START = Action(
    key="start",
    label=gettext_lazy("Start"),
    done=gettext_lazy("Visit started"),
    icon="play",
    target=BookingStatus.IN_PROGRESS,
    service=transitions.start_visit,
    tone="primary",
)
COMPLETE = Action(
    key="complete",
    label=gettext_lazy("Finish"),
    done=gettext_lazy("Visit finished"),
    icon="check-check",
    target=BookingStatus.COMPLETED,
    service=transitions.complete_visit,
    tone="primary",
)
NO_SHOW = Action(
    key="no-show",
    label=gettext_lazy("No-show"),
    done=gettext_lazy("Marked as not come"),
    icon="user-x",
    target=BookingStatus.NO_SHOW,
    service=transitions.mark_no_show,
    tone="quiet",
)
CANCEL = Action(
    key="cancel",
    label=gettext_lazy("Cancel booking"),
    done=gettext_lazy("Booking canceled"),
    icon="ban",
    target=BookingStatus.CANCELLED,
    service=_cancel,
    tone="danger",
    reason=ReasonRule.CAUSE,
)
CANCEL_FOLLOWING = Action(
    key="cancel-following",
    label=gettext_lazy("Cancel this and the following"),
    done=gettext_lazy("Bookings canceled"),
    icon="ban",
    target=BookingStatus.CANCELLED,
    service=_cancel_following,
    tone="danger",
    reason=ReasonRule.CAUSE,
    undo_name="workspace:undo_following",
)

ACTIONS = {
    action.key: action
    for action in (
        RECEIVED,
        WAIVED,
        MISSED,
        APPROVE,
        DECLINE,
        ARRIVE,
        START,
        COMPLETE,
        NO_SHOW,
        CANCEL,
        CANCEL_FOLLOWING,
    )
}

_BY_STATUS: dict[BookingStatus, tuple[Action, ...]] = {
    BookingStatus.PENDING_PAYMENT: (RECEIVED, WAIVED, MISSED, CANCEL),
    BookingStatus.PENDING_APPROVAL: (APPROVE, DECLINE),
    BookingStatus.CONFIRMED: (ARRIVE, NO_SHOW, CANCEL),
    BookingStatus.ARRIVED: (START, CANCEL),
    BookingStatus.IN_PROGRESS: (COMPLETE,),
    BookingStatus.NO_SHOW: (ARRIVE,),
}


def list_actions(
    *,
    status: BookingStatus,
    starts_at: datetime,
    now: datetime,
    timezone: str = "UTC",
    has_following: bool = False,
    is_on_card: bool = False,
) -> tuple[Action, ...]:
    """Return the steps that make sense now; nobody can have failed to come before the start.

    What is done on the day of the visit is no main button before: somebody may come early, but seldom does.
    ``has_following``: others of its series come after it, and can be canceled along. ``is_on_card``: what it waits for
    is a card, which nobody hands over otherwise.
    """
    steps = _BY_STATUS.get(status, ())
    if is_on_card and status == BookingStatus.PENDING_PAYMENT:
        steps = (replace(WAIVED, label=gettext_lazy("Confirm without a card")), CANCEL)
    offered = [action for action in steps if action is not NO_SHOW or starts_at <= now]
    if has_following and may_end(status):
        offered.append(CANCEL_FOLLOWING)
    is_ahead = to_local(now, timezone).date() < to_local(starts_at, timezone).date()
    return tuple(replace(action, tone="") if is_ahead and action is ARRIVE else action for action in offered)


def make_undo(booking_id: int, status: BookingStatus) -> Undo:
    """Return the post that takes back the step to a status."""
    return Undo(url=reverse("workspace:undo", args=[booking_id, status.value]), fields={"from": "board"})


def is_movable(status: BookingStatus) -> bool:
    """Tell whether staff may give the booking another time."""
    return status in MOVABLE_BY_STAFF


def is_changeable(status: BookingStatus) -> bool:
    """Tell whether the booking may become another visit."""
    return status in MOVABLE_STATUSES


def is_resizable(status: BookingStatus) -> bool:
    """Tell whether staff may make the booking longer or shorter."""
    return status in RESIZABLE_STATUSES


def may_end(status: BookingStatus) -> bool:
    """Tell whether staff may cancel the booking."""
    return BookingStatus.CANCELLED in TRANSITIONS.get(status, frozenset())
