"""The commands of the runbooks, as they stand there, on files of a test's own."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

from config.environment import ROOT
from database.connection import LASTING
from devtools.drill.production import runbooks
from devtools.drill.production.elsewhere import MOVES
from devtools.drill.production.guide import read_steps

BY_OTHERS = {"alerts"}
"""What an alert means, and which runbook is for it."""
PAGE = (ROOT / "infra" / "runbooks" / "new-secret.md").read_text()
SLOW = (ROOT / "infra" / "runbooks" / "slow-business.md").read_text()
FIRST, SECOND = "a" * 20 + "|&/" + "0123456789" * 3, "b" * 64
STUB = '#!/bin/sh\necho "$(basename $0) $*" >> {said}\n'


@pytest.fixture
def machine(tmp_path) -> Path:
    """A folder that stands for /etc/turnero, with programs that only say that they were called."""
    for name in ("turnero-restart", "turnero-manage"):
        program = tmp_path / name
        program.write_text(STUB.format(said=tmp_path / "said"))
        program.chmod(0o755)
    return tmp_path


def run(machine: Path) -> list[str]:
    lines = [step.line.replace("/etc/turnero", str(machine)) for step in read_steps("Change it", PAGE)]
    script = "\n".join(["set -eu", *lines])
    path = f"{machine}:/usr/bin:/bin"
    subprocess.run(["/bin/sh", "-c", script], check=True, env={"PATH": path}, capture_output=True)
    return (machine / "environment").read_text().splitlines()


def test_new_secret_takes_the_place_of_the_one_before_which_stays_listed(machine):
    (machine / "environment").write_text(f"A='1'\nTURNERO_SECRET_KEY='{FIRST}'\n# TURNERO_SECRET_KEY_FALLBACKS='x'\n")
    (machine / "environment").chmod(0o640)

    lines = run(machine)

    key = lines[1].removeprefix("TURNERO_SECRET_KEY=").strip("'")
    assert (lines[0], lines[2]) == ("A='1'", "# TURNERO_SECRET_KEY_FALLBACKS='x'")
    assert (len(key), key == FIRST) == (64, False)
    assert lines[3:] == [f"TURNERO_SECRET_KEY_FALLBACKS='{FIRST}'"]
    assert (machine / "environment").stat().st_mode & 0o777 == 0o640
    assert (machine / "said").read_text().splitlines() == [
        "turnero-manage check --deploy --fail-level WARNING",
        "turnero-restart ",
    ] * 2
    assert not (machine / "environment.before").exists()


UNITS = {"web@1": "active", "web@2": "inactive", "web@3": "failed", "worker@1": "activating", "worker@2": "inactive"}
SYSTEMCTL = """#!{python}
import sys
from fnmatch import fnmatch

command, *words = sys.argv[1:]
if command == "restart":
    open({said!r}, "a").write(words[0] + "\\n")
else:
    wanted = [word.partition("=")[2].split(",") for word in words if word.startswith("--state=")]
    for name, state in {units!r}.items():
        # Without --all and --state it lists what is loaded, and that is not what was stopped.
        is_listed = state in wanted[0] if wanted else "--all" in words or state != "inactive"
        if is_listed and fnmatch("turnero-" + name, words[-1]):
            print("turnero-" + name + ".service", "loaded", state)
"""


@pytest.mark.parametrize(
    ("words", "order"), [((), ("worker@1", "web@1", "web@3")), (("--back",), ("web@1", "web@3", "worker@1"))]
)
def test_workers_start_first_and_what_somebody_stopped_stays_so(machine, words, order):
    systemctl, said = machine / "systemctl", machine / "restarted"
    systemctl.write_text(SYSTEMCTL.format(python=sys.executable, said=str(said), units=UNITS))
    (machine / "sleep").write_text("#!/bin/sh\n")
    for program in (systemctl, machine / "sleep"):
        program.chmod(0o755)

    command = [ROOT / "infra" / "turnero-restart", *words]
    subprocess.run(command, check=True, env={"PATH": f"{machine}:/usr/bin:/bin"})

    units = [f"turnero-{name}.service" for name in order]
    assert said.read_text().splitlines() == [*units, "turnero-beat"]


def test_what_may_take_minutes_is_not_ended_for_being_slow():
    (line,) = [step.line for step in read_steps("End what holds the others up", SLOW)]

    assert f"AND application_name <> '{LASTING}' AND" in line


def test_second_change_lists_both(machine):
    text = f"TURNERO_SECRET_KEY='{SECOND}'\nTURNERO_SECRET_KEY_FALLBACKS='{FIRST}'\n"
    (machine / "environment").write_text(text)

    lines = run(machine)

    assert lines[1:] == [f"TURNERO_SECRET_KEY_FALLBACKS='{SECOND} {FIRST}'"]


def test_drill_tries_every_runbook():
    there = {path.stem for path in runbooks.FOLDER.glob("*.md")}

    tried = {case.runbook or name for name, case in runbooks.CASES.items()} | {each.runbook for each in MOVES.values()}
    assert there - BY_OTHERS == tried
    for name, case in runbooks.CASES.items():
        steps = runbooks.read_runbook(case.runbook or name, case.chapters)
        lines = [step.line for step in steps]
        given = {step.given for step in steps} - {""}
        assert given == set(case.given), name
        assert [part for part in case.mends if not any(part in line for line in lines)] == [], name


def test_every_chapter_of_a_move_is_run_on_one_of_both_machines():
    run = {name: [] for name in ("new-node", "restore-platform")}
    for each in MOVES.values():
        run[each.runbook] += [*each.old, *each.new, *each.last]

    for name, chapters in run.items():
        lines = [step.line for step in runbooks.read_runbook(name)]
        assert [step.line for step in runbooks.read_runbook(name, chapters)] == lines, name


def test_runbooks_lead_to_files_and_settings_that_there_are():
    example = (ROOT / "infra" / "environment.example").read_text()
    chapters = re.findall(r"^## (.+)$", (ROOT / "docs" / "operations.md").read_text(), re.MULTILINE)

    for path in runbooks.FOLDER.glob("*.md"):
        page = path.read_text()
        assert [link for link in re.findall(r"\]\(([^)#:]+)[^)]*\)", page) if not (path.parent / link).exists()] == []
        assert [name for name in re.findall(r"TURNERO_[A-Z_]+[A-Z]", page) if name not in example] == []
        assert [
            said for said in re.findall(r"“(A new|Back|From|The whole)([^”]*)”", page) if not is_chapter(said, chapters)
        ] == []


def is_chapter(said: tuple[str, str], chapters: list[str]) -> bool:
    return any(chapter.startswith("".join(said)) for chapter in chapters)
