"""Serves, lets programs and the neighbor call, and prints the ratio."""

from __future__ import annotations

import argparse
import json
import os
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass
from datetime import UTC, datetime, timedelta
from statistics import median

import psycopg
from psycopg import sql

from config.environment import ROOT, read_environment
from devtools.bench.keys.callers import Caller, call_for
from devtools.bench.serving import Served, serve
from devtools.bench.workers import find_percentile
from devtools.servers.embedded import Servers
from devtools.terminal import say
from kernel.ids import hash_token, new_token
from samples.businesses import SALON, TALLER

CALLS_A_MINUTE, KEYS, SHARE, GOAL = 1000, 2, 0.95, 2.0
NEIGHBOR_EVERY = 0.15
SECONDS, ROUNDS, WARM_SECONDS = 30.0, 5, 5.0
PROGRAM_PATHS = ("bookings", "customers", "feedback", "catalog/services")
ACCESS = {"bookings": "read", "customers": "read", "feedback": "read", "catalog": "read"}
KEY_SQL = """
INSERT INTO {schema}.accounts_apikey (user_id, name, prefix, token_hash, access, created_at)
SELECT id, %s, %s, %s, %s, now() FROM {schema}.accounts_user WHERE role = 'owner' ORDER BY id LIMIT 1
"""


@dataclass(frozen=True, slots=True)
class Round:
    """The neighbor's 95th percentiles, in milliseconds, and how many calls a minute the programs made."""

    without_ms: float
    with_ms: float
    calls_a_minute: float

    @property
    def ratio(self) -> float:
        """How many times longer the neighbor waits."""
        return self.with_ms / self.without_ms


def run(argv: Sequence[str]) -> int:
    """Measure and print; 1 when the neighbor waits more than twice as long."""
    options = _parse(argv)
    environment = read_environment()
    servers = Servers(database_url=environment.database_url or "", redis_url=environment.redis_url or "")
    load = os.getloadavg()
    with serve(ROOT, servers, number=1, state=environment.state_dir / "keys") as served:
        programs = [_make_program(served, number) for number in range(KEYS)]
        neighbor = _make_neighbor(served.port)
        _listen(served.port, programs, neighbor, WARM_SECONDS)
        rounds = [_measure(served.port, programs, neighbor, options.seconds) for _ in range(options.rounds)]
    ratio = median(each.ratio for each in rounds)
    if options.json:
        print(json.dumps({"load": load, "ratio": ratio, "rounds": [asdict(each) for each in rounds]}))
    else:
        say(f"load before: {' '.join(f'{each:.2f}' for each in load)}")
        for each in rounds:
            say(describe(each))
        say(f"ratio {ratio:.2f}  goal <= {GOAL:.0f}: {'met' if ratio <= GOAL else 'MISSED'}")
    return 0 if ratio <= GOAL else 1


def describe(found: Round) -> str:
    """Return a line about a round."""
    line = f"neighbor's p95 {found.without_ms:6.1f} ms without, {found.with_ms:6.1f} ms with the calls"
    return f"{line}   ratio {found.ratio:.2f}   {found.calls_a_minute:.0f} calls a minute"


def _parse(argv: Sequence[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="./dev bench keys")
    parser.add_argument("--seconds", type=float, default=SECONDS, help=f"of each window ({SECONDS:.0f})")
    parser.add_argument("--rounds", type=int, default=ROUNDS, help=f"how many rounds ({ROUNDS})")
    parser.add_argument("--json", action="store_true")
    return parser.parse_args(argv)


def _measure(port: int, programs: Sequence[Caller], neighbor: Caller, seconds: float) -> Round:
    alone, _ = _listen(port, [], neighbor, seconds)
    beside, calls = _listen(port, programs, neighbor, seconds)
    return Round(find_percentile(alone, SHARE), find_percentile(beside, SHARE), calls * 60 / seconds)


def _listen(port: int, programs: Sequence[Caller], neighbor: Caller, seconds: float) -> tuple[list[float], int]:
    """Let everybody call at once; return the neighbor's times, and how many calls the programs made."""
    with ThreadPoolExecutor(max_workers=len(programs) + 1) as pool:
        theirs = [pool.submit(call_for, each, port, seconds) for each in programs]
        own = pool.submit(call_for, neighbor, port, seconds)
        return own.result(), sum(len(each.result()) for each in theirs)


def _make_program(served: Served, number: int) -> Caller:
    """Make a key in the served database, as `accounts.services.keys` does, and the program that calls with it."""
    token = f"tk_{new_token()}"
    with psycopg.connect(served.database_url) as connection:
        found = connection.execute("SELECT schema_name FROM tenants_tenant WHERE slug = %s", [TALLER.slug]).fetchone()
        schema = sql.Identifier(found[0] if found else "")
        row = [f"Bench {number}", token[:9], hash_token(token), json.dumps(ACCESS)]
        connection.execute(sql.SQL(KEY_SQL).format(schema=schema), row)
    return Caller(
        host=f"{TALLER.slug}.localhost:{served.port}",
        paths=tuple(f"/api/v1/{path}" for path in PROGRAM_PATHS),
        headers={"Authorization": f"Bearer {token}"},
        every_seconds=60 * KEYS / CALLS_A_MINUTE,
    )


def _make_neighbor(port: int) -> Caller:
    first = datetime.now(tz=UTC).date() + timedelta(days=1)
    week = f"from={first}&to={first + timedelta(days=6)}"
    paths = ("/", "/api/v1/services", f"/api/v1/availability?service=1&{week}")
    return Caller(host=f"{SALON.slug}.localhost:{port}", paths=paths, headers={}, every_seconds=NEIGHBOR_EVERY)
