"""``python -m devtools.servers.keeper SERVICE STATE``: owns one embedded server while anybody uses it.

Commands share servers: a demo, a ``manage`` and a test run may come and go in any order, or
be killed. So a server belongs to none of them but to its keeper, which restarts it when it
dies and stops it when the last user's lock is gone. The server is tethered to the keeper.
"""

from __future__ import annotations

import argparse
import json
import os
import signal
import subprocess
import time
from pathlib import Path
from typing import Literal, Protocol

from devtools.errors import DevtoolsError
from devtools.processes import describe_exit
from devtools.servers.locks import FileLock
from devtools.servers.postgres_server import PostgresServer
from devtools.servers.redis_server import RedisServer

Service = Literal["postgres", "redis"]

_TICK_SECONDS = 0.25
_FIRST_DELAY_SECONDS = 0.1
_LONGEST_DELAY_SECONDS = 10.0
_CALM_SECONDS = 10.0


class Server(Protocol):
    """What a keeper can keep."""

    process: subprocess.Popen[bytes] | None

    @property
    def url(self) -> str:
        """Return the address for clients."""

    def start(self) -> None:
        """Start and wait until it answers."""

    def stop(self) -> None:
        """Stop and wait until it is gone."""


class Keeper:
    """The life of one server: start, restart, stop."""

    def __init__(self, server: Server, *, users: FileLock, note: Path) -> None:
        self._server = server
        self._users = users
        self._note = note
        self._is_told_to_end = False
        self._delay_seconds = _FIRST_DELAY_SECONDS

    def run(self) -> None:
        """Keep the server until nobody holds the users' lock or a signal says so."""
        for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
            signal.signal(number, self._note_signal)
        try:
            self._server.start()
            write_note(self._note, url=self._server.url)
            started_at = time.monotonic()
            while not self._is_told_to_end and not self._users.try_exclusive():
                if self._wait_for_exit():
                    self._restart(was_calm=time.monotonic() - started_at > _CALM_SECONDS)
                    started_at = time.monotonic()
        finally:
            # Newcomers wait for the users' lock, which ends with this process, after the server.
            self._note.unlink(missing_ok=True)
            self._server.stop()

    def _note_signal(self, *_: object) -> None:
        self._is_told_to_end = True

    def _wait_for_exit(self) -> bool:
        if self._server.process is None:
            return True
        try:
            returncode = self._server.process.wait(timeout=_TICK_SECONDS)
        except subprocess.TimeoutExpired:
            return False
        print(f"the server ended ({describe_exit(returncode)}); starting it again", flush=True)
        return True

    def _restart(self, *, was_calm: bool) -> None:
        if was_calm:
            self._delay_seconds = _FIRST_DELAY_SECONDS
        time.sleep(self._delay_seconds)
        self._delay_seconds = min(self._delay_seconds * 2, _LONGEST_DELAY_SECONDS)
        try:
            self._server.start()
        except DevtoolsError as error:
            print(error, flush=True)


def keeper_lock(state: Path, service: Service) -> FileLock:
    """Return the lock that the one keeper holds while it lives."""
    return FileLock(state / f"{service}-keeper.lock")


def users_lock(state: Path, service: Service) -> FileLock:
    """Return the lock that every user shares; whoever holds it alone knows that nobody uses the server."""
    return FileLock(state / f"{service}-users.lock")


def note_path(state: Path, service: Service) -> Path:
    """Return where the keeper writes the address once the server answers."""
    return state / f"{service}.json"


def failure_path(state: Path, service: Service) -> Path:
    """Return where the keeper writes why the server does not start."""
    return state / f"{service}.failure"


def write_note(path: Path, *, url: str) -> None:
    """Publish the address, whole or not at all."""
    draft = path.with_suffix(".draft")
    draft.write_text(json.dumps({"url": url, "keeper": os.getpid()}), encoding="utf-8")
    draft.replace(path)


def build_server(service: Service, state: Path, *, is_durable: bool) -> Server:
    """Return the server for ``service``, not started."""
    if service == "postgres":
        return PostgresServer(state, is_durable=is_durable)
    return RedisServer(state)


def main() -> int:
    """Keep one server."""
    parser = argparse.ArgumentParser()
    parser.add_argument("service", choices=["postgres", "redis"])
    parser.add_argument("state", type=Path)
    parser.add_argument("--throwaway", action="store_true")
    options = parser.parse_args()
    state: Path = options.state
    lock = keeper_lock(state, options.service)
    if not lock.wait_exclusive(seconds=2):
        return 0  # another keeper was quicker
    failure = failure_path(state, options.service)
    failure.unlink(missing_ok=True)
    note_path(state, options.service).unlink(missing_ok=True)
    try:
        server = build_server(options.service, state, is_durable=not options.throwaway)
        Keeper(server, users=users_lock(state, options.service), note=note_path(state, options.service)).run()
    except DevtoolsError as error:
        failure.write_text(str(error), encoding="utf-8")
        return 1
    except OSError as error:
        failure.write_text(f"the embedded {options.service} does not start: {error}", encoding="utf-8")
        return 1
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
