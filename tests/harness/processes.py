"""Which test process does what, as a plug-in of pytest's (``-p tests.harness.processes``).

``./dev test`` gives each worker of pytest-xdist a database, a number in Redis and a folder of its
own. They have to be in the environment before Django reads its settings, and so before any
``conftest.py``.
"""

from __future__ import annotations

import gc
import json
import os
from collections.abc import Iterator, Mapping, MutableMapping

import pytest
from xdist.scheduler.loadscope import LoadScopeScheduling

LONGEST_FIRST = ("tests/e2e/", "tests/property/", "tests/integration/", "tests/architecture/", "tests/unit/")


@pytest.hookimpl(wrapper=True)
def pytest_load_initial_conftests(early_config: pytest.Config) -> Iterator[None]:
    take_part(os.environ)
    if runs_tests(os.environ, early_config.known_args_namespace.numprocesses):
        measure_no_children(os.environ)
        gc.disable()  # nearly all that is loaded and collected stays
    return (yield)


def runs_tests(environ: Mapping[str, str], workers: int | None) -> bool:
    """Tell a process that runs tests from the one that starts ``workers`` and hands them out."""
    return "PYTEST_XDIST_WORKER" in environ or not workers


def take_part(environ: MutableMapping[str, str]) -> None:
    """Make the part of this worker its surroundings; a process that is no worker keeps those it has."""
    worker = environ.get("PYTEST_XDIST_WORKER")
    if worker is None:
        return
    if "TURNERO_TEST_PARTS" not in environ:
        message = "workers need a database each; start them with: ./dev test -n NUMBER"
        raise pytest.UsageError(message)
    environ.update(json.loads(environ["TURNERO_TEST_PARTS"])[int(worker.removeprefix("gw"))])


def measure_no_children(environ: MutableMapping[str, str]) -> None:
    """Keep what the tests start from being measured, too.

    Servers and demos are killed and race on purpose: which of their lines ran differs from run to
    run, and a floor needs figures that stay.
    """
    environ.pop("TURNERO_MEASURED", None)


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Keep the tests of a file together, so that its browser starts once.

    Workers begin with what takes longest, so that all end at the same time. A single process begins
    with what fails fastest. Inside a file pytest-django's order stays: first what is rolled back.
    """
    direction = 1 if hasattr(config, "workerinput") else -1
    items.sort(key=lambda item: (direction * rank(item.nodeid), item.nodeid.partition("::")[0]))


def pytest_collection_finish() -> None:
    """Collect garbage again, as the tests are gathered."""
    gc.enable()


def rank(nodeid: str) -> int:
    return next((at for at, kind in enumerate(LONGEST_FIRST) if nodeid.startswith(kind)), len(LONGEST_FIRST))


def make_unit(nodeid: str) -> str:
    """Return what must run in one process: the file, or the folder of browser tests, which share a running product."""
    file = nodeid.partition("::")[0]
    return file.rpartition("/")[0] if file.startswith("tests/e2e/") else file


class UnitScheduling(LoadScopeScheduling):
    """Gives whole units to whoever is free, in the order of the collection."""

    def _split_scope(self, nodeid: str) -> str:
        return make_unit(nodeid)


def pytest_xdist_make_scheduler(config: pytest.Config, log: object) -> UnitScheduling:
    return UnitScheduling(config, log)  # type: ignore[arg-type]
