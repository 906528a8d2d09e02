"""Where a run's time went: seconds per folder, at the end of runs that took long."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable

import pytest

SHORTEST_RUN_SECONDS = 20.0
SHORTEST_FOLDER_SECONDS = 1.0


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    reports = [each for kind in terminalreporter.stats.values() for each in kind if isinstance(each, pytest.TestReport)]
    spent = [(each.nodeid, each.duration) for each in reports]
    if sum(seconds for _, seconds in spent) < SHORTEST_RUN_SECONDS:
        return
    terminalreporter.section("seconds per folder, in all processes")
    for line in list_folders(spent):
        terminalreporter.write_line(line)


def list_folders(spent: Iterable[tuple[str, float]]) -> list[str]:
    """List the folders that took a second or more, longest first, with their number of tests.

    Args:
        spent: The test and the seconds of its set-up, of its call or of its teardown, in turn.
    """
    seconds: dict[str, float] = defaultdict(float)
    tests: dict[str, set[str]] = defaultdict(set)
    for nodeid, took in spent:
        folder = nodeid.partition("::")[0].rpartition("/")[0]
        seconds[folder] += took
        tests[folder].add(nodeid)
    longest = sorted(seconds, key=lambda folder: (-seconds[folder], folder))
    return [
        f"{seconds[folder]:7.1f} s {len(tests[folder]):6} {folder}"
        for folder in longest
        if seconds[folder] >= SHORTEST_FOLDER_SECONDS
    ]
