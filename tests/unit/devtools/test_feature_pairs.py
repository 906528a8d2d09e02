"""The page of feature pairs says what the tests say."""

from __future__ import annotations

import pytest

from devtools.feature_pairs import PAGE, list_pair_tests, render_page

AIM = 50


def test_page_is_what_the_tests_say():
    assert PAGE.read_text(encoding="utf-8") == render_page(), f"write {PAGE.name} anew: its head says how"


def test_enough_pairs_are_tested():
    assert len({each.pair for each in list_pair_tests()}) >= AIM


def test_empty_cells_are_shown(tmp_path):
    (tmp_path / "test_one.py").write_text("def test_group_with_hold_when_full(): ...\ndef test_other(): ...\n")

    page = render_page(tmp_path, tmp_path / "page.md")

    assert '[✓](test_one.py "test_group_with_hold_when_full")' in page
    assert "1 of 136 pairs are tested, by 1 tests." in page
    assert page.count("—") == 1 + 17 * 16 - 2


@pytest.mark.parametrize("name", ["test_group_with_magic", "test_group_with_group"])
def test_name_that_is_no_pair_is_refused(tmp_path, name):
    (tmp_path / "test_one.py").write_text(f"def {name}(): ...\n")

    with pytest.raises(ValueError, match=name):
        render_page(tmp_path)
