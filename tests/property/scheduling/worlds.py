"""Random small worlds for the engine and the oracle to agree on."""

from dataclasses import dataclass, replace
from datetime import date, timedelta
from random import Random

from scheduling.engine import (
    ALWAYS,
    Align,
    BookablePeriod,
    Busy,
    CapacityRule,
    Closing,
    DateOverride,
    Measure,
    Requirement,
    Resource,
    RulePeriod,
    RuleTimes,
    ServiceSpec,
    Session,
    Snapshot,
    VisitLine,
    VisitSpec,
    WeeklyPeriod,
    choose_resources,
    compose_visit,
    tally_usage,
)
from tests.property.scheduling.oracle import CountedRule, counts, instant, local

# Ordinary days, and the days of unusual clock changes.
PLACES = (
    ("Europe/Madrid", date(2026, 1, 14)),
    ("Europe/Madrid", date(2026, 3, 29)),
    ("Europe/Madrid", date(2026, 10, 25)),
    ("America/New_York", date(2026, 11, 1)),
    ("Australia/Lord_Howe", date(2026, 4, 5)),
    ("Australia/Lord_Howe", date(2026, 10, 4)),
    ("America/St_Johns", date(2026, 3, 8)),
    ("America/St_Johns", date(2006, 10, 29)),  # changed at 00:01, back to 23:01 of the day before
    ("America/Santiago", date(2026, 4, 4)),
    ("America/Santiago", date(2026, 9, 6)),
    ("Asia/Kathmandu", date(2026, 5, 1)),
    ("Pacific/Chatham", date(2026, 4, 5)),
    ("Pacific/Apia", date(2011, 12, 29)),  # 30 December 2011 did not exist
    ("Africa/Casablanca", date(2026, 2, 15)),
    ("Asia/Tehran", date(2021, 3, 22)),
    ("Asia/Gaza", date(2026, 3, 28)),
)


@dataclass(frozen=True)
class World:
    snapshot: Snapshot
    lines: tuple[VisitLine, ...]
    chosen: tuple[int, ...]
    visit: VisitSpec
    rules: tuple[CountedRule, ...]
    first: int
    last: int
    units: int


def make_world(random: Random) -> World:
    zone, on = random.choice(PLACES)
    on += timedelta(days=random.choice((-1, 0, 0, 0, 1)))
    first = instant(zone, on, random.choice((0, 0, 0, 600)))
    last = first + random.choice((600, 1440, 1500, 2880))
    resource_ids = list(range(1, random.choice((1, 2, 3, 3, 4, 4)) + 1))
    resources = {resource_id: _make_resource(random, resource_id, zone, on) for resource_id in resource_ids}
    is_group = random.random() < 0.3
    services = [_make_service(random, resource_ids, is_group=is_group)]
    if not is_group and random.random() < 0.2:
        services.append(_make_service(random, resource_ids, is_group=False))
    if len(services) > 1:
        # Two who begin one of several services: it may be planned as if one were as slow as others of the pool.
        services = [each if each.requirements[0].quantity == 1 else replace(each, durations=()) for each in services]
    lines = tuple(VisitLine(service, random.choice((0, 0, 0, 10))) for service in services)
    visit, chosen = compose_visit(lines), ()
    if random.random() < 0.3:
        pool = sorted(visit.pool)
        chosen = tuple(random.sample(pool, random.randint(1, min(random.choice((1, 2, 2, 3)), len(pool)))))
        visit = choose_resources(visit, chosen)
    if random.random() < 0.05:
        visit = replace(visit, step_minutes=random.choice((1, 1440, 2000)))
    units = random.choice((*(1,) * 7, 2, 3))
    grain = random.choice((1, 5, 15, 30))
    rows = [_make_row(random, resource_ids, first, last, grain) for _ in range(random.choice((0, 2, 4, 8, 20)))]
    sessions = _make_sessions(random, visit, resource_ids, first, last, grain) if random.random() < 0.6 else ()
    rules = tuple(
        _make_rule(random, index, zone, first, last, resource_ids)
        for index in range(random.choice((0, 0, 0, 1, 1, 2, 3)))
    )
    snapshot = Snapshot(
        timezone=zone,
        now_minute=first + random.choice((-2000, -2000, -2000, -300, 60)),
        now_is_mid_minute=random.random() < 0.5,
        resources=resources,
        busy=Busy.of(rows),
        sessions=sessions,
        rules=tuple(item.rule for item in rules),
        holidays=frozenset({on + timedelta(days=random.randint(-1, 1))}) if random.random() < 0.15 else frozenset(),
    )
    return World(snapshot, lines, chosen, visit, rules, first, last, units)


def _wall(random: Random) -> int:
    return random.choice((0, 30, 90, 120, 150, 180, 540, 550, 605, 780, 840, 1020, 1080, 1320, 1380, 1410))


