"""A Celery worker with beat in processes of its own, to be killed; leases are short, so that a test can wait for them.

Run as ``python -m tests.fakes.worker <schedule file>``.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from urllib.parse import quote, urlencode

from django.conf import settings
from django.db import connection

from config.environment import ROOT, child_environment

LEASE = timedelta(seconds=3)
OUTSIDE = "127.0.0.2"
"""Whatever the name, a webhook goes to this address, which stands for one of the outside."""


def make_database_url() -> str:
    """Return the address of the database that this test run uses."""
    parts = connection.settings_dict
    query = {"host": parts["HOST"] or "localhost"} | ({"port": parts["PORT"]} if parts["PORT"] else {})
    user = quote(parts["USER"]) + (f":{quote(parts['PASSWORD'])}" if parts["PASSWORD"] else "")
    return f"postgresql://{user + '@' if user else ''}/{parts['NAME']}?{urlencode(query)}"


@contextmanager
def running_worker(folder: Path, *, smtp_port: int) -> Iterator[subprocess.Popen[bytes]]:
    """Run a worker with two processes; whatever is left of it is killed at the end."""
    environment = child_environment(
        DJANGO_SETTINGS_MODULE="config.settings.development",
        DATABASE_URL=make_database_url(),
        REDIS_URL=settings.REDIS_URL,
        TURNERO_SMTP_URL=f"smtp://127.0.0.1:{smtp_port}",
        TURNERO_STATE_DIR=str(folder),
        TURNERO_SPARE_SCHEMAS="0",
        PYTHONPATH=os.pathsep.join((str(ROOT), str(ROOT / "platform"))),
    )
    with (folder / "worker.log").open("ab") as log:
        worker = subprocess.Popen(
            [sys.executable, "-m", "tests.fakes.worker", str(folder / "schedule")],
            cwd=ROOT, env=environment, stdout=log, stderr=log, start_new_session=True,
        )  # fmt: skip
    try:
        yield worker
    finally:
        kill(worker)


def kill(worker: subprocess.Popen[bytes]) -> None:
    """``kill -9`` the worker and the processes that it made: its own group, nobody else's."""
    if worker.poll() is None:
        os.killpg(worker.pid, signal.SIGKILL)
        worker.wait()


def main(schedule: str) -> None:
    from config.celery import app

    app.loader.import_default_modules()
    from notifications.services import delivery
    from notifications.services.webhooks import sending
    from outgoing.transport import Route
    from tenants.services import due_work

    delivery.LEASE = sending.LEASE = due_work.LEASE = LEASE
    sending.ROUTE = Route(resolve=lambda *_: (OUTSIDE,), may_reach=lambda address: address == OUTSIDE)
    app.worker_main(["worker", "--beat", f"--schedule={schedule}", "--concurrency=2", "--loglevel=warning"])


if __name__ == "__main__":
    main(sys.argv[1])
