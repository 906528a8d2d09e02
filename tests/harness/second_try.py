"""A second try for browser tests, and the names of those that needed it (``-p tests.harness.second_try``).

A browser, a server and a stream of events race on a machine that is busy with other tests. What
fails there is run once more, and said at the end of the run; what fails twice fails. Nowhere else
is a test tried again: see ``docs/decisions``.
"""

from __future__ import annotations

from collections.abc import Iterable

import pytest

BROWSER_TESTS = "tests/e2e/"


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Give browser tests a second try; not under ``--pdb``, where somebody looks at the first."""
    if config.option.usepdb:
        return
    for item in items:
        if item.nodeid.startswith(BROWSER_TESTS):
            item.add_marker(pytest.mark.flaky(reruns=1))


def is_second_try(request: pytest.FixtureRequest) -> bool:
    """Tell whether the test of this fixture failed before: what it left may be in its way."""
    return bool(getattr(request.node, "execution_count", 1) > 1)


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    stats = terminalreporter.stats
    shaken = list_shaken(stats.get("rerun", ()), (*stats.get("failed", ()), *stats.get("error", ())))
    if not shaken:
        return
    terminalreporter.section("passed at the second try only")
    for report in shaken:
        terminalreporter.write_line(report.longreprtext)
    for name in dict.fromkeys(report.nodeid for report in shaken):
        terminalreporter.write_line(f"Shaken: {name}", yellow=True)


def list_shaken(
    tried_again: Iterable[pytest.TestReport], failed: Iterable[pytest.TestReport]
) -> list[pytest.TestReport]:
    """List what failed in first tries, by name, without tests whose second try failed as well."""
    names = {each.nodeid for each in failed}
    return sorted((each for each in tried_again if each.nodeid not in names), key=lambda report: report.nodeid)
