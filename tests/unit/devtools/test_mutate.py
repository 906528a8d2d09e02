"""The list of mutants fits the code, and a mutant that nobody notices is told apart from one that dies."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from config.environment import ROOT
from devtools.errors import DevtoolsError
from devtools.mutate.copies import Copy
from devtools.mutate.mutant import Mutant
from devtools.mutate.mutants import MUTANTS

GUARD = "def may_enter(age):\n    return age >= 18\n"
NOTICED = "from guard import may_enter\n\n\ndef test_age():\n    assert not may_enter(17)\n"
BLIND = "from guard import may_enter\n\n\ndef test_age():\n    assert may_enter(30)\n"


def make_mutant(**changes) -> Mutant:
    values = {"name": "all ages", "file": "guard.py", "right": "age >= 18", "wrong": "True", "tests": ("test_age.py",)}
    return Mutant(**values | changes)


@pytest.fixture
def checkout(tmp_path: Path) -> Copy:
    (tmp_path / "guard.py").write_text(GUARD, encoding="utf-8")
    (tmp_path / "test_age.py").write_text(NOTICED, encoding="utf-8")
    return Copy(root=tmp_path, variables={"PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"})


@pytest.mark.parametrize("mutant", MUTANTS, ids=lambda mutant: mutant.name)
def test_line_of_each_mutant_stands_in_the_code_once(mutant):
    text = (ROOT / mutant.file).read_text(encoding="utf-8")

    broken = mutant.apply_to(text)

    assert broken != text
    assert [test for test in mutant.tests if not (ROOT / test.partition("::")[0]).exists()] == []
    if mutant.file.endswith(".py"):
        compile(broken, mutant.file, "exec")


def test_names_are_told_apart():
    names = [mutant.name for mutant in MUTANTS]

    assert sorted(set(names)) == sorted(names)


def test_mutant_that_a_test_notices_dies_and_leaves_nothing(checkout):
    assert checkout.kills(make_mutant()) is True
    assert (checkout.root / "guard.py").read_text(encoding="utf-8") == GUARD


def test_mutant_that_no_test_notices_survives(checkout):
    (checkout.root / "test_age.py").write_text(BLIND, encoding="utf-8")

    assert checkout.kills(make_mutant()) is False


@pytest.mark.parametrize("right", ["age >= 21", "e"])
def test_list_that_is_out_of_date_is_refused(checkout, right):
    with pytest.raises(DevtoolsError, match=r"mend devtools/mutate/mutants\.py"):
        checkout.kills(make_mutant(right=right))


def test_tests_that_cannot_run_are_no_death(checkout):
    with pytest.raises(DevtoolsError, match="pytest could not run"):
        checkout.kills(make_mutant(tests=("test_gone.py",)))


def test_list_names_every_mutant():
    answer = subprocess.run(
        [sys.executable, "-m", "devtools", "mutate", "--list"], capture_output=True, text=True, check=True, cwd=ROOT
    )

    assert [line.split() for line in answer.stdout.splitlines()] == [
        [*mutant.name.split(), mutant.file] for mutant in MUTANTS
    ]
