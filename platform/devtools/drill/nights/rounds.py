"""The nights of the drill, on businesses of their own."""

from __future__ import annotations

import resource
import time
from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager, ExitStack, contextmanager, nullcontext
from copy import deepcopy
from dataclasses import dataclass, field, replace
from pathlib import Path
from statistics import median
from typing import Any, cast

from django.conf import settings
from django.db import connection
from django.test import override_settings

from accounts.enums import Role
from accounts.services.people import add_person
from devtools.bench import business
from devtools.drill.nights.places import Shelf
from devtools.scratch.tenant import add_scratch_tenant, migrate_all
from kernel.clock import utc_now
from kernel.ids import new_reference
from tenants.jobs import call_in_tenant
from tenants.selectors.backups import find_standing, list_standings
from tenants.services.copies.nightly import DUE_KIND, plan_backups
from tenants.services.due_work import perform_due_work
from tenants.services.life_cycle import drop_tenant
from tenants.services.spares import refill_spares
from tenants.types import TenantInfo

PATIENCE_SECONDS = 60.0
LEFT = 20
"""So many businesses have not had their turn when the store goes away or the disk is full: each costs two archives."""
YESTERDAY_SQL = (
    "UPDATE tenants_backup SET began_at = began_at - interval '1 day', verified_at = verified_at - interval '1 day' "
    "WHERE schema_name = ANY(%s)"
)
FORGET_SQL = "DELETE FROM notifications_public_message WHERE template = 'backup_failed'"
TOLD_SQL = "SELECT count(*) FROM notifications_public_message WHERE template = 'backup_failed'"
SIZES_SQL = (
    "SELECT count(*), coalesce(sum(bytes), 0)::int8, coalesce(sum(rows), 0)::int8 FROM tenants_backup "
    "WHERE schema_name = ANY(%s) AND verified_at IS NOT NULL"
)
WAITING_SQL = (
    "SELECT count(*) FROM tenants_duework WHERE schema_name = 'public' AND kind = %s AND row_id = ANY(%s) "
    "AND NOT is_parked"
)


@dataclass(frozen=True, slots=True)
class Night:
    """How a night went."""

    name: str
    lines: tuple[str, ...]
    is_well: bool


@dataclass(slots=True)
class Turns:
    """What one worker did, business by business: the lane of archives leaves it alone with them."""

    seconds: list[float] = field(default_factory=list)
    failed: list[str] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Trouble:
    """What goes wrong in a night.

    Attributes:
        first: What is wrong from the start.
        later: What goes wrong when some of the businesses have not had their turn yet.
        struck: The businesses that get no archive because of that; the others got theirs earlier that night.
    """

    first: AbstractContextManager[None]
    later: AbstractContextManager[None]
    struck: Sequence[TenantInfo]


def run_nights(disk: Path, *, businesses: int, bookings: int) -> Iterator[Night]:
    """Make the businesses, spend the nights, and leave nothing; everything that is kept lies on ``disk``."""
    shelf, tenants = Shelf(disk), list[TenantInfo]()
    migrate_all()
    refill_spares()  # as beat does: one is restored into, and given back, for each try
    with _using(shelf), _operator():
        try:
            begun = time.perf_counter()
            tenants.extend(_make_businesses(businesses, bookings))
            made = f"{len(tenants)} businesses were made in {time.perf_counter() - begun:.0f} s"
            yield _spend_ordinary_night(shelf, tenants, made)
            left = tenants[-min(LEFT, len(tenants) - 1) :]
            trouble = Trouble(_damaged(tenants[0]), shelf.away(), [tenants[0], *left])
            yield _spend_bad_night("one is damaged, then the store goes away", shelf, tenants, trouble)
            trouble = Trouble(nullcontext(), shelf.full(), left)
            yield _spend_bad_night("the disk is full", shelf, tenants, trouble)
        finally:
            _ask("DELETE FROM tenants_backup WHERE schema_name = ANY(%s)", [_names(tenants)])
            _ask("DELETE FROM tenants_duework WHERE schema_name = 'public' AND kind = %s", [DUE_KIND])
            for tenant in tenants:
                drop_tenant(schema_name=tenant.schema_name)


def _spend_ordinary_night(shelf: Shelf, tenants: Sequence[TenantInfo], made: str) -> Night:
    processor, begun = time.process_time(), time.perf_counter()
    plan_backups(now=utc_now())
    turns = _work(tenants)
    seconds = time.perf_counter() - begun
    kept, size, rows = _ask(SIZES_SQL, [_names(tenants)])
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    lines = (
        made,
        (
            f"{seconds:.1f} s for one worker, {time.process_time() - processor:.1f} s of them its own processor; "
            f"one takes {median(turns.seconds):.2f} s, {max(turns.seconds):.2f} s at most"
        ),
        (
            f"{kept} archives with {rows} rows, {size / 1e6:.1f} MB, {size / max(kept, 1) / 1e3:.0f} kB each; "
            f"peak of memory {peak:.0f} MB"
        ),
    )
    is_well = (kept, turns.failed, _count_told()) == (len(tenants), [], 0) and len(shelf.read_sums()) == len(tenants)
    return Night(f"a night of {len(tenants)}", lines, is_well)


