"""``./dev test``: pytest on real servers, several runs at a time without meeting."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

from config.environment import read_environment
from devtools.chromium import ensure_chromium
from devtools.commands import run_python
from devtools.errors import DevtoolsError
from devtools.messages import compile_catalogs
from devtools.processes import own_environment
from devtools.servers.embedded import Servers, running_servers
from devtools.servers.locks import FileLock
from devtools.servers.redis_server import DATABASES


def run_tests(arguments: Sequence[str]) -> int:
    """Run pytest with ``arguments`` and return its exit code."""
    environment = read_environment()
    compile_catalogs()
    ensure_chromium(may_install=environment.is_ci)
    state = environment.state_dir / "test"
    number, lock = take_place(state)
    try:
        with running_servers(state, is_durable=False) as servers:
            mine = own_part(
                servers,
                number=number,
                is_embedded=(environment.database_url is None, environment.redis_url is None),
            )
            variables = own_environment(
                DJANGO_SETTINGS_MODULE="config.settings.test",
                TURNERO_STATE_DIR=str(state / f"run-{number}"),
                **mine.variables(),
            )
            return run_python(["-m", "pytest", *arguments], environment=variables)
    finally:
        lock.release()


def take_place(state: Path) -> tuple[int, FileLock]:
    """Take the lowest free number among the test runs of this folder.

    Raises:
        DevtoolsError: More runs at once than Redis has databases.
    """
    for number in range(1, DATABASES):
        lock = FileLock(state / f"run-{number}.lock")
        if lock.try_exclusive():
            return number, lock
    message = f"{DATABASES - 1} test runs are going on already; wait for one to end"
    raise DevtoolsError(message)


def own_part(servers: Servers, *, number: int, is_embedded: tuple[bool, bool]) -> Servers:
    """Return the addresses of this run's own databases; servers named by the caller are left as named."""
    database_url, redis_url = servers.database_url, servers.redis_url
    if is_embedded[0]:
        parts = urlsplit(database_url)
        database_url = urlunsplit(parts._replace(path=f"{parts.path}_{number}"))
    if is_embedded[1]:
        head, separator, _ = redis_url.rpartition("=" if redis_url.startswith("unix:") else "/")
        redis_url = f"{head}{separator}{number}"
    return Servers(database_url=database_url, redis_url=redis_url)
