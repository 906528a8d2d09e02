"""A copy of the checkout in which one line at a time is broken; the checkout itself is never touched."""

from __future__ import annotations

import shutil
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from config.environment import ROOT
from devtools.errors import DevtoolsError
from devtools.mutate.mutant import Mutant
from devtools.processes import own_environment

_NOT_COPIED = shutil.ignore_patterns(".git", ".venv", ".turnero", "__pycache__", ".mypy_cache", ".ruff_cache", "node")
_PASSED, _FAILED = 0, 1
"""pytest's exit codes; every other one says that the tests could not be run."""


@dataclass(frozen=True, slots=True)
class Copy:
    """A checkout in another folder.

    Attributes:
        root: Its folder.
        variables: Environment of the tests that run in it: servers and a folder of its own.
    """

    root: Path
    variables: Mapping[str, str]

    def kills(self, mutant: Mutant) -> bool:
        """Break the mutant's line and tell whether its tests fail.

        Raises:
            DevtoolsError: The text does not stand there exactly once, or the tests could not be run.
        """
        with self.broken(mutant):
            return self.find_failure(mutant.tests) is not None

    def find_failure(self, tests: Sequence[str]) -> str | None:
        """Run tests, as pytest names them, up to the first that fails; return the end of its report.

        Raises:
            DevtoolsError: They could not be run; with the end of what pytest said.
        """
        answer = subprocess.run(
            [sys.executable, "-m", "pytest", "-x", "-q", "-p", "no:cacheprovider", *tests],
            cwd=self.root,
            env=own_environment(**{**self.variables, "PYTHONPATH": f"{self.root}:{self.root / 'platform'}"}),
            capture_output=True,
            text=True,
            check=False,
        )
        if answer.returncode not in {_PASSED, _FAILED}:
            message = f"pytest could not run {', '.join(tests)}:\n{answer.stdout[-800:]}{answer.stderr[-800:]}"
            raise DevtoolsError(message)
        return answer.stdout[-2000:] if answer.returncode == _FAILED else None

    @contextmanager
    def broken(self, mutant: Mutant) -> Iterator[None]:
        """Keep the mutant's line broken for a while."""
        path = self.root / mutant.file
        whole = path.read_text(encoding="utf-8")
        path.write_text(mutant.apply_to(whole), encoding="utf-8")
        try:
            yield
        finally:
            path.write_text(whole, encoding="utf-8")


def copy_checkout(target: Path, *, variables: Mapping[str, str]) -> Copy:
    """Copy the code as it is now, changes that are not committed included."""
    shutil.rmtree(target, ignore_errors=True)
    shutil.copytree(ROOT, target, ignore=_NOT_COPIED, symlinks=True)
    return Copy(root=target, variables=variables)
