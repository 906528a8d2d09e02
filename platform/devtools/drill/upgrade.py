"""``./dev drill upgrade``: the version before, with 50,000 bookings, becomes this one, and that one again, under load.

The version before is a commit (unless told otherwise the one before the newest migration), checked out beside this
one. It runs two of everything and takes bookings; meanwhile this version migrates, takes its place process by
process, and gives it back the same way: the old code then works on the new schema. At the end this version serves
again. Nobody may notice, no row may differ, everybody who booked is told.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from config.environment import ROOT, read_environment
from devtools.bench.checkouts import checked_out
from devtools.checks.git import ask_git
from devtools.drill.pair.judging import look_at_work
from devtools.drill.pair.load import Shop, booking, read_shop
from devtools.drill.pair.site import Pair, running_pair, start_over
from devtools.servers.embedded import running_servers
from devtools.terminal import complain, say

BOOKINGS, VISITS = 50_000, 100
PAUSE_SECONDS = 4.0
"""Of each visitor between two bookings: they come in all the while."""
SLUG = "de-ayer"
SUM_SQL = """
SELECT count(*), md5(string_agg(concat_ws('|', id, reference, token_hash, starts_at, ends_at, status, customer_email),
  ',' ORDER BY id)) FROM "{schema}".scheduling_booking WHERE customer_email = ''
"""
APPLIED_SQL = "SELECT app || '.' || name FROM \"{schema}\".django_migrations"


@dataclass(frozen=True, slots=True)
class Step:
    """One of the ways between the versions.

    Attributes:
        root: Whose code serves afterwards.
        migrates: Its migrations run before, while the other one serves.
    """

    name: str
    root: Path
    migrates: bool


def run(argv: Sequence[str]) -> int:
    """Go there, back and there again; 1 when a request failed or anything differs."""
    parser = argparse.ArgumentParser(prog="./dev drill upgrade")
    parser.add_argument("--previous", default="", metavar="COMMIT", help="the version before")
    parser.add_argument("--bookings", type=int, default=BOOKINGS, help=f"that are there already (default {BOOKINGS})")
    parser.add_argument("--visits", type=int, default=VISITS, help=f"bookings meanwhile (default {VISITS} each way)")
    options = parser.parse_args(argv)
    previous = options.previous or find_previous()
    say(f"the version before: {ask_git('log', '-1', '--format=%h %cs %s', previous).strip()}")
    state = start_over(read_environment().state_dir / "upgrade")
    with (
        checked_out(previous, state / "before") as before,
        running_servers(state, is_durable=True) as servers,
        running_pair(state / "site", servers, root=before) as pair,
    ):
        faults = _go(pair, before, bookings=options.bookings, visits=options.visits)
    for fault in faults:
        complain(fault)
    return 1 if faults else 0


def _go(pair: Pair, before: Path, *, bookings: int, visits: int) -> list[str]:
    began_at = time.monotonic()
    schema = pair.fill(SLUG, bookings=bookings)
    say(f"{bookings} bookings made with the code before in {time.monotonic() - began_at:.0f} s")
    steps = (
        Step("upgrade", ROOT, migrates=True),
        Step("back: the code before on the new schema", before, migrates=False),
        Step("there again", ROOT, migrates=True),
    )
    shop = read_shop(pair, SLUG, count=len(steps) * visits)
    first, applied = _sum(pair, schema), _list_applied(pair, schema)
    booked: dict[str, str] = {}
    faults: list[str] = []
    for number, step in enumerate(steps):
        faults += _walk(pair, shop, step, first=number * visits, visits=visits, booked=booked)
        if _sum(pair, schema) != first:
            faults.append(f"{step.name}: the {bookings} bookings are not what they were")
        if step.migrates and number == 0:
            added = sorted(_list_applied(pair, schema) - applied)
            say(f"migrations that came: {', '.join(added) or 'none'}")
    kept = look_at_work(pair, schema, booked)
    say(f"work: {kept.describe()}; the {first[0]} bookings of before are the same in every column looked at")
    return faults + kept.judge()


def _walk(pair: Pair, shop: Shop, step: Step, *, first: int, visits: int, booked: dict[str, str]) -> list[str]:
    """Go one of the ways while people book."""
    with booking(pair, shop, count=visits, first=first, pause_seconds=PAUSE_SECONDS) as (load, wait_for):
        wait_for(visits // 10)
        began_at = time.monotonic()
        pair.root = step.root
        if step.migrates:
            pair.manage("migrate_platform")
        migrated_at = time.monotonic()
        pair.restart_all(is_back=not step.migrates)
        took = time.monotonic() - migrated_at
        within = len(load.booked)
    booked |= load.booked
    expanded = f"migrated in {migrated_at - began_at:.0f} s, " if step.migrates else ""
    say(f"{step.name}: {expanded}restarted in {took:.0f} s, {within} booked meanwhile; {load.describe()}; "
        f"failed requests: {load.failed}")  # fmt: skip
    missing = visits - len(load.booked)
    return [
        *([f"{step.name}: {load.failed} requests failed"] if load.failed else []),
        *([f"{step.name}: {missing} people were never served"] if missing else []),
    ]


def find_previous() -> str:
    """Return the commit before the newest migration.

    Raises:
        DevtoolsError: There is no history here.
    """
    return ask_git("log", "-1", "--format=%H^", "--", ":(glob)**/migrations/0*.py").strip()


def _sum(pair: Pair, schema: str) -> tuple[int, str]:
    with pair.open() as database:
        found = database.execute(SUM_SQL.format(schema=schema)).fetchone()
    assert found is not None
    return int(found[0]), str(found[1])


def _list_applied(pair: Pair, schema: str) -> set[str]:
    with pair.open() as database:
        return {
            f"{name} ({each})"
            for each in ("public", "tenant")
            for (name,) in database.execute(APPLIED_SQL.format(schema=schema if each == "tenant" else each))
        }
