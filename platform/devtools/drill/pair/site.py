"""Processes of a platform, started, stopped and killed one by one."""

from __future__ import annotations

import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http import HTTPStatus
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import psutil
import psycopg

from config.environment import ROOT, child_environment
from devtools.demo.parts import SMS_ACCOUNT, SMS_FROM, SMS_SECRET
from devtools.drill.pair import proxy
from devtools.drill.pair.asking import Visitor
from devtools.errors import DevtoolsError
from devtools.processes import end_child, tether
from devtools.servers.embedded import Servers
from devtools.servers.ports import take_port

PATIENCE_SECONDS = 120.0
RESTART_SECONDS = 2.0
"""What the service manager waits after a death (``RestartSec``)."""
SEEN_SECONDS = 2.0
"""After which the proxy has seen that a process is back (``infra/turnero-restart``)."""
NUMBERS = (1, 2)
COMPILE = "from devtools.messages import compile_catalogs; compile_catalogs()"
FILLING = Path(__file__).with_name("filling.py")

Message = dict[str, Any]


@dataclass(slots=True)
class Pair:
    """Two web and two worker processes, one clock, one proxy.

    Attributes:
        folder: Everything that is written.
        servers: Where PostgreSQL and Redis answer.
        root: The checkout whose code is started next.
    """

    folder: Path
    servers: Servers
    root: Path = ROOT
    port: int = field(default_factory=take_port)
    web_ports: dict[int, int] = field(default_factory=lambda: {number: take_port() for number in NUMBERS})
    smtp_port: int = field(default_factory=take_port)
    catcher_port: int = field(default_factory=take_port)
    processes: dict[str, subprocess.Popen[bytes]] = field(default_factory=dict)

    @property
    def environment(self) -> dict[str, str]:
        """Return what every process is told: of the checkout that is started next."""
        return child_environment(
            PYTHONPATH=f"{self.root}:{self.root / 'platform'}",
            PYTHONUNBUFFERED="1",
            PYTHONWARNINGS="ignore",
            DJANGO_SETTINGS_MODULE="config.settings.development",
            TURNERO_PLATFORM_HOST=f"localhost:{self.port}",
            TURNERO_SMTP_URL=f"smtp://127.0.0.1:{self.smtp_port}",
            TURNERO_SMS_URL=f"http://127.0.0.1:{self.catcher_port}",
            TURNERO_SMS_ACCOUNT=SMS_ACCOUNT,
            TURNERO_SMS_SECRET=SMS_SECRET,
            TURNERO_SMS_FROM=SMS_FROM,
            TURNERO_STATE_DIR=str(self.folder),
            TURNERO_SPARE_SCHEMAS="0",
            **self.servers.variables(),
        )

    def manage(self, *arguments: str) -> str:
        """Run a command of Django's with the present checkout, and return what it says."""
        return self.run("-m", "config.manage", *arguments)

    def fill(self, slug: str, *, bookings: int) -> str:
        """Make a business with so many bookings with the present checkout, and return its schema."""
        return self.run("-P", str(FILLING), slug, str(bookings)).split()[-1]

    def start(self, name: str) -> None:
        """Start a process: ``web-1``, ``worker-2``, ``beat``, ``catcher`` or ``proxy``; a web process answers then."""
        kind, _, number = name.partition("-")
        command = {
            "web": self._web, "worker": self._worker, "beat": self._beat, "catcher": self._catcher,
            "proxy": self._proxy,
        }[kind](int(number or 0))  # fmt: skip
        with (self.folder / f"{name}.log").open("ab") as log:
            self.processes[name] = subprocess.Popen(
                command,
                cwd=self.root, env=self.environment, stdin=subprocess.DEVNULL, stdout=log, stderr=log,
                start_new_session=True, preexec_fn=tether(signal.SIGTERM),  # noqa: PLW1509 - one prctl, no lock is taken
            )  # fmt: skip
        if kind == "web":
            port = self.web_ports[int(number)]
            self.wait(lambda: _answers(port), f"{name} does not answer, see {self.folder / name}.log")
        if kind == "worker":
            self.wait(lambda: b" ready." in self._read_log(name), f"{name} does not start")

    def stop(self, name: str) -> None:
        """Ask a process to end, and wait until it has: a web process drains meanwhile, a worker finishes."""
        end_child(self.processes[name], signal.SIGTERM, signal.SIGKILL, seconds=60)

    def restart(self, name: str) -> None:
        """Start a process anew, in order, with the present checkout, as ``turnero-restart`` does."""
        self.stop(name)
        (self.folder / f"{name}.log").unlink()
        self.start(name)
        if name.startswith("web"):
            time.sleep(SEEN_SECONDS)

    def restart_all(self, *, is_back: bool = False) -> None:
        """Start everything of ours anew, one after the other; ``is_back``: to the version before."""
        kinds = ("web", "worker") if is_back else ("worker", "web")
        for name in (*(f"{kind}-{number}" for kind in kinds for number in NUMBERS), "beat"):
            self.restart(name)

    def kill(self, name: str) -> None:
        """``kill -9`` a process with its children, and start it after as long as the service manager waits."""
        process = self.processes[name]
        for each in (*psutil.Process(process.pid).children(recursive=True), psutil.Process(process.pid)):
            each.kill()
        process.wait()
        (self.folder / f"{name}.log").unlink()
        time.sleep(RESTART_SECONDS)
        self.start(name)

    def open(self) -> psycopg.Connection[Any]:
        """Open the database."""
        return psycopg.connect(self.servers.database_url, autocommit=True)

    def list_messages(self, *, to: str) -> list[Message]:
        """List the mails that were sent to addresses that contain ``to``."""
        query = urlencode({"to": to, "channel": "email", "limit": 5000})
        _, said = Visitor("localhost", self.catcher_port).ask("GET", f"/api/messages?{query}")
        return list(said["messages"])

    def wait(self, condition: Callable[[], bool], message: str, *, seconds: float = PATIENCE_SECONDS) -> None:
        """Wait until something holds.

        Raises:
            DevtoolsError: It does not within ``seconds``.
        """
        deadline = time.monotonic() + seconds
        while not condition():
            if time.monotonic() > deadline:
                raise DevtoolsError(message)
            time.sleep(0.1)

    def run(self, *arguments: str) -> str:
        """Run Python to its end with the present checkout, and return what it says.

        Raises:
            DevtoolsError: It failed.
        """
        done = subprocess.run(
            [sys.executable, *arguments], cwd=self.root, env=self.environment, capture_output=True, text=True,
            check=False,
        )  # fmt: skip
        if done.returncode:
            message = f"{' '.join(arguments)} failed:\n{done.stdout[-1000:]}{done.stderr[-2000:]}"
            raise DevtoolsError(message)
        return done.stdout

    def _web(self, number: int) -> list[str]:
        port = str(self.web_ports[number])
        if (self.root / "platform" / "config" / "server.py").exists():
            return [sys.executable, "-m", "config.server", "--port", port]
        quiet = ["--no-access-log", "--no-server-header", "--lifespan", "off", "--timeout-graceful-shutdown", "5"]
        believed = ["--proxy-headers", "--forwarded-allow-ips", "127.0.0.1", "--timeout-keep-alive", "75"]
        return [sys.executable, "-m", "uvicorn", "config.asgi:application", "--port", port, *quiet, *believed]

    def _worker(self, number: int) -> list[str]:
        options = ["--loglevel", "INFO", "--hostname", f"worker-{number}@%h", "--concurrency", "1"]
        celery = ["-m", "celery", "--quiet", "-A", "config.celery", "worker"]
        return [sys.executable, *celery, *options, "--without-gossip", "--without-mingle"]

    def _beat(self, _number: int) -> list[str]:
        schedule = str(self.folder / "schedule")
        return [sys.executable, "-m", "celery", "--quiet", "-A", "config.celery", "beat", "--schedule", schedule,
                "--pidfile", ""]  # fmt: skip

    def _catcher(self, _number: int) -> list[str]:
        ports = ["--smtp-port", str(self.smtp_port), "--http-port", str(self.catcher_port)]
        return [sys.executable, "-m", "devtools.catcher", str(self.folder / "catcher"), *ports]

    def _proxy(self, _number: int) -> list[str]:
        caddy = proxy.find_caddy()
        path = proxy.write_caddyfile(
            self.folder,
            port=self.port,
            own_port=take_port(),
            web_ports=list(self.web_ports.values()),
            is_newer=proxy.is_newer(caddy),
        )
        return [caddy, "run", "--adapter", "caddyfile", "--config", str(path)]

    def _read_log(self, name: str) -> bytes:
        return (self.folder / f"{name}.log").read_bytes()


def start_over(state: Path) -> Path:
    """Forget an earlier run, whose business and migrations would be in the way, and return the folder."""
    shutil.rmtree(state, ignore_errors=True)
    return state


@contextmanager
def running_pair(folder: Path, servers: Servers, *, root: Path = ROOT) -> Iterator[Pair]:
    """Migrate, start two of everything with a checkout's code, and end all of it with the block."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    pair = Pair(folder, servers, root=root)
    try:
        pair.run("-c", COMPILE)
        pair.manage("migrate_platform")
        for name in ("catcher", "web-1", "web-2", "worker-1", "worker-2", "beat", "proxy"):
            pair.start(name)
        pair.wait(lambda: _answers(pair.port), "the proxy does not answer")
        yield pair
    finally:
        for name in reversed(pair.processes):
            pair.processes[name].send_signal(signal.SIGTERM)
        for name in reversed(pair.processes):
            pair.stop(name)


def _answers(port: int) -> bool:
    return Visitor("127.0.0.1", port).ask("GET", "/healthz")[0] == HTTPStatus.OK
