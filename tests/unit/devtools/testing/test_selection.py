from __future__ import annotations

from pathlib import Path

import pytest

from devtools.errors import DevtoolsError
from devtools.testing.run import list_worker_options
from devtools.testing.selection import FEWEST_SLOW_FILES, choose_workers, is_whole_suite, list_paths, split_count


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A checkout with many fast test files, many slow ones in one folder and a few in another."""
    for folder, files in (("unit/kernel", 40), ("integration/web", FEWEST_SLOW_FILES - 1), ("property/billing", 1)):
        (tmp_path / "tests" / folder).mkdir(parents=True)
        for number in range(files):
            (tmp_path / "tests" / folder / f"test_{number}.py").touch()
    return tmp_path


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        ([], (None, [])),
        (["-n", "3", "tests"], ("3", ["tests"])),
        (["-n4"], ("4", [])),
        (["-nauto", "-q"], ("auto", ["-q"])),
        (["--numprocesses=2"], ("2", [])),
        (["--numprocesses", "2"], ("2", [])),
        (["-n"], ("", [])),
        (["--no-header", "-k", "not slow"], (None, ["--no-header", "-k", "not slow"])),
    ],
)
def test_count_is_taken_out_of_the_arguments(arguments, expected):
    assert split_count(arguments) == expected


@pytest.mark.parametrize(("count", "workers"), [("0", 0), ("1", 1), ("7", 7), ("auto", 4), ("logical", 4)])
def test_named_count_is_obeyed_whatever_is_selected(root, count, workers):
    assert choose_workers(count, ["-x", "tests/unit"], root=root, cpus=4) == workers


@pytest.mark.parametrize("count", ["", "many", "-1"])
def test_count_that_is_no_number_is_refused(root, count):
    with pytest.raises(DevtoolsError, match="-n must be a whole number"):
        choose_workers(count, [], root=root, cpus=4)


@pytest.mark.parametrize(
    ("arguments", "workers"),
    [
        ([], 5),
        (["-q", "--durations=5", "-p", "no:cacheprovider", "-rx"], 5),
        (["tests"], 5),
        (["tests/integration", "tests/property"], 4),
        (["tests/integration"], 0),
        (["tests/unit"], 0),
        (["tests/unit/kernel/test_1.py::test_a", "tests/property"], 0),
        (["-x"], 0),
        (["-qx"], 0),
        (["-k", "hold"], 0),
        (["-m", "slow"], 0),
        (["-s"], 0),
        (["--pdb"], 0),
        (["--maxfail=1"], 0),
        (["--lf"], 0),
        (["--collect-only", "-q"], 0),
    ],
)
def test_workers_run_what_is_much_and_needs_no_order(root, arguments, workers):
    assert choose_workers(None, arguments, root=root, cpus=4) == workers


def test_machine_with_one_processor_has_no_workers(root):
    assert choose_workers(None, [], root=root, cpus=1) == 0


def test_only_what_exists_is_a_path(root):
    assert list_paths(["tests/unit::x", "tests/none", "-q", "auto", ""], root) == [root / "tests/unit"]


def test_workers_are_not_replaced_when_they_die():
    assert list_worker_options(0) == []
    assert list_worker_options(3) == ["-n", "3", "--no-loadscope-reorder", "--max-worker-restart=0"]


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        ([], True),
        (["-q", "--durations=5"], True),
        (["tests"], True),
        (["tests/"], True),
        (["tests/unit"], False),
        (["tests", "tests/unit"], False),
        (["-k", "hold"], False),
        (["-x"], False),
    ],
)
def test_whole_suite_is_one_without_any_choice(root, arguments, expected):
    assert is_whole_suite(arguments, root) is expected
