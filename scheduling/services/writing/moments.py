"""What bookings take of rules per moment: lanes that PostgreSQL keeps apart, given out under the lock of the rule.

The lock is taken last, when everything else is written, and held until the commit that follows: whoever waits for it
earlier would hold up all who want the same people. Who finds no lane then has lost a race and looks again.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from itertools import starmap

from database.locks import lock_rules
from database.transactions import LostRace
from kernel.instants import to_instant, to_minutes
from scheduling.engine import split_into_lanes
from scheduling.models import Booking, CapacityRule, RuleTake
from scheduling.types import RuleUse


def list_moments(booking: Booking) -> list[RuleUse]:
    """List what a booking uses of rules per moment."""
    return [use for use in starmap(RuleUse, booking.rule_usage) if use.bucket is None]


def free_moments(booking_ids: Collection[int]) -> None:
    """Give back what bookings took."""
    if booking_ids:
        RuleTake.objects.filter(booking_id__in=booking_ids).delete()


def take_moments(bookings: Iterable[Booking], *, is_override: bool, rule_id: int | None = None) -> None:
    """Let saved bookings take what they use of rules per moment, or of one of them, while their visits last.

    Raises:
        LostRace: A rule has no room by now (unless it is overridden).
    """
    wanted = [(use, booking) for booking in bookings for use in list_moments(booking) if rule_id in {None, use.rule_id}]
    rule_ids = {use.rule_id for use, _ in wanted}
    if not rule_ids:
        return
    lock_rules(rule_ids)
    limits = dict(CapacityRule.objects.filter(pk__in=rule_ids).values_list("pk", "limit"))
    for use, booking in sorted(wanted, key=lambda each: (each[0].rule_id, each[1].pk)):
        RuleTake.objects.bulk_create(_cut(booking, use, limits[use.rule_id], is_override=is_override))


def _cut(booking: Booking, use: RuleUse, limit: int, *, is_override: bool) -> list[RuleTake]:
    """Cut a visit into pieces that lie in free lanes of a rule; those that find none lie beside them."""
    known = RuleTake.objects.filter(
        rule_id=use.rule_id, lane__isnull=False, starts_at__lt=booking.ends_at, ends_at__gt=booking.starts_at
    )
    taken = [
        (lane or 0, to_minutes(start), to_minutes(end))
        for lane, start, end in known.values_list("lane", "starts_at", "ends_at")
    ]
    period = to_minutes(booking.starts_at), to_minutes(booking.ends_at)
    pieces = split_into_lanes(taken, limit, *period, use.amount)
    if pieces is None and not is_override:
        raise LostRace
    laid: list[tuple[int | None, int, int]] = [*pieces] if pieces is not None else [(None, *period)] * use.amount
    return [
        RuleTake(rule_id=use.rule_id, booking=booking, lane=lane, starts_at=to_instant(start), ends_at=to_instant(end))
        for lane, start, end in laid
    ]
