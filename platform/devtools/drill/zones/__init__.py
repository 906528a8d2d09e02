"""``./dev drill zones``: countries that changed their clocks, replayed with the `tzdata` from before and with ours.

A process with the old release, installed by name into a folder of its own, fills a day with bookings, a group and an
absence; this one has the locked release, follows the change, and looks: every hour on the wall is the one that was
agreed, nothing is overbooked, and following again changes nothing.
"""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from secrets import token_hex
from tempfile import TemporaryDirectory

from config.environment import ROOT
from devtools.bench.settings import set_up_django
from devtools.drill.zones.changes import CHANGES, Change
from devtools.errors import DevtoolsError
from devtools.processes import own_environment
from devtools.terminal import complain, say
from kernel.clock import utc_now


def run(_argv: Sequence[str]) -> int:
    """Replay each change, print what moved; 1 when an hour on the wall is not the agreed one."""
    set_up_django()
    from devtools.drill.zones.past import look_after  # noqa: PLC0415 - Django's apps come first
    from devtools.scratch.tenant import make_scratch_tenant  # noqa: PLC0415
    from tenants.services.life_cycle import drop_tenant  # noqa: PLC0415

    faults: list[str] = []
    with TemporaryDirectory() as folder:
        for change in CHANGES:
            schema_name = make_scratch_tenant(slug=f"zones-{token_hex(4)}", now=utc_now()).schema_name
            try:
                _book_with(change, Path(folder) / change.release, schema_name)
                lines, wrong = look_after(change, schema_name)
            finally:
                drop_tenant(schema_name=schema_name)
            say(f"{change.name} ({change.timezone}, tzdata {change.release} and the locked one)")
            for line in lines:
                say(f"  {line}")
            faults += wrong
    for fault in faults:
        complain(fault)
    return 1 if faults else 0


def _book_with(change: Change, folder: Path, schema_name: str) -> None:
    """Let a process book that finds the old release before the locked one."""
    _run([sys.executable, "-m", "pip", "install", "--quiet", "--no-deps", "--disable-pip-version-check",
          "--target", str(folder), f"tzdata=={change.release}"], own_environment())  # fmt: skip
    environment = own_environment()
    environment["PYTHONPATH"] = os.pathsep.join([str(folder), environment["PYTHONPATH"]])
    asked = [change.timezone, change.learned_at.isoformat(), change.on.isoformat(), str(folder)]
    _run([sys.executable, "-m", "devtools.inside", "drill.zones.past", schema_name, *asked], environment)


def _run(command: Sequence[str], environment: dict[str, str]) -> None:
    done = subprocess.run(list(command), cwd=ROOT, env=environment, capture_output=True, text=True, check=False)
    if done.returncode:
        message = f"{' '.join(command[2:6])} failed:\n{done.stderr[-2000:]}"
        raise DevtoolsError(message)
