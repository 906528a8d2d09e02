"""How a test run is divided among processes: read from what pytest is asked for."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path

from devtools.errors import DevtoolsError

FEWEST_SLOW_FILES = 10
"""Below it a second process costs more than it saves: each needs some four seconds to begin."""

_FAST_KINDS = ("tests/unit/", "tests/architecture/")
_COUNT_OPTIONS = ("-n", "--numprocesses")
_ONE_BY_ONE = {
    "--exitfirst", "--maxfail", "--pdb", "--trace", "--last-failed", "--lf", "--failed-first", "--ff", "--new-first",
    "--nf", "--stepwise", "--sw", "--collect-only", "--co", "--fixtures", "--markers", "--setup-plan", "--setup-only",
    "--capture", "--help", "--version",
}  # fmt: skip
_ONE_BY_ONE_LETTERS = frozenset("xkmsh")
_LETTERS_WITH_VALUE = frozenset("kmpcorWn")


def split_count(arguments: Sequence[str]) -> tuple[str | None, list[str]]:
    """Take pytest-xdist's ``-n`` out of ``arguments``; return its value (None: not given) and the others."""
    count: str | None = None
    others: list[str] = []
    remaining = iter(arguments)
    for argument in remaining:
        name, has_value, value = argument.partition("=")
        if argument in _COUNT_OPTIONS:
            count = next(remaining, "")
        elif name in _COUNT_OPTIONS and has_value:
            count = value
        elif argument.startswith("-n") and argument[2:].isalnum():
            count = argument[2:]
        else:
            others.append(argument)
    return count, others


def choose_workers(count: str | None, arguments: Sequence[str], *, root: Path, cpus: int) -> int:
    """Return how many worker processes run the tests; 0: pytest's own process does.

    Left alone, one for each processor when much is selected, and one more for the whole suite: tests that wait for
    a browser or for a server to start leave their processor to others. Where the order matters or somebody watches
    (``-x``, ``-k``, ``-s``, ``--pdb``, ``--lf`` …) there are none.

    Args:
        count: The value of ``-n``; None when it was not given.
        arguments: The other arguments for pytest.
        root: Where paths among them count from.
        cpus: How many processors there are.

    Raises:
        DevtoolsError: ``count`` is neither a number nor ``auto`` or ``logical``.
    """
    if count is not None:
        if count in {"auto", "logical"}:
            return cpus
        if not count.isdigit():
            message = f"-n must be a whole number or auto, not {count!r}"
            raise DevtoolsError(message)
        return int(count)
    if cpus < 2 or any(_is_one_by_one(argument) for argument in arguments):  # noqa: PLR2004 - one alone is no crowd
        return 0
    if is_whole_suite(arguments, root):
        return cpus + 1
    return cpus if _count_slow_files(arguments, root) >= FEWEST_SLOW_FILES else 0


def is_whole_suite(arguments: Sequence[str], root: Path) -> bool:
    """Tell whether every test runs: what was measured says nothing about a room otherwise."""
    paths = list_paths(arguments, root)
    return paths in ([], [root / "tests"]) and not any(_is_one_by_one(argument) for argument in arguments)


def list_paths(arguments: Iterable[str], root: Path) -> list[Path]:
    """List the arguments that name a file or folder (``file::test`` names the file)."""
    named = (argument.partition("::")[0] for argument in arguments if not argument.startswith("-"))
    return [root / name for name in named if name and (root / name).exists()]


def _count_slow_files(arguments: Sequence[str], root: Path) -> int:
    paths = list_paths(arguments, root) or [root / "tests"]
    files = {file for path in paths for file in (path.rglob("test_*.py") if path.is_dir() else [path])}
    return sum(not file.relative_to(root).as_posix().startswith(_FAST_KINDS) for file in files)


def _is_one_by_one(argument: str) -> bool:
    if argument.startswith("--"):
        return argument.partition("=")[0] in _ONE_BY_ONE
    if not argument.startswith("-"):
        return False
    for letter in argument[1:]:
        if letter in _ONE_BY_ONE_LETTERS:
            return True
        if letter in _LETTERS_WITH_VALUE:
            return False
    return False
