"""The second try in a run of its own, with two workers."""

from __future__ import annotations

pytest_plugins = ["pytester"]

SHAKY = """
from pathlib import Path

def test_shaky():
    tried = Path(__file__).with_suffix(".tried")
    is_second, _ = tried.exists(), tried.touch()
    assert is_second

def test_broken():
    raise AssertionError

def test_sound():
    pass
"""
PLUGINS = ("xdist.plugin", "pytest_rerunfailures", "tests.harness.second_try")
OPTIONS = [option for name in PLUGINS for option in ("-p", name)]


def test_run_names_what_passed_at_the_second_try_and_fails_what_never_did(pytester, monkeypatch):
    for folder in ("e2e", "unit"):
        file = pytester.path / "tests" / folder / f"test_{folder}.py"
        file.parent.mkdir(parents=True)
        file.write_text(SHAKY)

    # Only what a test needs: every plug-in that lies around would be loaded three times.
    monkeypatch.setenv("PYTEST_DISABLE_PLUGIN_AUTOLOAD", "1")
    lines = pytester.runpytest_subprocess(*OPTIONS, "--import-mode=importlib", "-n", "2", "tests").outlines

    shaken = [line for line in lines if line.startswith("Shaken:")]
    assert shaken == ["Shaken: tests/e2e/test_e2e.py::test_shaky"]
    assert sorted(line.split(" - ")[0] for line in lines if line.startswith("FAILED")) == [
        "FAILED tests/e2e/test_e2e.py::test_broken",
        "FAILED tests/unit/test_unit.py::test_broken",
        "FAILED tests/unit/test_unit.py::test_shaky",
    ]
