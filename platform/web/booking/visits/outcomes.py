"""What becomes of a deposit if plans change: the terms agreed, with the dates and the money of this visit."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.utils.translation import gettext

from billing.engine import Ending, Split
from billing.enums import PaymentState
from billing.policies import read_refund_terms, split_payment
from billing.selectors.payments import preview_cancellation
from billing.types import PaymentView
from scheduling.types import BookingView
from scheduling.types.policies import find_withdrawal_period
from tenants.context import current_tenant
from web.templatetags.formats import get_current_formats

BACK, SHARED, KEPT = "circle-check", "circle-alert", "circle-x"
"""Signs of what goes back whole, in part, and not at all."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What may happen, and what becomes of the money then."""

    when: str
    text: str
    icon: str


def list_outcomes(booking: BookingView, payments: tuple[PaymentView, ...], *, now: datetime) -> tuple[Outcome, ...]:
    """Return the outcomes of a visit that is still to come, by what was paid, or is to be; none without a deposit.

    None either where all of it went back already: nothing is left to share. No query.
    """
    start = booking.starts_at
    if not booking.deposit_minor or start <= now:
        return ()

    def share(ending: Ending, at: datetime) -> Split | None:
        if any(each.state == PaymentState.RECEIVED for each in payments):
            return preview_cancellation(booking, payments, at=at, ending=ending)
        return split_payment(booking.deposit_minor, booking, ending=ending, at=at)

    limit = _find_limit(booking, now)
    early, late, missed = share(Ending.CUSTOMER, now), share(Ending.CUSTOMER, start), share(Ending.NO_SHOW, start)
    if early is None or late is None or missed is None:
        return ()
    found = [(gettext("If it is canceled"), late)]
    if limit is not None and now < limit < start and early != late:
        until = get_current_formats().format_date_time(limit, booking.timezone)
        found = [
            (gettext("Canceled until %(time)s") % {"time": until}, early),
            (gettext("Canceled later"), late),
        ]
    found.append((gettext("If nobody comes"), missed))
    return tuple(_describe(booking, when, split) for when, split in found)


def _find_limit(booking: BookingView, now: datetime) -> datetime | None:
    """Return until when whoever cancels gets all of it back: as agreed, or of a fee as the law says."""
    if booking.agreed.is_deposit_fee:
        return booking.created_at + find_withdrawal_period(current_tenant().country)
    free = read_refund_terms(booking, at=now).free_until_minutes
    return None if free is None else booking.starts_at - timedelta(minutes=free)


def _describe(booking: BookingView, when: str, split: Split) -> Outcome:
    formats = get_current_formats()
    said = {
        "back": formats.format_money(split.back_minor, booking.currency),
        "kept": formats.format_money(split.kept_minor, booking.currency),
    }
    sign = SHARED if split.back_minor else KEPT
    if booking.agreed.is_on_card:
        charged = gettext("%(kept)s can be charged to the card.") % said
        return Outcome(when, charged, sign) if split.kept_minor else Outcome(when, gettext("Nothing is charged."), BACK)
    if not split.kept_minor:
        return Outcome(when, gettext("All %(back)s go back.") % said, BACK)
    if not split.back_minor:
        return Outcome(when, gettext("The business keeps %(kept)s.") % said, KEPT)
    return Outcome(when, gettext("%(back)s go back; the business keeps %(kept)s.") % said, SHARED)
