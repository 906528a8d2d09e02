"""Whether anybody outside the drill's machine notices anything."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from config.environment import ROOT
from devtools.drill.production.machine import Machine
from devtools.processes import own_environment
from devtools.terminal import say

HOST = "turnero.example"
SMTP_PORT, MAIL_PORT = 1025, 8025
GIVEN = {"HOST": HOST, "SMTP_URL": f"smtp://127.0.0.1:{SMTP_PORT}", "FROM_EMAIL": f"citas@{HOST}"}
"""What the drill fills in where readers of the guide fill in their own."""
PACKED = "root/turnero.tar.gz"
AUTHORITY = "var/lib/caddy/.local/share/caddy/pki/authorities/local/root.crt"


@contextmanager
def watching(machine: Machine, note: Path) -> Iterator[subprocess.Popen[str]]:
    """Look at pages from outside as long as the block runs."""
    own = [HOST, str(machine.root / AUTHORITY), str(note)]
    command = machine.command_from_outside([sys.executable, "-m", "devtools.drill.production.watcher", *own])
    watcher = subprocess.Popen(command, cwd=ROOT, env=own_environment(), stdout=subprocess.PIPE, text=True)
    if watcher.stdout is not None:
        watcher.stdout.readline()  # from here on it can be asked to end
    try:
        yield watcher
    finally:
        watcher.terminate()


def visit(machine: Machine, note: Path, began_at: float) -> bool:
    """Sign up and book from outside; once that was done, look whether the booking is there."""
    own = [HOST, str(machine.root / AUTHORITY), str(MAIL_PORT), str(note)]
    command = machine.command_from_outside([sys.executable, "-m", "devtools.drill.production.visitor", *own])
    visitor = subprocess.Popen(command, cwd=ROOT, env=own_environment(), stdout=subprocess.PIPE, text=True)
    for line in visitor.stdout or ():
        what, is_right, told = json.loads(line)
        if what == "BOOKED":
            say(f"{(time.monotonic() - began_at) / 60:.1f} minutes from the first line of the guide to the booking")
        else:
            tell(is_right, f"{what}  {told}")
    return visitor.wait() == 0


def judge_looks(watcher: subprocess.Popen[str]) -> bool:
    """Tell whether no answer was wrong, and print how many there were."""
    told, _ = watcher.communicate()
    looks, wrong = json.loads(told)
    tell(not wrong and looks > 0, f"{looks} looks at pages meanwhile, {len(wrong)} wrong  {wrong[:5]}")
    return not wrong and looks > 0


def tell(is_right: bool, what: str) -> None:  # noqa: FBT001 - the finding itself
    """Print a finding."""
    say(f"{'ok  ' if is_right else 'FAIL'}    {what}".rstrip())
