"""``python -m devtools.checks.commits``: subjects say the room and what was done, in one short line."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

from config.environment import ROOT
from devtools.checks.git import NoGitError, ask_git
from devtools.errors import DevtoolsError
from devtools.terminal import say

BEGINNING = "526a7ccd"
"""The last commit before subjects were checked; its own has 61 characters."""
LONGEST = 60
_SUBJECT = re.compile(r"[A-Z][A-Za-z ]*: (?P<verb>[A-Z][a-z]+)\b.*[^.]")
_REPORT = re.compile(r".*(?:ed|ing)")
_IMPERATIVES = {"Bring", "Embed", "Feed", "Need", "Ping", "Seed", "Shed", "Speed", "String"}


def list_faults(subject: str) -> Iterator[str]:
    """Yield what is wrong with one subject."""
    if len(subject) > LONGEST:
        yield f"{len(subject)} characters, at most {LONGEST}"
    match = _SUBJECT.fullmatch(subject)
    if match is None:
        yield "not like “Room: Imperative sentence” (a capital after the colon, no period)"
    elif _REPORT.fullmatch(match["verb"]) and match["verb"] not in _IMPERATIVES:
        yield f"“{match['verb']}” reports; say what the commit does: Add, Move, Refuse"


def check(root: Path = ROOT, beginning: str = BEGINNING) -> int:
    """Print each commit with a fault and return how many there are; merges have no subject of their own."""
    try:
        known = ask_git("rev-parse", "--verify", "--quiet", f"{beginning}^{{commit}}", root=root)
        history = ask_git("log", "--no-merges", "--format=%h %s", f"{known.strip()}..HEAD", root=root)
    except NoGitError as error:
        say(f"{error}: commit subjects are not checked")
        return 0
    except DevtoolsError:
        say(f"the history does not reach back to {beginning}: commit subjects are not checked")
        return 0
    faults = 0
    for line in history.splitlines():
        number, _, subject = line.partition(" ")
        for fault in list_faults(subject):
            say(f"{number} {subject}\n    {fault}")
            faults += 1
    return faults


if __name__ == "__main__":
    raise SystemExit(min(check(), 1))
