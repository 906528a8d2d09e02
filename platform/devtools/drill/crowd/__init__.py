"""``./dev drill crowd [--tenants N] [--booked N]``: a database of many tenants, killed and booked in.

After ``kill -9`` of PostgreSQL it measures the seconds until it answers again, with one sync of the
disk (``syncfs``, as our servers are set) and with a sync of each file (PostgreSQL's default). Then a
visit is booked in one tenant after the other over one place in the pool, and it measures what the
server's process behind it keeps in memory: with connections that are never replaced, and with ours.
"""

from __future__ import annotations

import argparse
import signal
import time
from collections.abc import Sequence
from pathlib import Path

from config.environment import read_environment
from devtools.commands import run_python
from devtools.errors import DevtoolsError
from devtools.processes import end_child, own_environment
from devtools.servers.embedded import running_servers
from devtools.servers.folders import make_state_folder
from devtools.servers.postgres_server import PostgresServer
from devtools.terminal import say

TENANTS, BOOKED, ROUNDS = 200, 120, 2
NEVER = 1_000_000
METHODS = ("syncfs", "fsync")


def run(argv: Sequence[str]) -> int:
    """Fill the database, measure, and return 1 when recycling did not keep the memory down."""
    parser = argparse.ArgumentParser(prog="./dev drill crowd")
    parser.add_argument("--tenants", type=int, default=TENANTS, help=f"schemas in the database (default {TENANTS})")
    parser.add_argument("--booked", type=int, default=BOOKED, help=f"tenants that are booked in (default {BOOKED})")
    options = parser.parse_args(argv)
    state = make_state_folder(read_environment().state_dir / "crowd")
    _fill(state, options.tenants)
    for method in METHODS * ROUNDS:
        seconds, files = _measure_recovery(state, method)
        say(f"crash to ready, {method:<6} {seconds:7.1f} s  ({files} files, {options.tenants} tenants)")
    codes = [_measure_memory(state, options.booked, limit) for limit in (NEVER, None)]
    return 1 if any(codes) else 0


def _fill(state: Path, tenants: int) -> None:
    began_at = time.monotonic()
    with running_servers(state) as servers:
        variables = own_environment(
            TURNERO_STATE_DIR=str(state), TURNERO_SPARE_SCHEMAS=str(tenants), **servers.variables()
        )
        for command in ("migrate_platform", "refill_spares"):
            if run_python(["-m", "config.manage", command, "--verbosity", "0"], environment=variables):
                message = f"{command} failed; see above"
                raise DevtoolsError(message)
    say(f"{tenants} schemas stand, {time.monotonic() - began_at:.0f} s")


def _measure_recovery(state: Path, method: str) -> tuple[float, int]:
    """Kill a server that has just written, start it, and return the seconds until it answers and its files."""
    import psycopg  # noqa: PLC0415 - listing the drills needs no database

    server = PostgresServer(state, is_durable=True, settings={"recovery_init_sync_method": method})
    server.start()
    with psycopg.connect(server.url, autocommit=True) as connection:
        connection.execute("CREATE TABLE IF NOT EXISTS public.drill_note (id bigint)")
        connection.execute("INSERT INTO public.drill_note SELECT generate_series(1, 100000)")
    if server.process is None:
        message = "the server ended by itself"
        raise DevtoolsError(message)
    end_child(server.process, signal.SIGKILL)
    began_at = time.monotonic()
    server.start()
    seconds = time.monotonic() - began_at
    server.stop()
    return seconds, sum(1 for path in server.data.rglob("*") if path.is_file())


def _measure_memory(state: Path, booked: int, limit: int | None) -> int:
    with running_servers(state) as servers:
        variables = own_environment(
            TURNERO_STATE_DIR=str(state),
            TURNERO_DATABASE_POOL_SIZE="1",
            TURNERO_TENANTS_PER_CONNECTION=None if limit is None else str(limit),
            **servers.variables(),
        )
        return run_python(["-m", "devtools.inside", "drill.crowd.memory", str(booked)], environment=variables)
