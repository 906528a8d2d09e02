"""Another machine takes over: what runbooks say about a new one is run on a second Debian of the drill.

There the guide is followed as far as they say, files are brought over, their lines are run, and the guide goes on to
its end. Then a customer opens the link of a booking at the new machine, and the first one gets its work back.
"""

from __future__ import annotations

import shutil
import subprocess
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType

from devtools.drill.production.guide import INSTALL, Step, read_steps
from devtools.drill.production.looking import GIVEN, HOST, PACKED, tell, visit
from devtools.drill.production.machine import Machine, running_machine
from devtools.drill.production.runbooks import KEEP_ALL, read_runbook, run_line
from devtools.terminal import say

PREPARED = "systemctl daemon-reload"
"""The third line of “Turnero itself”: units are there, and nothing starts."""
LAST = "create_operator"
"""Operators came along: the guide is followed up to here."""
_UNITS = "turnero-web@1 turnero-web@2 turnero-worker@1 turnero-worker@2 turnero-beat"


@dataclass(frozen=True, slots=True, kw_only=True)
class Move:
    """How another machine takes over.

    Attributes:
        runbook: Whose lines they are.
        before: Lines of the drill on the first machine.
        old: Chapters whose lines are run on the first machine.
        brought: A file or folder of the first machine → where it is brought on the new one.
        new: Chapters whose lines are run on the new machine.
        last: Chapters whose lines are run on the first machine, once the new one serves.
        clears: Lines of the drill after which the first machine serves again.
    """

    runbook: str
    new: tuple[str, ...]
    before: tuple[str, ...] = ()
    old: tuple[str, ...] = ()
    brought: Mapping[str, str] = field(default_factory=dict)
    last: tuple[str, ...] = ()
    clears: tuple[str, ...] = (f"systemctl enable --now turnero-migrate {_UNITS}",)


MOVES: Mapping[str, Move] = MappingProxyType(
    {
        "new-node": Move(
            runbook="new-node",
            old=("On the old machine",),
            brought={name: name for name in ("/root/turnero.dump", "/root/turnero-state.tar.gz")},
            new=("On the new machine again",),
            last=("On the old machine, at last",),
        ),
        "restore-elsewhere": Move(
            runbook="restore-platform",
            before=(*KEEP_ALL, f"systemctl stop {_UNITS} postgresql@15-main"),
            brought={"/etc/turnero/environment": "/root/environment", "/var/lib/turnero/backups": "/root/backups"},
            new=("On a new machine, first", "Fetch it", "Let PostgreSQL replay it", "Let people in"),
            clears=("systemctl start postgresql@15-main", f"systemctl start {_UNITS}"),
        ),
    }
)


def try_move(machine: Machine, note: Path, name: str) -> bool:
    """Let a second machine take over, and tell whether the booking is there."""
    say(f"-- {name}")
    move = MOVES[name]
    is_well = all(run_line(machine, line) for line in move.before)
    is_well = is_well and _follow(machine, read_runbook(move.runbook, move.old) if move.old else ())
    if is_well:
        with running_machine(machine.root.parent, host=HOST, name="second") as second:
            is_well = _take_over(machine, second, move) and visit(second, note, time.monotonic())
    is_well = is_well and _follow(machine, read_runbook(move.runbook, move.last) if move.last else ())
    is_clear = all(run_line(machine, line) for line in move.clears)
    tell(is_well and is_clear, f"{name}: its lines, and the booking at another machine")
    return is_well and is_clear


def _take_over(first: Machine, second: Machine, move: Move) -> bool:
    """Follow the guide up to our units, bring the files, run the runbook's lines, and follow the guide to its end."""
    shutil.copy(first.root / PACKED, second.root / PACKED)
    guide = read_steps(INSTALL)
    prepared = next(at for at, step in enumerate(guide) if step.line == PREPARED) + 1
    last = next(at for at, step in enumerate(guide) if LAST in step.line)
    if not _follow(second, guide[:prepared]):
        return False
    for source, target in move.brought.items():
        places = [str(machine.root / path.lstrip("/")) for machine, path in ((first, source), (second, target))]
        subprocess.run(["cp", "--archive", *places], check=True)
    return _follow(second, read_runbook(move.runbook, move.new)) and _follow(second, guide[prepared:last])


def _follow(machine: Machine, steps: Sequence[Step]) -> bool:
    return all(run_line(machine, step.fill_in(GIVEN), needs_network=step.needs_network) for step in steps)
