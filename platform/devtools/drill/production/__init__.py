"""``./dev drill production``: the operator's guide, line by line, on a fresh Debian 12 with systemd.

Every command of ``docs/operations.md`` from the first one on is run as it stands there, on a machine
of its own (`devtools.drill.production.machine`); exchanged are the values that readers fill in. Then
somebody signs up, books over TLS with the certificate of Caddy's own authority and looks at the answers.
Then the chapters about a new version and the way back are run while somebody looks at pages all the time: no answer
may be wrong, and the booking is still there. Prints what every line took and the minutes from the first line to the
booking. ``--runbooks`` tries those instead (`devtools.drill.production.runbooks`).
"""

from __future__ import annotations

import argparse
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from config.environment import ROOT, read_environment
from devtools.drill.production.elsewhere import MOVES, try_move
from devtools.drill.production.guide import BACK, INSTALL, UPGRADE, Step, read_steps
from devtools.drill.production.looking import (
    GIVEN,
    HOST,
    MAIL_PORT,
    PACKED,
    SMTP_PORT,
    judge_looks,
    tell,
    visit,
    watching,
)
from devtools.drill.production.machine import Machine, running_machine
from devtools.drill.production.rotation import look_at_logs
from devtools.drill.production.runbooks import CASES, try_case
from devtools.errors import DevtoolsError
from devtools.processes import end_child, own_environment
from devtools.terminal import complain, say

OPERATORS_PASSWORD = "the-operators-password-of-the-drill\n"  # noqa: S105 - of a machine that is thrown away
UNITS = ("turnero-migrate", "turnero-web@1", "turnero-web@2", "turnero-worker@1", "turnero-worker@2", "turnero-beat")
LOOSEST = 40
"""Of a hundred; systemd calls up to 49 acceptable."""


def run(argv: Sequence[str]) -> int:
    """Follow the guide; 1 when a line fails or an answer is not as it must be."""
    parser = argparse.ArgumentParser(prog="./dev drill production")
    parser.add_argument("--keep", action="store_true", help="wait for Enter before the machine is thrown away")
    parser.add_argument(
        "--runbooks", nargs="*", choices=[*CASES, *MOVES], metavar="NAME",
        help="instead of a new version: what each runbook is for happens, and its lines are run (default: all)",
    )  # fmt: skip
    options = parser.parse_args(argv)
    folder = read_environment().state_dir / "production"
    folder.mkdir(parents=True, exist_ok=True)
    with running_machine(folder, host=HOST) as machine:
        _pack(machine.root / PACKED)
        with _catching_mail(machine, folder):
            is_well = _follow(machine, folder, runbooks=options.runbooks)
            if options.keep:
                input(f"the machine is in {machine.root}; Enter throws it away ")
    say("the guide holds" if is_well else "the guide does NOT hold")
    return 0 if is_well else 1


def _follow(machine: Machine, folder: Path, *, runbooks: Sequence[str] | None) -> bool:
    """Install, then bring a new version and go back, or try runbooks (none named: all of them)."""
    note = folder / "visit.txt"
    note.unlink(missing_ok=True)
    began_at = time.monotonic()
    if not _run_steps(machine, read_steps(INSTALL)):
        return False
    is_well = visit(machine, note, began_at) and _look_at_units(machine) and look_at_logs(machine)
    if runbooks is not None:
        return rehearse(machine, note, runbooks or [*CASES, *MOVES]) and is_well
    for chapter in (UPGRADE, BACK):
        say(f"-- {chapter}")
        with watching(machine, note) as watcher:
            is_well = _run_steps(machine, read_steps(chapter)) and is_well
        is_well = judge_looks(watcher) and visit(machine, note, began_at) and is_well
    return is_well


def rehearse(machine: Machine, note: Path, names: Sequence[str]) -> bool:
    """Try each of the runbooks, whatever became of the others; tell whether all of them hold."""
    held = {name: (try_move if name in MOVES else try_case)(machine, note, name) for name in names}
    failed = [name for name, is_well in held.items() if not is_well]
    say(f"{len(held)} runbooks, {len(failed)} do not hold  {', '.join(failed)}".rstrip())
    return not failed


def _run_steps(machine: Machine, steps: Sequence[Step]) -> bool:
    for step in steps:
        line = step.fill_in(GIVEN)
        told = OPERATORS_PASSWORD if "create_operator" in line else ""
        began_at = time.monotonic()
        done = machine.run(line, needs_network=step.needs_network, told=told)
        say(f"{time.monotonic() - began_at:6.1f} s  {line}")
        if done.returncode:
            complain(f"this line of the guide failed ({done.returncode}):\n{done.stdout[-3000:]}")
            for unit in UNITS:
                complain(machine.run(f"journalctl --unit {unit} --no-pager --lines 20 || true").stdout)
            return False
    return True


def _look_at_units(machine: Machine) -> bool:
    """Let systemd look at our units, and at what they expose."""
    units = " ".join(f"{unit}.service" for unit in UNITS)
    checked = machine.run(f"systemd-analyze verify {units}")
    tell(checked.returncode == 0, f"systemd-analyze verify  {checked.stdout.strip()[-300:]}")
    exposed = [machine.run(f"systemd-analyze security --threshold={LOOSEST} {unit}.service") for unit in UNITS]
    for told in exposed:
        tell(told.returncode == 0, told.stdout.strip().splitlines()[-1])
    failed = machine.run("systemctl list-units --failed --no-legend 'turnero-*' caddy.service 'postgresql*' 'redis*'")
    tell(not failed.stdout.strip(), f"no unit has failed  {failed.stdout.strip()}")
    return not any((checked.returncode, *(told.returncode for told in exposed), failed.stdout.strip()))


def _pack(target: Path) -> None:
    """Put the files of this checkout where the guide expects them, as ``git archive`` would with what is there now."""
    git = shutil.which("git")
    if git is None:
        message = "the drill packs what git knows of; git is not here"
        raise DevtoolsError(message)
    listed = subprocess.run([git, "ls-files", "-z"], cwd=ROOT, capture_output=True, check=True).stdout
    subprocess.run(
        ["tar", "--create", "--gzip", f"--file={target}", "--null", "--files-from=-"],
        cwd=ROOT,
        input=listed,
        check=True,
    )


@contextmanager
def _catching_mail(machine: Machine, folder: Path) -> Iterator[None]:
    shutil.rmtree(folder / "mails", ignore_errors=True)
    ports = ["--smtp-port", str(SMTP_PORT), "--http-port", str(MAIL_PORT)]
    command = machine.command_from_outside([sys.executable, "-m", "devtools.catcher", str(folder / "mails"), *ports])
    catcher = subprocess.Popen(command, cwd=ROOT, env=own_environment(), stdout=subprocess.DEVNULL)
    try:
        yield
    finally:
        end_child(catcher, signal.SIGTERM, signal.SIGKILL)
