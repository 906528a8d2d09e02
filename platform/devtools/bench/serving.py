"""A checkout's application on a port of its own, with the sample businesses of ``./dev demo`` in a new database."""

from __future__ import annotations

import re
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

import psutil
import psycopg
import redis

from config.environment import child_environment
from devtools.bench import floor
from devtools.errors import DevtoolsError
from devtools.processes import tether
from devtools.servers.embedded import Servers
from devtools.servers.ports import is_free, take_port

READY_SECONDS = 60.0
PREPARATIONS = (
    ("-c", "from devtools.messages import compile_catalogs; compile_catalogs()"),
    ("-m", "config.manage", "migrate_platform", "--verbosity", "0"),
    ("-m", "config.manage", "seed_demo", "--json"),
)
FLOOR_TABLES_SQL = """
CREATE TABLE bench_floor_read (id bigserial PRIMARY KEY, name text, starts_at timestamptz, minutes int, note text);
CREATE TABLE bench_floor_written (LIKE bench_floor_read INCLUDING ALL);
INSERT INTO bench_floor_read (name, starts_at, minutes, note)
SELECT 'Row ' || n, now() + n * interval '15 minutes', 45, repeat('x', 100) FROM generate_series(1, 1000) n;
ANALYZE bench_floor_read;
"""


@dataclass(frozen=True, slots=True)
class Spent:
    """CPU seconds since the beginning of each process."""

    server: float
    database: float
    redis: float

    def since(self, before: Spent) -> Spent:
        """Return what was spent after ``before``."""
        return Spent(self.server - before.server, self.database - before.database, self.redis - before.redis)


class Served:
    """A running server; ``port`` is where it listens, ``database_url`` what it works on."""

    def __init__(self, port: int, process: psutil.Process, servers: Servers) -> None:
        self.port = port
        self.database_url = servers.database_url
        self._process = process
        self._redis = redis.Redis.from_url(servers.redis_url)
        with psycopg.connect(servers.database_url) as connection:
            self._postgres = _find_parent(connection.info.backend_pid)

    def read_spent(self) -> Spent:
        """Return the CPU spent until now."""
        used = self._redis.info("cpu")
        return Spent(
            server=_count(self._process),
            database=sum(map(_count, self._postgres.children())) if self._postgres else 0.0,
            redis=float(used["used_cpu_sys"]) + float(used["used_cpu_user"]),
        )


@contextmanager
def serve(
    root: Path, servers: Servers, *, number: int, state: Path, script: Path = Path(floor.__file__)
) -> Iterator[Served]:
    """Serve the checkout at ``root``; ``number`` keeps its databases apart from those of others served at once.

    ``script`` is what serves it, told a port.

    Raises:
        DevtoolsError: It cannot be prepared, or does not answer.
    """
    name = f"bench_http_{number}"
    own = Servers(
        database_url=name_database(servers.database_url, name), redis_url=number_redis(servers.redis_url, number)
    )
    port = take_port()
    environment = _make_environment(root, own, port, state)
    with psycopg.connect(servers.database_url, autocommit=True) as connection:
        connection.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')
        connection.execute(f'CREATE DATABASE "{name}"')
        redis.Redis.from_url(own.redis_url).flushdb()
        try:
            _prepare(root, environment)
            with psycopg.connect(own.database_url, autocommit=True) as prepared:
                prepared.execute(FLOOR_TABLES_SQL)
                prepared.execute("VACUUM ANALYZE")
            with _running(script, root, environment, port) as process:
                yield Served(port, process, own)
        finally:
            connection.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')


def name_database(url: str, name: str) -> str:
    """Return the address of another database on the same server."""
    return urlunsplit(urlsplit(url)._replace(path=f"/{name}"))


def number_redis(url: str, number: int) -> str:
    """Return the address of another database of the same Redis; both its forms end with the database's number."""
    return re.sub(r"\d+$", str(number), url)


def _make_environment(root: Path, servers: Servers, port: int, state: Path) -> dict[str, str]:
    state.mkdir(parents=True, exist_ok=True)
    return child_environment(
        PYTHONPATH=f"{root}:{root / 'platform'}",
        DJANGO_SETTINGS_MODULE="config.settings.development",
        TURNERO_DATABASE_POOL_SIZE=None,
        TURNERO_PLATFORM_HOST=f"localhost:{port}",
        TURNERO_STATE_DIR=str(state),
        **servers.variables(),
    )


def _prepare(root: Path, environment: Mapping[str, str]) -> None:
    for arguments in PREPARATIONS:
        done = subprocess.run(
            [sys.executable, *arguments], cwd=root, env=environment, capture_output=True, text=True, check=False
        )
        if done.returncode:
            message = f"{root}: {' '.join(arguments)} failed:\n{done.stderr[-2000:]}"
            raise DevtoolsError(message)


@contextmanager
def _running(script: Path, root: Path, environment: Mapping[str, str], port: int) -> Iterator[psutil.Process]:
    child = subprocess.Popen(
        [sys.executable, "-P", str(script), str(port)],
        cwd=root,
        env=environment,
        preexec_fn=tether(signal.SIGTERM),  # noqa: PLW1509 - no threads here
    )
    try:
        deadline = time.monotonic() + READY_SECONDS
        while is_free(port):
            if child.poll() is not None or time.monotonic() > deadline:
                message = f"the server of {root} does not answer"
                raise DevtoolsError(message)
            time.sleep(0.1)
        yield psutil.Process(child.pid)
    finally:
        child.terminate()
        child.wait()


def _find_parent(pid: int) -> psutil.Process | None:
    """Find the server of a connection; None: it runs on another machine, and its share is not seen."""
    try:
        backend = psutil.Process(pid)
        return backend.parent() if "postgres" in backend.name() else None
    except psutil.NoSuchProcess:
        return None


def _count(process: psutil.Process) -> float:
    try:
        used = process.cpu_times()
    except psutil.NoSuchProcess:  # a connection that was closed
        return 0.0
    return float(used.user) + float(used.system)
