"""The scheduling engine: arithmetic on frozen values, without Django, clock or I/O.

A caller loads one immutable `Snapshot`, composes a `VisitSpec`, and asks:

    compose_visit(lines: Sequence[VisitLine]) -> VisitSpec
    visit_of(service, extra_minutes=0) -> VisitSpec
    choose_resources(visit, chosen: Collection[int]) -> VisitSpec
    keep_resources(visit, kept: Collection[int]) -> VisitSpec
    keep_filling(visit, filling: Collection[(part index, resource id)]) -> VisitSpec
    fix_length(visit, minutes) -> VisitSpec
    keep_length(visit, minutes) -> VisitSpec
    list_servers(visit) -> frozenset[int]
    list_lengths(visit) -> list[VisitSpec]
    settle_length(visit, filling) -> VisitSpec
    unbind(visit, is_any_minute=False) -> VisitSpec
    find_window(services) -> int | None
    needed_range(visit, from_minute, to_minute) -> tuple[int, int]
    assignment_range(visit, start_minute) -> tuple[int, int]
    occupied_range(visit, start_minute) -> tuple[int, int]

    find_slots(snapshot, visit, from_minute, to_minute, units=1) -> list[Slot]
    find_starts(snapshot, visit, from_minute, to_minute, units=1) -> list[int]
    find_offered(snapshot, visit, from_minute, to_minute, units=1) -> Offered
    unite_offered(found: Sequence[Offered]) -> Offered
    find_next_free(snapshot, visit, from_minute, horizon_minute, units=1) -> Slot | None
    list_chunks(from_minute, horizon_minute) -> Iterator[tuple[int, int]]
    expand_hours(resource, holidays, from_minute, to_minute) -> Hours
    list_openings(resources, holidays, from_minute, to_minute) -> list[tuple[int, int]]
    find_answer_deadline(asked, start, *, within_minutes, ahead_minutes, openings) -> int
    find_payment_deadline(asked, start, *, opening_minutes, openings) -> int
    is_offered(snapshot, visit, start_minute, units=1) -> bool
    explain(snapshot, visit, start_minute, units=1) -> Explanation

    assign(snapshot, visit, start_minute, units=1, *, strategy=Strategy.FIXED_ORDER,
           ledger={}, excluding=frozenset()) -> Candidate | None
    list_candidates(… same …) -> Iterator[Candidate]
    fill_in_order(visit, resource_ids) -> [(part index, resource id)] | None
    fill_blindly(visit) -> [(part index, resource id)] | None
    place_at(visit, start_minute, filling, resources, units) -> tuple[Assignment, ...]
    split_into_lanes(taken, lane_count, start_minute, end_minute, units=1)
        -> list[tuple[lane, start, end]] | None

    amount_of(measure, *, minutes, units) -> int
    bucket_key(period, timezone, start_minute) -> int
    tally_usage(period, timezone, starts) -> dict[int, int]
    is_counted(times, timezone, start_minute) -> bool
    list_counted(times, timezone, starts) -> list[tuple[int, int]]
    usage_range(period, timezone, from_minute, to_minute) -> tuple[int, int]
    to_minute(timezone, on, wall_minute) -> int
    list_midnights(timezone, from_on, days) -> list[int]
    to_local_date(timezone, minute) -> date
    to_wall(timezone, minute) -> WallTime
    find_wall(timezone, wall) -> minute

    find_turn(waiter, timezone, starts, now_minute) -> Turn | None
    find_fitting(waiter, timezone, starts) -> minute | None
    find_offer_end(timezone, now_minute, start_minute, notice_minutes) -> int | None
    is_over(waiter, timezone, now_minute) -> bool
"""

