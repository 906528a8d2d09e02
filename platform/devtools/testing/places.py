"""What each process of a test run has for itself: a database, a number in Redis, a folder."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

from devtools.errors import DevtoolsError
from devtools.servers.embedded import Servers
from devtools.servers.locks import FileLock
from devtools.servers.redis_server import DATABASES


@dataclass(frozen=True, slots=True)
class Part:
    """What one process may write to.

    Attributes:
        servers: Addresses of its own database and of its own number in Redis.
        state_dir: Folder of its files.
    """

    servers: Servers
    state_dir: Path

    def variables(self) -> dict[str, str]:
        """Return the environment variables that lead the process to them."""
        return {**self.servers.variables(), "TURNERO_STATE_DIR": str(self.state_dir)}


@contextmanager
def taken_places(state: Path, *, count: int) -> Iterator[list[int]]:
    """Hold the ``count`` lowest free numbers among the test processes of this folder.

    Raises:
        DevtoolsError: Fewer are free; Redis has one database for each.
    """
    with ExitStack() as held:
        numbers: list[int] = []
        for number in range(1, DATABASES):
            lock = FileLock(state / f"run-{number}.lock")
            if lock.try_exclusive():
                held.callback(lock.release)
                numbers.append(number)
            if len(numbers) == count:
                break
        else:
            message = f"{DATABASES - 1 - len(numbers)} test processes are running already; wait for some to end"
            raise DevtoolsError(message)
        yield numbers


def make_part(servers: Servers, state: Path, *, number: int, index: int, is_embedded: tuple[bool, bool]) -> Part:
    """Return what the process with this place has for itself.

    Embedded servers are shared by all runs of this folder, so the place's ``number`` tells the
    processes apart. Servers that the caller named are the caller's: process 0 uses what was named,
    process ``index`` the database with that suffix and the ``index``-th number of Redis after it.
    """
    database_url, redis_url = servers.database_url, servers.redis_url
    suffix = number if is_embedded[0] else index
    if suffix:
        parts = urlsplit(database_url)
        database_url = urlunsplit(parts._replace(path=f"{parts.path}_{suffix}"))
    step = number if is_embedded[1] else index
    if step:
        redis_url = _move_on(redis_url, step)
    return Part(Servers(database_url=database_url, redis_url=redis_url), state / f"run-{number}")


def _move_on(redis_url: str, step: int) -> str:
    """Return the address of the database ``step`` numbers after the one in ``redis_url``, which may name none."""
    named = re.fullmatch(r"(.*(?:/|\?db=))(\d+)", redis_url)
    if named is not None:
        return f"{named[1]}{int(named[2]) + step}"
    return f"{redis_url}?db={step}" if redis_url.startswith("unix:") else f"{redis_url.rstrip('/')}/{step}"
