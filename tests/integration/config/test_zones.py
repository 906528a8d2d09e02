"""Every process takes the locked time zones, also on a machine whose own files say something else."""

from __future__ import annotations

import json
import struct
import subprocess
import sys
from pathlib import Path

import pytest

from config.environment import ROOT
from devtools.processes import own_environment

NINE = {
    "America/Vancouver 2026-12-10": "16:00",
    "Africa/Casablanca 2026-12-10": "09:00",
    "America/Havana 2026-12-10": "13:00",
    "America/Edmonton 2027-01-15": "15:00",
    "America/Winnipeg 2027-01-15": "14:00",
    "America/Inuvik 2026-12-10": "15:00",
    "Africa/El_Aaiun 2027-06-01": "09:00",
    "America/Mexico_City 2027-05-10": "15:00",
    "America/Tijuana 2027-05-10": "16:00",
    "America/Asuncion 2027-06-10": "12:00",
    "America/Santiago 2027-07-10": "13:00",
    "America/Sao_Paulo 2027-01-10": "12:00",
    "Europe/Madrid 2027-07-10": "07:00",
    "Asia/Almaty 2027-01-10": "04:00",
}
"""Which hour of UTC is nine in the morning there, by the locked `tzdata`."""

TELL = """
import atexit, json, os, runpy, sys
from datetime import UTC, date, datetime, time
from zoneinfo import ZoneInfo

kind, name, *arguments = sys.argv[1:]

def tell():
    hours = {}
    for asked in os.environ["ASKED"].split(";"):
        zone, on = asked.split()
        at = datetime.combine(date.fromisoformat(on), time(9), ZoneInfo(zone))
        hours[asked] = at.astimezone(UTC).strftime("%H:%M")
    print("\\n" + json.dumps(hours), flush=True)

ZoneInfo("America/Vancouver")  # what a library read before we were asked
atexit.register(tell)
sys.argv = [name, *arguments]
runpy.run_module(name, run_name="__main__" if kind == "run" else name, alter_sys=True)
"""
"""Begins as the process that is asked about begins, and tells its hours when that one ends."""

BEGINNINGS = [
    ("load", "config.asgi"),
    ("load", "config.wsgi"),
    ("load", "config.settings.test"),
    ("run", "config.manage", "check"),
    ("run", "celery", "-A", "config.celery", "report"),
    ("run", "devtools", "changes", "--help"),
    ("run", "devtools.inside", "replay", "--help"),
    ("run", "devtools.inside", "bench", "--help"),
    ("run", "devtools.inside", "drill.command", "--help"),
    ("run", "devtools.catcher", "--help"),
    ("run", "devtools.drill.production.visitor", "--help"),
]


@pytest.fixture(scope="module")
def false_zones(tmp_path_factory) -> Path:
    """A folder of time zones as a machine has it, in which every place is at UTC+5:45."""
    folder = tmp_path_factory.mktemp("zoneinfo")
    header = b"TZif" + b"2" + bytes(15) + struct.pack(">6l", 0, 0, 0, 0, 1, 4)
    data = struct.pack(">lBB", 20_700, 0, 0) + b"+55\0"
    for asked in NINE:
        path = folder / asked.split()[0]
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(header + data + header + data + b"\n<+0545>-5:45\n")
    return folder


def ask(false_zones: Path, *beginning: str, code: str = TELL) -> dict[str, str]:
    environment = own_environment(PYTHONTZPATH=str(false_zones), ASKED=";".join(NINE))
    told = subprocess.run(
        [sys.executable, "-c", code, *beginning],
        cwd=ROOT, env=environment, capture_output=True, text=True, check=False, timeout=120,
    )  # fmt: skip
    lines = told.stdout.strip().splitlines()
    assert lines, told.stderr
    return json.loads(lines[-1])


@pytest.mark.parametrize("beginning", BEGINNINGS, ids=lambda beginning: " ".join(beginning[1:]))
def test_process_takes_the_locked_zones(false_zones, beginning):
    assert ask(false_zones, *beginning) == NINE


def test_false_zones_would_be_taken_otherwise(false_zones):
    """Nothing is proved by zones that nobody would have read."""
    assert set(ask(false_zones, "run", "timeit", "pass").values()) == {"03:15"}