from scheduling.engine.answers import Assignment, Candidate, Explanation, LedgerEntry, Offered, Reason, Slot
from scheduling.engine.assignment import assign, fill_blindly, fill_in_order, list_candidates, place_at
from scheduling.engine.enums import Align, Measure, ReasonCode, RulePeriod, Strategy
from scheduling.engine.errors import EngineInputError, limited
from scheduling.engine.explanation import explain
from scheduling.engine.filling.lineup import list_servers
from scheduling.engine.hours import (
    SHORTEST_ANSWER_MINUTES,
    expand_hours,
    find_answer_deadline,
    find_payment_deadline,
    list_openings,
)
from scheduling.engine.lanes import split_into_lanes
from scheduling.engine.rules import amount_of, bucket_key, tally_usage, usage_range
from scheduling.engine.slots import (
    find_next_free,
    find_offered,
    find_slots,
    find_starts,
    is_offered,
    list_chunks,
    unite_offered,
)
from scheduling.engine.types import (
    ALWAYS,
    LARGEST_PARTY,
    LONGEST_AHEAD_MINUTES,
    LONGEST_VISIT_MINUTES,
    BookablePeriod,
    Busy,
    BusyRows,
    CapacityRule,
    Closing,
    DateOverride,
    Length,
    Part,
    Requirement,
    Resource,
    RuleTimes,
    ServiceSpec,
    ServiceTiming,
    Session,
    Snapshot,
    VisitLine,
    VisitSpec,
    WeeklyPeriod,
)
from scheduling.engine.visit import (
    GAP_REACH_MINUTES,
    assignment_range,
    choose_resources,
    compose_visit,
    find_window,
    fix_length,
    keep_filling,
    keep_length,
    keep_resources,
    list_lengths,
    needed_range,
    occupied_range,
    settle_length,
    unbind,
    visit_of,
)
from scheduling.engine.waiting import OFFER_MINUTES, Turn, Waiter, find_fitting, find_offer_end, find_turn, is_over
from scheduling.engine.walls import (
    find_night,
    fold_period,
    is_counted,
    join_touching,
    lasts_too_long,
    lies_in,
    list_counted,
    meets,
    move_days,
    unfold_period,
)
from scheduling.engine.zone import WallTime, find_wall, list_midnights, to_local_date, to_minute, to_wall

__all__ = [
    "ALWAYS",
    "GAP_REACH_MINUTES",
    "LARGEST_PARTY",
    "LONGEST_AHEAD_MINUTES",
    "LONGEST_VISIT_MINUTES",
    "OFFER_MINUTES",
    "SHORTEST_ANSWER_MINUTES",
    "Align",
    "Assignment",
    "BookablePeriod",
    "Busy",
    "BusyRows",
    "Candidate",
    "CapacityRule",
    "Closing",
    "DateOverride",
    "EngineInputError",
    "Explanation",
    "LedgerEntry",
    "Length",
    "Measure",
    "Offered",
    "Part",
    "Reason",
    "ReasonCode",
    "Requirement",
    "Resource",
    "RulePeriod",
    "RuleTimes",
    "ServiceSpec",
    "ServiceTiming",
    "Session",
    "Slot",
    "Snapshot",
    "Strategy",
    "Turn",
    "VisitLine",
    "VisitSpec",
    "Waiter",
    "WallTime",
    "WeeklyPeriod",
    "amount_of",
    "assign",
    "assignment_range",
    "bucket_key",
    "choose_resources",
    "compose_visit",
    "expand_hours",
    "explain",
    "fill_blindly",
    "fill_in_order",
    "find_answer_deadline",
    "find_fitting",
    "find_next_free",
    "find_night",
    "find_offer_end",
    "find_offered",
    "find_payment_deadline",
    "find_slots",
    "find_starts",
    "find_turn",
    "find_wall",
    "find_window",
    "fix_length",
    "fold_period",
    "is_counted",
    "is_offered",
    "is_over",
    "join_touching",
    "keep_filling",
    "keep_length",
    "keep_resources",
    "lasts_too_long",
    "lies_in",
    "limited",
    "list_candidates",
    "list_chunks",
    "list_counted",
    "list_lengths",
    "list_midnights",
    "list_openings",
    "list_servers",
    "meets",
    "move_days",
    "needed_range",
    "occupied_range",
    "place_at",
    "settle_length",
    "split_into_lanes",
    "tally_usage",
    "to_local_date",
    "to_minute",
    "to_wall",
    "unbind",
    "unfold_period",
    "unite_offered",
    "usage_range",
    "visit_of",
]
