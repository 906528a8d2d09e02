"""What is agreed of a visit that becomes another one: what stays keeps its price, what is new has today's."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from kernel.instants import to_instant
from scheduling.enums import BookingLevel
from scheduling.hooks import DepositTerms, compute_deposit, takes_deposits
from scheduling.models import Booking, BookingLine, Service
from scheduling.selectors.availability.plans import Plan
from scheduling.services.writing.placement import Place
from scheduling.services.writing.records import is_outside_hours, make_lines, was_here
from scheduling.types import TERM_NAMES, AgreedPolicy, ServiceTerms


@dataclass(frozen=True, slots=True)
class NewTerms:
    """What a booking agrees on from now on.

    Attributes:
        lines: Its services in order, not saved.
        price_minor: None: on request.
        deposit_minor: What would be due in advance, in the smallest coin; whether it is asked, others decide.
    """

    lines: tuple[BookingLine, ...]
    price_minor: int | None
    deposit_minor: int
    policy: AgreedPolicy


@dataclass(frozen=True, slots=True)
class _Pair:
    """A line as it is to be, and the one that it was; None: it is new."""

    line: BookingLine
    before: BookingLine | None


def agree_anew(booking: Booking, old: Sequence[BookingLine], plan: Plan, place: Place, *, now: datetime) -> NewTerms:
    """Return what a booking agrees on when its ``old`` lines make way for the visit of a plan.

    A service that stays keeps its name, its price and the extras that it had; its length is that of its place. The
    price changes by what comes and goes, so that one that staff corrected stays so. So does the deposit: by the
    difference between what the services ask of the new visit and what they would ask of the old one. Whoever must
    prepay pays the price of a service that asks for nothing.
    """
    pairs = _pair(old, make_lines(plan, place))
    price = _find_price(booking, old, pairs)
    policy = _find_policy(booking, plan, pairs)
    deposit = _find_deposit(booking, old, pairs, plan, place, now=now)
    if price is not None:
        deposit = min(deposit, price)
    if policy.is_on_card and _must_prepay(booking) and deposit > booking.deposit_minor > 0:
        policy = replace(policy, is_on_card=False)  # a card is not enough of them
    if policy.is_on_card and booking.deposit_minor:
        deposit = min(deposit, booking.deposit_minor)  # the card was left for no more than that
    return NewTerms(tuple(each.line for each in pairs), price, deposit, policy)


def _pair(old: Sequence[BookingLine], new: Sequence[BookingLine]) -> list[_Pair]:
    """Give each new line what was agreed of the same service, each old one once."""
    left, pairs = list(old), []
    for line in new:
        before = next((each for each in left if each.service_id == line.service_id), None)
        if before is not None:
            left.remove(before)
            line.service_name, line.service_names = before.service_name, before.service_names
            line.price_minor = before.price_minor
            agreed = {each["id"]: each for each in before.add_ons}
            line.add_ons = [agreed.get(each["id"], each) for each in line.add_ons]
        pairs.append(_Pair(line, before))
    return pairs


def _find_price(booking: Booking, old: Sequence[BookingLine], pairs: Sequence[_Pair]) -> int | None:
    new = [each.line for each in pairs]
    kept = [each.before for each in pairs if each.before is not None]
    is_dropped_open = any(each.price_minor is None for each in old if each not in kept)
    is_new_open = any(each.line.price_minor is None for each in pairs if each.before is None)
    if is_new_open:
        return None
    if booking.price_minor is None or is_dropped_open:
        return None if any(each.price_minor is None for each in new) else sum(map(_count, new))
    return max(0, booking.price_minor + sum(map(_count, new)) - sum(map(_count, old)))


def _count(line: BookingLine) -> int:
    """Return what a line costs with its extras, as far as it has a price."""
    return (line.price_minor or 0) + sum(int(each["price_minor"]) for each in line.add_ons)


def _find_policy(booking: Booking, plan: Plan, pairs: Sequence[_Pair]) -> AgreedPolicy:
    agreed = AgreedPolicy.read(booking.policy)
    by_id = {each.id: each for each in plan.services}
    new = [by_id[each.line.service_id] for each in pairs if each.before is None]
    return agreed.extend(new, is_asked=booking.deposit_minor > 0) if new else agreed


def _must_prepay(booking: Booking) -> bool:
    customer = booking.customer
    return customer is not None and customer.booking_level == BookingLevel.MUST_PREPAY


def _find_deposit(
    booking: Booking,
    old: Sequence[BookingLine],
    pairs: Sequence[_Pair],
    plan: Plan,
    place: Place,
    *,
    now: datetime,
) -> int:
    planned = {each.id: each for each in plan.services}
    gone = Service.objects.filter(pk__in={each.service_id for each in old} - set(planned))
    terms = planned | {row.pk: ServiceTerms.read({name: getattr(row, name) for name in TERM_NAMES}) for row in gone}
    must_prepay = _must_prepay(booking)
    pays_all = must_prepay and takes_deposits()
    is_first_visit = not was_here(booking.customer_id, now=now)
    is_outside = is_outside_hours(plan, place)
    start = to_instant(place.start_minute)

    def ask(line: BookingLine, agreed_at: datetime, since: datetime) -> int:
        asked = compute_deposit(
            DepositTerms(
                service=terms[line.service_id],
                price_minor=None if line.price_minor is None else _count(line),
                currency=booking.currency,
                is_outside_hours=is_outside,
                lead_minutes=int((since - agreed_at).total_seconds()) // 60,
                is_first_visit=is_first_visit,
                must_prepay=must_prepay,
            )
        )
        return _count(line) if pays_all and not asked else asked

    before = sum(ask(each, booking.created_at, booking.starts_at) for each in old)
    after = sum(
        ask(each.line, now, start) if each.before is None else ask(each.line, booking.created_at, booking.starts_at)
        for each in pairs
    )
    agreed = booking.deposit_minor
    if after >= before:
        return agreed + after - before
    # What was agreed may be less than the services ask, a part left out: what stays is asked for all the same.
    return max(agreed - (before - after), min(agreed, after))