def _make_period(random: Random) -> tuple[int, int]:
    kind = random.random()
    if kind < 0.3:
        return 0, 1440
    if kind < 0.65:
        opens = _wall(random)
        return opens, min(opens + random.choice((75, 240, 480, 600)), 1440)
    return _wall(random), random.choice((_wall(random), 1440))


def _make_week(random: Random, most: int, on: date) -> tuple[WeeklyPeriod, ...]:
    periods = [_make_period(random) for _ in range(random.randint(min(most, 1), most))]
    rows = []
    for weekday in range(7):
        for opens, closes in periods if random.random() < 0.85 else [_make_period(random)][:most]:
            valid_from = on + timedelta(days=random.randint(-2, 2)) if random.random() < 0.05 else None
            valid_to = on + timedelta(days=random.randint(2, 4)) if random.random() < 0.05 else None
            rows.append(WeeklyPeriod(weekday, opens, closes, valid_from, valid_to))
    return tuple(rows)


def _make_resource(random: Random, resource_id: int, zone: str, on: date) -> Resource:
    dates = random.sample([on + timedelta(days=days) for days in (-1, 0, 1)], random.choice((0, 0, 0, 1, 2)))
    closed = random.choice((0, 0, 0, 0, 1, 2))
    noon = instant(zone, on, 720)
    time_off = []
    for _ in range(random.choice((0, 0, 0, 1, 2))):
        start = noon + random.randint(-900, 900)
        time_off.append((start, start + random.choice((0, 1, 45, 300, 1500))))
    return Resource(
        id=resource_id,
        timezone=zone if random.random() < 0.9 else random.choice(PLACES)[0],
        hours=_make_week(random, 3, on),
        breaks=_make_week(random, 1, on) if random.random() < 0.25 else (),
        overrides=tuple(
            DateOverride(day, tuple(_make_period(random) for _ in range(random.randint(0, 2)))) for day in dates
        ),
        closings=tuple(
            Closing(on + timedelta(days=random.randint(-1, 1)), (_make_period(random),)) for _ in range(closed)
        ),
        time_off=tuple(time_off),
        capacity=random.choice((1, 1, 1, 2, 3)),
        observes_holidays=random.random() < 0.8,
    )


