"""Child processes in the foreground: run, pass signals on, hand back the exit code."""

from __future__ import annotations

import signal
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from types import FrameType

from config.environment import ROOT
from devtools.processes import tether


def run_python(arguments: Sequence[str], *, environment: Mapping[str, str]) -> int:
    """Run this Python with ``arguments`` in the checkout and return its exit code.

    Ctrl-C reaches the child from the terminal and SIGTERM is passed on; this process waits for
    the child either way, so that what it holds (servers, locks) is given back in order.
    """
    child = subprocess.Popen(
        [sys.executable, *arguments],
        cwd=ROOT,
        env=dict(environment),
        preexec_fn=tether(signal.SIGTERM),  # noqa: PLW1509 - no threads here
    )
    with _passing_on(child):
        returncode = child.wait()
    return returncode if returncode >= 0 else 128 - returncode


@contextmanager
def _passing_on(child: subprocess.Popen[bytes]) -> Iterator[None]:
    def pass_on(number: int, _frame: FrameType | None) -> None:
        if number != signal.SIGINT or not sys.stdin.isatty():
            child.send_signal(number)

    before = {number: signal.signal(number, pass_on) for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
