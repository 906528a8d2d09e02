"""The scheduling engine: arithmetic on frozen values, without Django, clock or I/O.

A caller loads one immutable `Snapshot`, composes a `VisitSpec`, and asks:

    compose_visit(lines: Sequence[VisitLine]) -> VisitSpec
    choose_resources(visit, chosen: Collection[int]) -> VisitSpec
    needed_range(visit, from_minute, to_minute) -> tuple[int, int]

    find_slots(snapshot, visit, from_minute, to_minute, units=1) -> list[Slot]
    find_starts(snapshot, visit, from_minute, to_minute, units=1) -> list[int]
    find_next_free(snapshot, visit, from_minute, horizon_minute, units=1) -> Slot | None
    list_chunks(from_minute, horizon_minute) -> Iterator[tuple[int, int]]
    is_offered(snapshot, visit, start_minute, units=1) -> bool
    explain(snapshot, visit, start_minute, units=1) -> Explanation

    assign(snapshot, visit, start_minute, units=1, *, strategy=Strategy.FIXED_ORDER,
           ledger={}, excluding=frozenset()) -> Candidate | None
    list_candidates(… same …) -> Iterator[Candidate]
    split_into_lanes(taken, lane_count, start_minute, end_minute, units=1)
        -> list[tuple[lane, start, end]] | None

    bucket_key(period, timezone, start_minute) -> int
    tally_usage(period, timezone, starts) -> dict[int, int]
    usage_range(period, timezone, from_minute, to_minute) -> tuple[int, int]
    to_minute(timezone, on, wall_minute) -> int
    to_local_date(timezone, minute) -> date
"""
