"""The demo's worker, clock and carriers, for one burst."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path

from devtools.demo.parts import SMS_ACCOUNT, SMS_FROM, SMS_SECRET
from devtools.processes import own_environment, tether

STOP_SECONDS = 20


@contextmanager
def running_worker(folder: Path, **variables: str) -> Iterator[None]:
    """Run a worker with two processes, its clock, and carriers that take everything; they end with the block.

    What they say is dropped: the table says what became of each message. ``variables`` are of their environment.
    """
    with ExitStack() as stack:
        catcher = ["devtools.catcher", str(folder / "catcher")]
        taker = stack.enter_context(_running(catcher, own_environment(), stdout=subprocess.PIPE))
        assert taker.stdout is not None
        ports = json.loads(taker.stdout.readline())
        environment = own_environment(
            TURNERO_SMTP_URL=f"smtp://127.0.0.1:{ports['smtp_port']}",
            TURNERO_SMS_URL=f"http://127.0.0.1:{ports['http_port']}",
            TURNERO_SMS_ACCOUNT=SMS_ACCOUNT,
            TURNERO_SMS_SECRET=SMS_SECRET,
            TURNERO_SMS_FROM=SMS_FROM,
            **variables,
        )
        celery = ["celery", "--quiet", "-A", "config.celery", "worker", "--beat", "--concurrency", "2"]
        quiet = ["--loglevel", "ERROR", "--without-gossip", "--without-mingle"]
        stack.enter_context(_running([*celery, "--schedule", str(folder / "schedule"), *quiet], environment))
        yield


@contextmanager
def _running(
    module: Sequence[str], environment: dict[str, str], *, stdout: int = subprocess.DEVNULL
) -> Iterator[subprocess.Popen[bytes]]:
    process = subprocess.Popen(
        [sys.executable, "-W", "ignore", "-m", *module],
        env=environment,
        stdout=stdout,
        stderr=subprocess.DEVNULL,
        preexec_fn=tether(signal.SIGTERM),  # noqa: PLW1509 - one prctl, no lock is taken
    )
    try:
        yield process
    finally:
        process.terminate()
        try:
            process.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
