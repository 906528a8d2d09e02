from __future__ import annotations

import gc
import json
from types import SimpleNamespace

import pytest

from tests.harness.processes import make_unit, measure_no_children, pytest_collection_modifyitems, runs_tests, take_part

PARTS = [{"REDIS_URL": "redis://x/1"}, {"REDIS_URL": "redis://x/2"}]
FILES = [
    "tests/unit/kernel/test_ids.py",
    "tests/e2e/whole/test_sign_up.py",
    "tests/integration/web/test_health.py",
    "tests/e2e/web/booking/test_pages.py",
    "tests/property/billing/test_deposits.py",
    "tests/architecture/test_layout.py",
]


def test_worker_takes_its_part_and_keeps_the_rest():
    environ = {
        "PYTEST_XDIST_WORKER": "gw1",
        "TURNERO_TEST_PARTS": json.dumps(PARTS),
        "REDIS_URL": "redis://x/1",
        "LANG": "C",
    }

    take_part(environ)

    assert (environ["REDIS_URL"], environ["LANG"]) == ("redis://x/2", "C")


def test_process_that_is_no_worker_keeps_its_surroundings():
    environ = {"TURNERO_TEST_PARTS": json.dumps(PARTS), "REDIS_URL": "redis://x/9"}

    take_part(environ)

    assert environ == {"TURNERO_TEST_PARTS": json.dumps(PARTS), "REDIS_URL": "redis://x/9"}


def test_worker_without_a_part_is_refused():
    with pytest.raises(pytest.UsageError, match="start them with"):
        take_part({"PYTEST_XDIST_WORKER": "gw0"})


def test_process_that_hands_out_tests_runs_none():
    # A worker is given the same options as the process that starts it.
    assert runs_tests({"PYTEST_XDIST_WORKER": "gw0"}, 2)
    assert runs_tests({}, None)
    assert runs_tests({}, 0)
    assert not runs_tests({}, 2)


def test_what_a_test_starts_is_not_measured():
    environ = {"TURNERO_MEASURED": "coverage", "LANG": "C"}

    measure_no_children(environ)
    measure_no_children(environ)

    assert environ == {"LANG": "C"}


@pytest.mark.parametrize(
    ("config", "kinds"),
    [
        (SimpleNamespace(workerinput={}), ["e2e", "e2e", "property", "integration", "architecture", "unit"]),
        (SimpleNamespace(), ["unit", "architecture", "integration", "property", "e2e", "e2e"]),
    ],
)
def test_workers_begin_with_what_takes_longest_and_a_single_process_with_what_fails_fastest(config, kinds):
    items = [SimpleNamespace(nodeid=f"{file}::{test}") for test in ("test_b", "test_a") for file in FILES]

    pytest_collection_modifyitems(config, items)

    assert [item.nodeid.split("/")[1] for item in items[::2]] == kinds
    # A file's tests stand together and keep their order.
    assert [item.nodeid.partition("::")[2] for item in items] == ["test_b", "test_a"] * len(FILES)
    assert [
        one.nodeid.partition("::")[0] == other.nodeid.partition("::")[0]
        for one, other in zip(items[::2], items[1::2], strict=True)
    ] == [True] * len(FILES)


def test_file_is_one_unit_and_a_folder_of_browser_tests_is_one():
    assert make_unit("tests/unit/kernel/test_ids.py::test_a[::1]") == "tests/unit/kernel/test_ids.py"
    assert make_unit("tests/e2e/whole/test_sign_up.py::test_a") == "tests/e2e/whole"


def test_garbage_is_collected_again_while_tests_run():
    assert gc.isenabled()
