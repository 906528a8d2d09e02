"""``./dev changes [VERSION] [--check]``: what users notice, one file per change until a release gathers them.

The files are towncrier's fragments; their kinds and their folder stand in ``pyproject.toml``.
"""

from __future__ import annotations

import argparse
import re
import tomllib
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from config.environment import ROOT
from devtools.commands import run_python
from devtools.processes import own_environment
from devtools.terminal import say

LONGEST = 400
_LINE = 120
_NAME = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")
_CODE = re.compile(r"`|\b\w+_\w+\b|\w\(\)|(?<!\w)#\d")
"""Signs of code and of tickets: users know neither."""


def run_changes(arguments: Sequence[str]) -> int:
    """Show the next release, or gather it under ``VERSION``; or, with ``--check``, only say what is wrong."""
    parser = argparse.ArgumentParser(prog="./dev changes")
    parser.add_argument("version", nargs="?", help="write them into CHANGELOG.md as this release, remove the files")
    parser.add_argument("--check", action="store_true", help="change nothing; fail when a file is not as it should be")
    options = parser.parse_args(arguments)
    faults = list(list_faults())
    for fault in faults:
        say(fault)
    if faults or options.check:
        return 1 if faults else 0
    command = ["-m", "towncrier", "build"]
    command += ["--yes", "--version", options.version] if options.version else ["--draft", "--version", "next"]
    return run_python(command, environment=own_environment())


def list_faults(root: Path = ROOT) -> Iterator[str]:
    """Yield what is wrong with the files of changes, and with the page that they end in."""
    settings = read_settings(root)
    folder = root / settings["directory"]
    others = {Path(settings["template"]).name, "README.md"}
    for path in sorted(folder.iterdir()):
        if path.name not in others:
            yield from (f"{path.relative_to(root)}: {fault}" for fault in _list_faults(path, settings["fragment"]))
    if settings["start_string"] not in (root / settings["filename"]).read_text(encoding="utf-8"):
        yield f"{settings['filename']} lacks the line {settings['start_string'].strip()!r}, below which releases go"


def read_settings(root: Path) -> dict[str, Any]:
    """Return what ``pyproject.toml`` tells towncrier."""
    settings: dict[str, Any] = tomllib.loads((root / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["towncrier"]
    return settings


def _list_faults(path: Path, kinds: dict[str, Any]) -> Iterator[str]:
    parts = path.name.split(".")
    if len(parts) != 3 or parts[2] != "md" or not _NAME.fullmatch(parts[0]) or parts[1] not in kinds:  # noqa: PLR2004
        yield f"not named <what>.<kind>.md with a kind of {', '.join(kinds)}"
        return
    text = path.read_text(encoding="utf-8")
    sentence = " ".join(text.split())
    if not sentence:
        yield "empty"
        return
    if not sentence[0].isupper() or sentence[-1] not in ".!?”":
        yield "not a sentence"
    if "\n\n" in text.strip() or text.lstrip().startswith(("-", "*", "#")):
        yield "more than one paragraph, or a list or heading"
    if len(sentence) > LONGEST:
        yield f"{len(sentence)} characters; two sentences are enough"
    if max(len(line) for line in text.splitlines()) > _LINE:
        yield f"a line of more than {_LINE} characters"
    if code := _CODE.search(sentence):
        yield f"speaks of code or tickets ({code[0]!r}); say it in the user's words"
