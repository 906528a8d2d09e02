"""Processes we start: tied to their parent's life, recognised again, ended by number only."""

from __future__ import annotations

import ctypes
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import psutil

from config.environment import ROOT, child_environment, read_values

_PR_SET_PDEATHSIG = 1
_LIBC = ctypes.CDLL(None, use_errno=True) if sys.platform == "linux" else None


def own_environment(**overrides: str | None) -> dict[str, str]:
    """Return the environment in which a child Python finds our packages, wherever this one was started.

    Only here does anybody get the settings for development without asking for them.
    """
    search = os.pathsep.join([str(ROOT), str(ROOT / "platform")])
    chosen = read_values().get("DJANGO_SETTINGS_MODULE") or "config.settings.development"
    return child_environment(**{"PYTHONPATH": search, "DJANGO_SETTINGS_MODULE": chosen, **overrides})


def tether(ending: signal.Signals) -> Callable[[], None]:
    """Return a ``preexec_fn``: the child gets ``ending`` when the thread that started it ends.

    Linux only (``prctl(2)``, PR_SET_PDEATHSIG); elsewhere it does nothing and the next start
    cleans up. Start the child from the main thread, or it ends with the other thread.
    """
    parent = os.getpid()

    def prepare() -> None:
        if _LIBC is not None:
            _LIBC.prctl(_PR_SET_PDEATHSIG, int(ending), 0, 0, 0)
            if os.getppid() != parent:  # the parent died between fork and prctl
                os._exit(1)

    return prepare


def write_pid(path: Path, pid: int) -> None:
    """Note a process so that a later start can recognise it: number and start time."""
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_suffix(".draft")
    draft.write_text(f"{pid} {psutil.Process(pid).create_time():.2f}\n", encoding="utf-8")
    draft.replace(path)


def find_noted(path: Path, *, argument: str) -> psutil.Process | None:
    """Find the process that :func:`write_pid` noted, if it is still the same one.

    Numbers are reused, so the start time and one ``argument`` of its command line must agree.
    """
    try:
        number, started = path.read_text(encoding="utf-8").split()
        process = psutil.Process(int(number))
        is_same = abs(process.create_time() - float(started)) < 1 and any(
            argument in part for part in process.cmdline()
        )
        if is_same and is_alive(process):
            return process
    except (OSError, ValueError, psutil.Error):
        pass
    return None


def end_process(process: psutil.Process, *endings: signal.Signals, seconds: float = 5) -> None:
    """Send each signal in turn, waiting ``seconds`` after each, until the process is gone."""
    for ending in endings:
        try:
            process.send_signal(ending)
        except psutil.NoSuchProcess:
            return
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            if not is_alive(process):
                return
            time.sleep(0.02)


def is_alive(process: psutil.Process) -> bool:
    """Tell whether a process still runs; one that only waits to be reaped (in a container, for ever) does not."""
    try:
        return process.is_running() and process.status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False


def end_child(child: subprocess.Popen[bytes], *endings: signal.Signals, seconds: float = 5) -> None:
    """Like :func:`end_process`, for a child of this process, which is reaped too."""
    for ending in endings:
        if child.poll() is not None:
            return
        child.send_signal(ending)
        deadline = time.monotonic() + seconds
        while child.poll() is None and time.monotonic() < deadline:
            time.sleep(0.02)


def describe_exit(returncode: int) -> str:
    """Say in words how a process ended, from ``Popen.returncode``."""
    if returncode >= 0:
        return f"exit code {returncode}"
    try:
        return signal.Signals(-returncode).name
    except ValueError:
        return f"signal {-returncode}"