def _spend_bad_night(name: str, shelf: Shelf, tenants: Sequence[TenantInfo], trouble: Trouble) -> Night:
    """Let things go wrong, mend them when everybody has had a turn, and let due work make up for it."""
    _ask(FORGET_SQL)
    _ask(YESTERDAY_SQL, [_names(trouble.struck)])
    before = shelf.read_sums()
    plan_backups(now=utc_now())
    first = len(tenants) - min(LEFT, len(tenants) - 1)
    with ExitStack() as causes:
        causes.enter_context(trouble.first)
        failed = _work(tenants[:first]).failed
        causes.enter_context(trouble.later)
        failed += _work(tenants[first:]).failed
    standings = list_standings(_names(tenants), now=utc_now())
    red = [name for name in _names(tenants) if standings[name].has_failed]
    after, told = shelf.read_sums(), _count_told()
    stayed = sum(after.get(path) == digest for path, digest in before.items())
    said = sorted({find_standing(name, now=utc_now()).failure.split(":")[0] for name in (*red[:1], *red[-1:])})
    made_up = _make_up(tenants)
    lines = (
        f"{len(tenants) - len(failed)} have their archive, {len(failed)} do not; {len(red)} are red in the console",
        f"{stayed} of {len(before)} earlier archives are as they were; operators got {told} mail",
        *(f"said: {each}" for each in said),
        f"made up for in {made_up:.1f} s" if made_up is not None else "due work did NOT make up for it",
    )
    struck = _names(trouble.struck)
    is_well = (failed, red, stayed, told) == (struck, struck, len(before), 1)
    is_made_up = made_up is not None and len(shelf.read_sums()) == len(before) + len(struck)
    return Night(name, lines, is_well and is_made_up)


def _work(tenants: Sequence[TenantInfo]) -> Turns:
    turns = Turns()
    for tenant in tenants:
        begun = time.perf_counter()
        if not perform_due_work(schema_name="public", kind=DUE_KIND, row_id=tenant.id, now=utc_now()):
            turns.failed.append(tenant.schema_name)
        turns.seconds.append(time.perf_counter() - begun)
    return turns


def _make_up(tenants: Sequence[TenantInfo]) -> float | None:
    """Return how long it took until nothing was due any more; None: it still is."""
    begun = time.perf_counter()
    numbers = [tenant.id for tenant in tenants]
    deadline = begun + PATIENCE_SECONDS + len(tenants)
    while _ask(WAITING_SQL, [DUE_KIND, numbers])[0]:
        if time.perf_counter() > deadline:
            return None
        _work(tenants)
        time.sleep(0.5)
    return time.perf_counter() - begun


def _make_businesses(count: int, bookings: int) -> Iterator[TenantInfo]:
    many = bookings * 2 // 3
    business.SHAPES["night"] = replace(business.SHAPES["C"], bookings=many, later=bookings - many)
    tag = new_reference().lower()
    for number in range(count):
        info = add_scratch_tenant(slug=f"night-{number}-{tag}", now=utc_now())
        yield info
        call_in_tenant(info.schema_name, business.make_business, info, "night", now=utc_now())


@contextmanager
def _damaged(tenant: TenantInfo) -> Iterator[None]:
    """Take a table away from a business, as a disk that lost a file would."""
    schema = f'"{tenant.schema_name}"'
    _ask(f"ALTER TABLE {schema}.scheduling_customer RENAME TO lost")
    try:
        yield
    finally:
        _ask(f"ALTER TABLE {schema}.lost RENAME TO scheduling_customer")


@contextmanager
def _using(shelf: Shelf) -> Iterator[None]:
    storages = deepcopy(cast("dict[str, dict[str, Any]]", settings.STORAGES))
    storages["backups"]["OPTIONS"]["location"] = str(shelf.place)
    with override_settings(STORAGES=storages, BACKUP_WORK=shelf.work, BACKUP_KEYS=[]):
        yield


@contextmanager
def _operator() -> Iterator[None]:
    """Let somebody be there who can be told."""
    email = f"night-{new_reference().lower()}@scratch.example"
    add_person(name="Night", email=email, role=Role.OPERATOR, locale="en")
    try:
        yield
    finally:
        _ask("DELETE FROM public.accounts_user WHERE email = %s", [email])
        _ask(FORGET_SQL)


def _names(tenants: Sequence[TenantInfo]) -> list[str]:
    return [tenant.schema_name for tenant in tenants]


def _count_told() -> int:
    return int(_ask(TOLD_SQL)[0])


def _ask(sql: str, values: Sequence[Any] = ()) -> tuple[int, ...]:
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        return tuple(cursor.fetchone()) if cursor.description else ()
