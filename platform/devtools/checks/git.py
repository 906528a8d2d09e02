"""Asking git, where there is one: an archive of the sources has no history and no index."""

from __future__ import annotations

import subprocess
from pathlib import Path

from config.environment import ROOT
from devtools.errors import DevtoolsError


class NoGitError(DevtoolsError):
    """There is no git, or this is no checkout of its own."""


def ask_git(*arguments: str, root: Path = ROOT) -> str:
    """Return what ``git ARGUMENTS`` prints in the checkout.

    Raises:
        NoGitError: git is not installed, or ``root`` is not the top of a checkout.
        DevtoolsError: git refused; the text is what it said.
    """
    top = _run(("rev-parse", "--show-toplevel"), root)
    if top is None or top.returncode or Path(top.stdout.strip()).resolve() != root.resolve():
        message = "no git here"
        raise NoGitError(message)
    done = _run(arguments, root)
    if done is None or done.returncode:
        message = f"git {arguments[0]}: {done.stderr.strip() if done else 'is gone'}"
        raise DevtoolsError(message)
    return done.stdout


def _run(arguments: tuple[str, ...], root: Path) -> subprocess.CompletedProcess[str] | None:
    try:
        return subprocess.run(["git", *arguments], cwd=root, capture_output=True, text=True, check=False)
    except FileNotFoundError:
        return None
