"""Servers for a command: those named in the environment, or embedded ones of our own.

The door to this package for whoever needs a database::

    with running_servers(state) as servers:
        run(own_environment(**servers.variables()))
"""

from __future__ import annotations

import contextlib
import json
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from config.environment import read_environment
from devtools.errors import DevtoolsError
from devtools.processes import own_environment
from devtools.servers.folders import make_state_folder
from devtools.servers.keeper import Service, failure_path, keeper_lock, note_path, users_lock
from devtools.servers.patience import Patience
from devtools.servers.postgres_server import WAL_FOLDER, find_program

_SILENT_SECONDS = 120.0
_STOP_SECONDS = 30.0
_POLL_SECONDS = 0.03


@dataclass(frozen=True, slots=True)
class Servers:
    """Where the database and Redis answer.

    Attributes:
        wal_dir: Where an embedded PostgreSQL that keeps its data puts its log; None: nobody's.
    """

    database_url: str
    redis_url: str
    wal_dir: Path | None = None

    def variables(self) -> dict[str, str]:
        """Return the environment variables that lead a child process to them."""
        variables = {"DATABASE_URL": self.database_url, "REDIS_URL": self.redis_url}
        program = find_program("pg_basebackup")
        if self.wal_dir is not None and program is not None:
            variables |= {"TURNERO_WAL_DIR": str(self.wal_dir), "TURNERO_POSTGRES_BIN": str(program.parent)}
        return variables


class EmbeddedServer:
    """This process's use of one embedded server; the keeper ends it after its last user."""

    def __init__(self, service: Service, state: Path, *, is_durable: bool) -> None:
        self._service = service
        self._state = state
        self._is_durable = is_durable
        self._users = users_lock(state, service)
        self._keeper: subprocess.Popen[bytes] | None = None

    def acquire(self) -> str:
        """Use the server, starting it if nobody has, and return its address.

        Raises:
            DevtoolsError: It does not start, or does not stop from its last use.
        """
        if not self._users.wait_shared(seconds=_STOP_SECONDS):
            message = f"the embedded {self._service} in {self._state} is still stopping; try again in a moment"
            raise DevtoolsError(message)
        try:
            return self.ensure_running()
        except BaseException:
            self.release()
            raise

    def ensure_running(self) -> str:
        """Return the address of the server in use, with a new keeper if the last one was killed."""
        patience = Patience(self._state / "logs" / f"{self._service}.log", seconds=_SILENT_SECONDS)
        while not patience.is_over():
            if self._has_keeper():
                with contextlib.suppress(OSError, ValueError, KeyError):
                    note = json.loads(note_path(self._state, self._service).read_text(encoding="utf-8"))
                    return str(note["url"])
            elif self._keeper is None or self._keeper.poll() is not None:
                self._raise_failure()
                self._keeper = self._start_keeper()
            time.sleep(_POLL_SECONDS)
        message = (
            f"the embedded {self._service} neither answers nor writes to its log for {_SILENT_SECONDS:.0f} s;"
            f" see {self._state}/logs"
        )
        raise DevtoolsError(message)

    def release(self) -> None:
        """End this use; waits until the server is gone, unless others still use it."""
        self._users.release()
        deadline = time.monotonic() + _STOP_SECONDS
        while self._has_keeper() and time.monotonic() < deadline:
            if self._has_other_users():
                return
            time.sleep(_POLL_SECONDS)
        if self._keeper is not None:
            with contextlib.suppress(subprocess.TimeoutExpired):
                self._keeper.wait(timeout=1)

    def is_used(self) -> bool:
        """Tell whether any process uses the server now."""
        return self._has_keeper() and self._has_other_users()

    def _has_keeper(self) -> bool:
        lock = keeper_lock(self._state, self._service)
        if lock.try_shared():
            lock.release()
            return False
        return True

    def _has_other_users(self) -> bool:
        # The keeper holds the users' lock alone while it stops: that is not a user.
        probe = users_lock(self._state, self._service)
        if not probe.try_exclusive():
            can_share = probe.try_shared()
            probe.release()
            return can_share
        probe.release()
        return False

    def _raise_failure(self) -> None:
        if self._keeper is None or self._keeper.returncode in {0, None}:
            return
        self._keeper = None  # the next call tries again
        try:
            reason = failure_path(self._state, self._service).read_text(encoding="utf-8")
        except OSError:
            return  # killed, not failed: start another
        raise DevtoolsError(reason)

    def _start_keeper(self) -> subprocess.Popen[bytes]:
        logs = self._state / "logs"
        logs.mkdir(exist_ok=True)
        durability = [] if self._is_durable else ["--throwaway"]
        with (logs / f"{self._service}-keeper.log").open("ab") as log:
            return subprocess.Popen(
                [sys.executable, "-m", "devtools.servers.keeper", self._service, str(self._state), *durability],
                env=own_environment(),
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )


def embedded_servers(state: Path, *, is_durable: bool = True) -> tuple[EmbeddedServer, EmbeddedServer]:
    """Return the two embedded servers of a state folder: PostgreSQL, Redis."""
    folder = make_state_folder(state)
    return (
        EmbeddedServer("postgres", folder, is_durable=is_durable),
        EmbeddedServer("redis", folder, is_durable=is_durable),
    )


@contextlib.contextmanager
def running_servers(state: Path, *, is_durable: bool = True) -> Iterator[Servers]:
    """Give the servers named in DATABASE_URL and REDIS_URL, or embedded ones for those not named.

    Args:
        state: The folder of the embedded servers' files; the same folder means the same servers.
        is_durable: False for data that nobody misses after a power cut; about a third faster.

    Raises:
        DevtoolsError: A server does not start.
    """
    given = read_environment()
    postgres, redis = embedded_servers(state, is_durable=is_durable)
    with contextlib.ExitStack() as stack:
        urls = []
        for named, server in ((given.database_url, postgres), (given.redis_url, redis)):
            if named is None:
                urls.append(server.acquire())
                stack.callback(server.release)
            else:
                urls.append(named)
        is_kept = is_durable and given.database_url is None
        wal_dir = make_state_folder(state) / WAL_FOLDER if is_kept else None
        yield Servers(database_url=urls[0], redis_url=urls[1], wal_dir=wal_dir)
