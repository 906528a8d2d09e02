"""Another version of the code beside this one."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from devtools.checks.git import ask_git


@contextmanager
def checked_out(commit: str, folder: Path) -> Iterator[Path]:
    """Check a commit out in ``folder``, until the block ends.

    Raises:
        DevtoolsError: There is no git here, or no such commit.
    """
    _leave(folder)
    folder.parent.mkdir(parents=True, exist_ok=True)
    ask_git("worktree", "add", "--detach", "--quiet", str(folder), commit)
    try:
        yield folder
    finally:
        _leave(folder)


def _leave(folder: Path) -> None:
    if folder.exists():
        shutil.rmtree(folder)
    ask_git("worktree", "prune")
