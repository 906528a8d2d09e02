"""Starting pytest: servers, a part of them for each process, and the processes."""

from __future__ import annotations

import json
import os
from collections.abc import Sequence

from config.environment import ROOT, read_environment
from devtools.chromium import ensure_test_browser
from devtools.commands import run_python
from devtools.messages import compile_catalogs
from devtools.processes import own_environment
from devtools.servers.embedded import running_servers
from devtools.testing.coverage import Measurement, show_coverage
from devtools.testing.places import make_part, taken_places
from devtools.testing.selection import choose_workers, is_whole_suite, split_count

COVERAGE = "--coverage"
MEASURED_CODES = (0, 1)
"""pytest's exit codes for tests that all passed, and for some that failed."""


def run_tests(arguments: Sequence[str]) -> int:
    """Run pytest with ``arguments`` and return its exit code.

    With ``--coverage``, and for the whole suite with ``CI=true``, what the tests run is measured
    and shown per room; after the whole suite a room below its floor makes the exit code 1.
    """
    environment = read_environment()
    count, others = split_count([each for each in arguments if each != COVERAGE])
    is_whole = is_whole_suite(others, ROOT)
    is_measured = COVERAGE in arguments or (is_whole and environment.is_ci)
    workers = choose_workers(count, others, root=ROOT, cpus=count_cpus())
    compile_catalogs()
    ensure_test_browser(may_install=environment.is_ci)
    state = environment.state_dir / "test"
    is_embedded = (environment.database_url is None, environment.redis_url is None)
    with taken_places(state, count=max(1, workers)) as numbers:
        measurement = Measurement(state / f"run-{numbers[0]}" / "coverage") if is_measured else None
        with running_servers(state, is_durable=False) as servers:
            parts = [
                make_part(servers, state, number=number, index=index, is_embedded=is_embedded).variables()
                for index, number in enumerate(numbers)
            ]
            variables = own_environment(
                DJANGO_SETTINGS_MODULE="config.settings.test",
                # The process that only hands out tests has the first worker's part: it touches no server.
                **parts[0],
                **(measurement.variables() if measurement else {}),
                TURNERO_TEST_PARTS=json.dumps(parts),
            )
            code = run_python(["-m", "pytest", *others, *list_worker_options(workers)], environment=variables)
        if measurement is not None and code in MEASURED_CODES:
            holds = show_coverage(measurement, is_whole=is_whole)
            return code or (0 if holds else 1)
        return code


def list_worker_options(workers: int) -> list[str]:
    """List pytest-xdist's options; the order of the files and who gets which is in ``tests/harness/processes.py``."""
    if not workers:
        return []
    # A worker that died would come back under another number: without a part, and with its tests' leftovers.
    return ["-n", str(workers), "--no-loadscope-reorder", "--max-worker-restart=0"]


def count_cpus() -> int:
    """Return how many processors this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