def _make_service(random: Random, resource_ids: list[int], *, is_group: bool) -> ServiceSpec:
    duration = random.choice((10, 10, 30, 30, 45, 60, 60, 90, 133))
    requirements = _make_parts(random, duration, resource_ids) if random.random() < 0.45 else []
    for _ in range(0 if requirements else random.randint(1, min(3, len(resource_ids)))):
        pool = random.sample(resource_ids, random.randint((len(resource_ids) + 1) // 2, len(resource_ids)))
        begins, lasts = 0, None
        if random.random() < 0.45:
            begins = random.choice((0, duration // 3, duration // 3))
            lasts = random.choice((None, (duration - begins) // 2, duration - begins))
        quantity = random.choice((1, 1, 1, 1, 1, 1, 2)) if len(pool) > 1 else 1
        requirements.append(Requirement(tuple(pool), quantity, begins, lasts))
    spec = ServiceSpec(
        id=7,
        duration_minutes=duration,
        step_minutes=random.choice((5, 7, 10, 15, 20, 30, 45, 60, 90)),
        requirements=tuple(requirements),
        buffer_before_minutes=random.choice((0, 0, 0, 5, 15)),
        buffer_after_minutes=random.choice((0, 0, 0, 10, 30)),
        buffers_inside_hours=random.random() < 0.2,
        align=random.choice(list(Align)),
        minimum_notice_minutes=random.choice((0, 0, 0, 0, 60, 60, 1440)),
        booking_window_days=random.choice((None, None, None, 1, 2, 3, 4)),
        seats=random.randint(2, 4) if is_group else None,
    )
    return _add_keys(random, spec) if random.random() < 0.5 else spec


def _add_keys(random: Random, spec: ServiceSpec) -> ServiceSpec:
    """Let a service start only at some hours, and last otherwise with some of those who begin it."""
    hours: tuple[BookablePeriod, ...] = ()
    if random.random() < 0.4:
        hours = tuple(
            BookablePeriod(weekday, *_make_period(random))
            for weekday in random.choices(range(7), k=random.randint(4, 12))
        )
    least = max(each.starts_after_minutes + (each.duration_minutes or 1) for each in spec.requirements)
    slow = [each for each in spec.requirements[0].pool if random.random() < 0.5]
    minutes = [max(least, length) for length in (5, 20, 50, spec.duration_minutes + 15, 2 * spec.duration_minutes)]
    return replace(
        spec,
        bookable_hours=hours,
        latest_start_minute=random.choice((None, None, 90, 150, 605, 1080)),
        durations=tuple((each, random.choice(minutes)) for each in slow) if random.random() < 0.6 else (),
    )


def _make_times(random: Random, on: date) -> RuleTimes:
    begins, ends = random.choice(((None, None), (_wall(random), _wall(random) or 1440)))
    return RuleTimes(
        weekdays=tuple(sorted(random.sample(range(7), random.choice((0, 0, 3, 5))))),
        from_minute=begins,
        to_minute=1440 if begins is not None and begins == ends else ends,
        valid_from=random.choice((None, None, on, on + timedelta(days=1))),
        valid_to=random.choice((None, None, on, on + timedelta(days=1))),
    )


def _make_parts(random: Random, duration: int, resource_ids: list[int]) -> list[Requirement]:
    """Parts one after the other, with and without a pause or an overlap between them, some by the same people."""
    count = random.choice((2, 2, 3, 3, 4))
    length = max(duration // count, 1)
    requirements: list[Requirement] = []
    for number in range(count):
        pool = random.sample(resource_ids, random.randint(1, len(resource_ids)))
        quantity = random.choice((1, 1, 1, 2)) if len(pool) > 1 else 1
        begins = min(number * length, duration - 1)
        lasts = max(length - random.choice((0, 0, 1, 5, 10, -5)), 1)
        twins = [index for index, each in enumerate(requirements) if each.quantity == quantity]
        same_as = random.choice(twins) if twins and random.random() < 0.5 else None
        is_last = number == count - 1 and random.random() < 0.7
        fits = None if is_last or begins + lasts > duration else lasts
        requirements.append(Requirement(tuple(pool), quantity, begins, fits, same_as))
    if random.random() < 0.3:
        requirements.insert(len(requirements), Requirement((random.choice(resource_ids),)))
    # The first may also name one that comes later.
    if random.random() < 0.15 and requirements[0].quantity == requirements[1].quantity:
        requirements[0] = replace(requirements[0], same_as=1)
    return requirements


def _make_row(random: Random, ids: list[int], first: int, last: int, grain: int) -> tuple[int, int, int, int]:
    start = random.randrange(first - 1440, last + 300) // grain * grain
    return random.choice(ids), start, start + random.choice((0, 20, 30, 60, 300)), random.choice((1, 1, 1, 2))


def _make_sessions(
    random: Random, visit: VisitSpec, ids: list[int], first: int, last: int, grain: int
) -> tuple[Session, ...]:
    sessions = {}
    for _ in range(random.randint(1, 6)):
        start = random.randrange(first - 300, last + 300) // grain * grain
        if random.random() < 0.7:
            pieces = []
            for part in visit.parts:
                begins = start + part.starts_after_minutes - part.buffer_before_minutes
                ends = start + part.starts_after_minutes + part.duration_minutes + part.buffer_after_minutes
                pieces += [
                    (resource_id, begins, ends + random.choice((0, 0, 0, 30)))
                    for resource_id in random.sample(part.pool, min(part.quantity, len(part.pool)))
                ]
        else:
            pieces = [(random.choice(ids), start, start + 60)]
        service_id = random.choice((7, 7, 7, 8))
        key = (service_id, start, frozenset(resource_id for resource_id, _, _ in pieces))
        sessions[key] = Session(service_id, start, random.randint(1, 4), tuple(pieces))
    return tuple(sessions.values())


def _make_rule(random: Random, rule_id: int, zone: str, first: int, last: int, ids: list[int]) -> CountedRule:
    period = random.choice(list(RulePeriod))
    timezone = zone if random.random() < 0.8 else random.choice(PLACES)[0]
    measure = random.choice(
        [each for each in Measure if period is not RulePeriod.MOMENT or each is not Measure.MINUTES]
    )
    times = _make_times(random, local(timezone, first).date()) if random.random() < 0.4 else ALWAYS
    size = {"bookings": 1, "seats": 2, "minutes": 120}[measure]
    counted = tuple(
        (random.randrange(first - 2000, last + 2000), random.randint(1, size), random.choice((1, 30, 60, 400)))
        for _ in range(random.randint(0, 8))
    )
    blank = CapacityRule(id=rule_id, period=period, limit=0, timezone=timezone, measure=measure, times=times)
    own = [each for each in counted if counts(blank, each[0])]
    is_moment = period is RulePeriod.MOMENT
    rule = replace(
        blank,
        period=period,
        limit=random.choice((0, size, *(size * 4,) * 5, *(size * 8,) * 5)),
        usage={} if is_moment else tally_usage(period, timezone, [each[:2] for each in own]),
        taken=tuple((at, at + lasts, amount) for at, amount, lasts in own) if is_moment else (),
        resource_id=random.choice((None, random.choice(ids))),
    )
    return CountedRule(rule, counted)
