"""The page of feature pairs says what the tests say."""

from __future__ import annotations

import pytest

from devtools.feature_pairs import PAGE, list_pair_tests, render_matrix, render_page, run_pairs

AIM = 50


def test_page_is_what_the_tests_say():
    assert PAGE.read_text(encoding="utf-8") == render_page(), f"write {PAGE.name} anew: ./dev pairs"


def test_enough_pairs_are_tested():
    assert len({each.pair for each in list_pair_tests()}) >= AIM


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "test_one.py").write_text(
        "def test_group_with_hold_when_full(): ...\ndef test_hold_with_group(): ...\ndef test_other(): ...\n"
    )
    return tmp_path


def test_page_has_one_line_for_each_pair(folder):
    page = render_page(folder, folder / "page.md")

    lines = [line for line in page.splitlines() if line.startswith("- ")]
    assert len(lines) == 136
    tests = "[`test_group_with_hold_when_full`](test_one.py), [`test_hold_with_group`](test_one.py)"
    assert [line for line in lines if not line.endswith(": —")] == [f"- Group session and hold: {tests}"]


def test_matrix_counts_the_tests_of_each_pair(folder):
    rows = [row.split(" | ") for row in render_matrix(folder).splitlines()]

    assert len(rows) == 2 + 17
    assert rows[2][:5] == ["| **Group session**", "", "—", "—", "2"]
    assert sum(row.count("2") for row in rows) == 2


def test_matrix_is_printed_without_writing(monkeypatch, capsys):
    monkeypatch.setattr("devtools.feature_pairs.PAGE", None)

    assert run_pairs(["--matrix"]) == 0

    assert capsys.readouterr().out.startswith("| | Group session | Series |")


@pytest.mark.parametrize("name", ["test_group_with_magic", "test_group_with_group"])
def test_name_that_is_no_pair_is_refused(tmp_path, name):
    (tmp_path / "test_one.py").write_text(f"def {name}(): ...\n")

    with pytest.raises(ValueError, match=name):
        render_page(tmp_path)
