"""``./dev demo`` as tests use it: started, spoken to from outside, hurt by pid, stopped."""

from __future__ import annotations

import json
import re
import signal
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlencode, urlsplit

import psutil
import psycopg

from config.environment import ROOT
from devtools.processes import end_child, find_noted, own_environment, tether
from devtools.servers.ports import take_port
from samples.businesses import DEMO_PASSWORD
from tests.e2e.whole.site import Site

START_SECONDS = 300
PATIENCE_SECONDS = 120
"""Far more than it takes. A worker that is killed while it sends a mail holds the only place of mails for a minute."""
PASSWORD = DEMO_PASSWORD

Message = dict[str, Any]


@dataclass(frozen=True)
class Stack:
    """A running demo.

    Attributes:
        state: Its folder, where it notes its processes.
        port: Where it answers, on every host.
        catcher_port: Where what was sent can be read.
    """

    state: Path
    port: int
    catcher_port: int

    def make_host(self, slug: str) -> str:
        """Return a tenant's host, or the platform's own for an empty slug."""
        return f"{slug}.localhost:{self.port}" if slug else f"localhost:{self.port}"

    def make_url(self, slug: str, path: str = "/") -> str:
        return f"http://{self.make_host(slug)}{path}"

    def visit(self, slug: str, *, language: str = "es") -> Site:
        """Return a client of its own at a tenant's host."""
        return Site(self.make_host(slug), self.port, language=language)

    def list_messages(self, *, to: str, channel: str = "email") -> list[Message]:
        """List what was sent to addresses that contain ``to``, oldest first."""
        query = urlencode({"to": to, "channel": channel, "limit": 5000})
        with urllib.request.urlopen(f"http://127.0.0.1:{self.catcher_port}/api/messages?{query}") as answer:
            return json.load(answer)["messages"][::-1]

    def wait_for_messages(self, count: int, *, to: str, seconds: float = PATIENCE_SECONDS) -> list[Message]:
        wait_until(lambda: len(self.list_messages(to=to)) >= count, seconds=seconds)
        return self.list_messages(to=to)

    def read_attachment(self, url: str) -> bytes:
        with urllib.request.urlopen(f"http://127.0.0.1:{self.catcher_port}{url}") as answer:
            return answer.read()

    def make_tenant(self, slug: str, vertical: str, *, is_minimal: bool = False) -> None:
        """Make a tenant of the test's own; a minimal one has one resource of each type."""
        command = [sys.executable, "-m", "tests.e2e.whole.make_tenant", slug, vertical]
        subprocess.run([*command, *["--minimal"] * is_minimal], cwd=ROOT, env=self.environment, check=True)

    @property
    def environment(self) -> dict[str, str]:
        """Return the environment of the demo's own processes, taken from one of them."""
        return psutil.Process(self.find("web").pid).environ()

    @contextmanager
    def open_schema(self, slug: str) -> Iterator[psycopg.Connection[Any]]:
        """Open the database inside a tenant's schema."""
        url = json.loads((self.state / "postgres.json").read_text())["url"]
        with psycopg.connect(url, autocommit=True) as database:
            query = "SELECT set_config('search_path', schema_name, false) FROM tenants_tenant WHERE slug = %s"
            assert database.execute(query, [slug]).fetchone() is not None
            yield database

    def find(self, name: str) -> psutil.Process:
        """Return a process of the demo: ``web``, ``worker``, ``beat``, ``catcher`` or ``redis``."""
        note = self.state / "redis" / "redis.pid" if name == "redis" else self.state / "processes" / f"{name}.pid"
        wait_until(lambda: find_noted(note, argument="") is not None)  # one that was killed comes back
        process = find_noted(note, argument="")
        assert process is not None, f"{name} does not run"
        return process

    def kill(self, name: str) -> None:
        """``kill -9`` one process."""
        process = self.find(name)
        process.kill()
        with suppress(psutil.TimeoutExpired):
            process.wait(5)

    def end_postgres(self, ending: signal.Signals) -> None:
        """Let the database end, fast (SIGINT) or immediately (SIGQUIT); its keeper starts it again."""
        keeper = psutil.Process(json.loads((self.state / "postgres.json").read_text())["keeper"])
        wait_until(lambda: len(keeper.children()) == 1)
        (server,) = keeper.children()
        server.send_signal(ending)
        server.wait(PATIENCE_SECONDS)

    @contextmanager
    def without_redis(self) -> Iterator[None]:
        """``kill -9`` Redis and keep it from being started again until the block ends."""
        keeper = psutil.Process(json.loads((self.state / "redis.json").read_text())["keeper"])
        keeper.suspend()
        try:
            self.kill("redis")
            yield
        finally:
            keeper.resume()


@contextmanager
def run_stack(folder: Path) -> Iterator[Stack]:
    """Run a demo with servers of its own in ``folder``, whatever servers the test run itself uses."""
    port, log = take_port(), folder / "demo.log"
    environment = own_environment(
        DATABASE_URL=None, REDIS_URL=None, DJANGO_SETTINGS_MODULE=None, TURNERO_STATE_DIR=str(folder / "state")
    )
    with log.open("wb") as output:
        demo = subprocess.Popen(
            [sys.executable, "-m", "devtools", "demo", "--port", str(port)],
            cwd=ROOT, env=environment, stdin=subprocess.DEVNULL, stdout=output, stderr=output,
            start_new_session=True, preexec_fn=tether(signal.SIGTERM),  # noqa: PLW1509 - the only thread as yet
        )  # fmt: skip
    try:
        wait_until(lambda: demo.poll() is not None or "Ctrl-C stops" in log.read_text(), seconds=START_SECONDS)
        found = re.search(r"What was sent .*?(http://\S+)", log.read_text())
        assert found is not None, log.read_text()
        yield Stack(folder / "state", port, urlsplit(found[1]).port or 0)
    finally:
        end_child(demo, signal.SIGTERM, signal.SIGKILL, seconds=60)


def wait_until(condition: Callable[[], bool], *, seconds: float = PATIENCE_SECONDS) -> None:
    """Wait until ``condition`` holds; fail after ``seconds``."""
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, f"not within {seconds} s"
        time.sleep(0.1)
