"""The failing product in processes of its own, started as ``docs/operations.md`` says."""

from __future__ import annotations

import http.client
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import cycle
from pathlib import Path

import redis
from django.conf import settings

from config.environment import ROOT, child_environment
from devtools.processes import tether
from devtools.servers.ports import take_port
from kernel.clock import utc_now
from keyvalue.tasks import QUEUE, push_task
from tenants.context import tenant_scope
from tenants.services.due_work import add_due_work, remove_due_work
from tenants.types import TenantInfo
from tests.fakes.failing.canaries import CANARIES
from tests.fakes.failing.ways import WAYS
from tests.fakes.worker import make_database_url

WEB = ("-m", "uvicorn", "config.asgi:application", "--app-dir", "platform", "--lifespan", "off", "--no-access-log")
WORKER = ("-m", "celery", "-A", "config.celery", "worker", "--pool=solo", "--loglevel=info", "--without-mingle")
HEADERS = {
    "X-Note": CANARIES["header"],
    "Authorization": f"Bearer {CANARIES['bearer']}",
    "Cookie": f"note={CANARIES['cookie']}",
}
DONE = ("due_work_failed", "failing.fail[")
"""What a worker's log says when it has failed as it was asked to."""
BOUNDARY = "part"
BODIES = {
    "application/json": json.dumps({"note": CANARIES["json"]}),
    "application/x-www-form-urlencoded": f"note={CANARIES['form']}",
    f"multipart/form-data; boundary={BOUNDARY}": (
        f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="note"\r\n\r\n{CANARIES["multipart"]}\r\n'
        f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="upload"; filename="{CANARIES["file"]}.txt"\r\n'
        f"Content-Type: text/plain\r\n\r\n{CANARIES['file']}\r\n--{BOUNDARY}--\r\n"
    ),
}


@dataclass(frozen=True)
class Site:
    """A running web process and the tenant that is asked."""

    port: int
    host: str

    def call(self, method: str, path: str, *, body: str = "", headers: Mapping[str, str] | None = None) -> int:
        """Return the status of one call; 0 when the answer broke off."""
        line = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
        try:
            line.request(method, path, body=body.encode(), headers={"Host": self.host, **(headers or {})})
            answer = line.getresponse()
            answer.read()
        except (http.client.HTTPException, ConnectionError):
            return 0
        finally:
            line.close()
        return answer.status

    def fail_in_every_way(self) -> None:
        """Send every canary that a request can carry, and let the server fail over it."""
        for way, (kind, body) in zip(WAYS, cycle(BODIES.items()), strict=False):
            path = f"/fail/{CANARIES['path']}/{way}/?note={CANARIES['query']}"
            self.call("POST", path, body=body, headers={**HEADERS, "Content-Type": kind})
        for way in ("later", "stream"):
            self.call("GET", f"/fail/{CANARIES['path']}/{way}/?note={CANARIES['query']}", headers=HEADERS)
        self.call("GET", "/", headers={**HEADERS, "X-Fail": "middleware"})
        self.call(CANARIES["method"].upper(), f"/fail/{CANARIES['path']}/fail_with_words/", headers=HEADERS)


@contextmanager
def running_site(tenant: TenantInfo, log: Path, *options: str, **variables: str) -> Iterator[Site]:
    with running_process(tenant, log, *WEB, *options, **variables) as (site, _):
        yield site


@contextmanager
def running_process(
    tenant: TenantInfo, log: Path, *command: str, **variables: str
) -> Iterator[tuple[Site, subprocess.Popen[bytes]]]:
    """Run a web process and give it beside its site."""
    port = take_port()
    with _running([*command, f"--port={port}"], log, variables) as process:
        site = Site(port=port, host=tenant.primary_host)
        wait_until(lambda: _answers(site), log, process)
        yield site, process


@contextmanager
def running_worker(log: Path, **variables: str) -> Iterator[None]:
    with redis.Redis.from_url(settings.REDIS_URL) as client:
        client.delete(QUEUE)
    with _running(WORKER, log, variables) as process:
        wait_until(lambda: "ready" in log.read_text(), log, process)
        yield


def fail_in_the_background(tenant: TenantInfo, log: Path, *, note: str = CANARIES["task"]) -> None:
    """Give a worker a task and due work that fail; wait until they did, and leave nothing to do."""
    push_task("nobody.knows.this", {"note": note})
    push_task("failing.fail", {"note": note})
    with tenant_scope(tenant):
        add_due_work(kind="failing", row_id=7, due_at=utc_now(), now=utc_now())
        wait_until(lambda: all(sign in log.read_text() for sign in DONE), log)
        remove_due_work(kind="failing", row_id=7)


def fail_in_a_command(log: Path, **variables: str) -> None:
    """Run a management command that fails."""
    with log.open("ab") as output:
        command = [sys.executable, "-m", "config.manage", "fail_with", CANARIES["command"]]
        subprocess.run(
            command, cwd=ROOT, env=_make_environment(variables), stdout=output, stderr=output, check=False, timeout=120
        )


@contextmanager
def _running(command: Sequence[str], log: Path, variables: Mapping[str, str]) -> Iterator[subprocess.Popen[bytes]]:
    with log.open("ab") as output:
        process = subprocess.Popen(
            [sys.executable, *command], cwd=ROOT, env=_make_environment(variables), stdout=output, stderr=output,
            preexec_fn=tether(signal.SIGTERM),  # noqa: PLW1509 - a killed test run leaves no process behind
        )  # fmt: skip
    try:
        yield process
    finally:
        process.terminate()
        process.wait(60)


def _make_environment(variables: Mapping[str, str]) -> dict[str, str]:
    own = {
        "DJANGO_SETTINGS_MODULE": "tests.fakes.failing.settings",
        "DATABASE_URL": make_database_url(),
        "REDIS_URL": settings.REDIS_URL,
        "TURNERO_RELEASE": "turnero@9.9",
        "TURNERO_SPARE_SCHEMAS": "0",
        "PYTHONPATH": os.pathsep.join((str(ROOT), str(ROOT / "platform"))),
    }
    return child_environment(**{**own, **variables})


def _answers(site: Site) -> bool:
    try:
        return site.call("GET", "/healthz") == http.HTTPStatus.OK
    except OSError:
        return False


def wait_until(is_ready: Callable[[], bool], log: Path, process: subprocess.Popen[bytes] | None = None) -> None:
    """Wait for what a process does; fail with its log when it ends before, or does not."""
    for _ in range(600):
        assert process is None or process.poll() is None, log.read_text()
        if is_ready():
            return
        time.sleep(0.1)
    raise AssertionError(log.read_text())
