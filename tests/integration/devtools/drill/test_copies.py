"""A small part of ``./dev drill copies``: a business of a few bookings comes back equal every way."""

from __future__ import annotations

import zipfile
from pathlib import Path

import pytest

from devtools.drill import copies
from devtools.drill.copies import rounds
from devtools.drill.copies.rounds import Found, compare_exports, run_in_scratch


@pytest.mark.usefixtures("scratch_tenant")  # opens the database for what is committed
def test_what_comes_back_is_equal():
    found = run_in_scratch(bookings=30, photos=2)

    assert (found.differing, found.is_equal) == ((), True)
    assert [step.name for step in found.steps][:5] == ["backup, encrypted", "verify", "restore", "export", "import"]
    assert found.steps[2].about == "2 files"


def write_export(path: Path, **entries: str) -> Path:
    with zipfile.ZipFile(path, "w") as target:
        for name, content in entries.items():
            target.writestr(name.replace("__", "/"), content)
    return path


def test_tables_that_differ_or_are_missing_are_named(tmp_path):
    first = write_export(tmp_path / "1.zip", data__a="1", data__b="2", sheets__c="3", business="one")
    second = write_export(tmp_path / "2.zip", data__a="1", data__b="other", files__d="4", business="two")

    assert compare_exports(first, first) == []
    assert compare_exports(first, second) == ["data/b", "files/d", "sheets/c"]


@pytest.mark.parametrize(
    ("differing", "told"),
    [
        ((), ["ok    export, import, export: every table, sheet and file is equal"]),
        (("data/b",), ["FAIL  these differ:", "          data/b"]),
    ],
)
def test_verdict_is_said_and_ends_the_drill(monkeypatch, capsys, differing, told):
    monkeypatch.setattr(copies, "set_up_django", lambda: None)
    monkeypatch.setattr(rounds, "run_in_scratch", lambda **_: Found(start_megabytes=1.0, differing=differing))

    code = copies.run([])

    assert (code, capsys.readouterr().out.splitlines()[1:]) == (int(bool(differing)), told)
