"""Starting pytest: servers, a part of them for each process, and the processes."""

from __future__ import annotations

import json
import os
from collections.abc import Sequence

from config.environment import ROOT, read_environment
from devtools.chromium import ensure_chromium
from devtools.commands import run_python
from devtools.messages import compile_catalogs
from devtools.processes import own_environment
from devtools.servers.embedded import running_servers
from devtools.testing.places import make_part, taken_places
from devtools.testing.selection import choose_workers, split_count


def run_tests(arguments: Sequence[str]) -> int:
    """Run pytest with ``arguments`` and return its exit code."""
    environment = read_environment()
    count, others = split_count(arguments)
    workers = choose_workers(count, others, root=ROOT, cpus=count_cpus())
    compile_catalogs()
    ensure_chromium(may_install=environment.is_ci)
    state = environment.state_dir / "test"
    is_embedded = (environment.database_url is None, environment.redis_url is None)
    with (
        taken_places(state, count=max(1, workers)) as numbers,
        running_servers(state, is_durable=False) as servers,
    ):
        parts = [
            make_part(servers, state, number=number, index=index, is_embedded=is_embedded).variables()
            for index, number in enumerate(numbers)
        ]
        variables = own_environment(
            DJANGO_SETTINGS_MODULE="config.settings.test",
            # The process that only hands out tests has the first worker's part: it touches no server.
            **parts[0],
            TURNERO_TEST_PARTS=json.dumps(parts),
        )
        return run_python(["-m", "pytest", *others, *list_worker_options(workers)], environment=variables)


def list_worker_options(workers: int) -> list[str]:
    """List pytest-xdist's options; the order of the files and who gets which is in ``tests/harness/processes.py``."""
    if not workers:
        return []
    # A worker that died would come back under another number: without a part, and with its tests' leftovers.
    return ["-n", str(workers), "--no-loadscope-reorder", "--max-worker-restart=0"]


def count_cpus() -> int:
    """Return how many processors this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
