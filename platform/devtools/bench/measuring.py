"""``./dev bench measuring``: what counting costs: the same requests with the middleware that counts, and without.

Two calls of a sample business through Django's whole handler, in this process: the list of services, and an address
that nobody has, which is the least that a request can be. Both handlers take turns, one round each, and medians of the
rounds' CPU are compared. ``alone``: figures stay in the process. ``files``: each is written into a file of the process,
as the units do it. ``scrape``: milliseconds until all figures are written, the questions to PostgreSQL included.
"""

from __future__ import annotations

import argparse
import json
import tempfile
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from statistics import median

from django.conf import settings
from django.core.handlers.wsgi import WSGIHandler
from django.test import RequestFactory, override_settings
from prometheus_client import values

from config.environment import child_environment
from devtools.commands import run_python
from devtools.scratch.tenant import temporary_tenant
from kernel.clock import utc_now
from tenants.types import TenantInfo
from web.figures import write_figures

COUNTING = "edge.measuring.MeasuringMiddleware"
ROUNDS, REQUESTS = 15, 100
GOAL = 1.05
"""Counting may cost a twentieth of the least request."""
PATHS = {"nothing": "/nothing-at-all", "services": "/api/v1/services"}

Answer = Callable[[str], int]


def run(argv: Sequence[str]) -> int:
    """Measure in this process, then in one that keeps its figures in files, and print both."""
    parser = argparse.ArgumentParser(prog="./dev bench measuring")
    parser.add_argument("--rounds", type=int, default=ROUNDS)
    options = parser.parse_args(argv)
    with temporary_tenant("measuring") as tenant:
        results = {name: _compare(tenant, path, options.rounds) for name, path in PATHS.items()}
        scrape = _time(lambda: len(write_figures(now=utc_now())))
    is_filed = values.ValueClass is not values.MutexValue
    print(json.dumps({"figures": "files" if is_filed else "alone", **results, "scrape_ms": scrape * 1000}))
    missed = [name for name, figures in results.items() if figures["ratio"] > GOAL]
    if is_filed:
        return int(bool(missed))
    with tempfile.TemporaryDirectory() as folder:
        own = Path(folder) / "web"
        own.mkdir()
        environment = child_environment(PROMETHEUS_MULTIPROC_DIR=str(own), TURNERO_METRICS_DIR=folder)
        again = ["-m", "devtools.inside", "bench", "measuring", f"--rounds={options.rounds}"]
        return run_python(again, environment=environment) or int(bool(missed))


def _compare(tenant: TenantInfo, path: str, rounds: int) -> Mapping[str, float]:
    """Return CPU milliseconds of one request, with and without, and the median of the rounds' ratios."""
    counting = _make(tenant, list(settings.MIDDLEWARE))
    bare = _make(tenant, [name for name in settings.MIDDLEWARE if name != COUNTING])
    spent: dict[str, list[float]] = {"with": [], "without": []}
    for number in range(rounds + 1):
        pairs = [("with", counting), ("without", bare)]
        for name, answer in pairs if number % 2 else reversed(pairs):
            spent[name].append(_spend(answer, path))
    ratios = [each / other for each, other in zip(spent["with"][1:], spent["without"][1:], strict=True)]
    milliseconds = {name: median(each[1:]) * 1000 / REQUESTS for name, each in spent.items()}
    return {**milliseconds, "ratio": median(ratios), "least": min(ratios), "most": max(ratios)}


def _make(tenant: TenantInfo, middleware: list[str]) -> Answer:
    with override_settings(MIDDLEWARE=middleware):
        handler = WSGIHandler()
    factory = RequestFactory(HTTP_HOST=tenant.primary_host)

    def answer(path: str) -> int:
        response = handler.get_response(factory.get(path))
        response.close()
        return response.status_code

    return answer


def _spend(answer: Answer, path: str) -> float:
    begun = time.process_time()
    for _ in range(REQUESTS):
        answer(path)
    return time.process_time() - begun


def _time(work: Callable[[], object], times: int = 9) -> float:
    spent = []
    for _ in range(times):
        begun = time.perf_counter()
        work()
        spent.append(time.perf_counter() - begun)
    return median(spent)
