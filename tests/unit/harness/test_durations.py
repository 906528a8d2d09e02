from __future__ import annotations

from tests.harness.durations import list_folders


def test_folders_are_listed_by_their_seconds_and_short_ones_are_left_out():
    spent = [
        ("tests/unit/kernel/test_ids.py::test_a", 0.4),
        ("tests/e2e/whole/test_sign_up.py::test_a", 17.5),
        ("tests/e2e/whole/test_sign_up.py::test_a", 2.0),
        ("tests/e2e/whole/test_one_slot.py::test_b", 1.26),
        ("tests/integration/web/test_health.py::test_a", 1.0),
    ]

    assert list_folders(spent) == [
        "   20.8 s      2 tests/e2e/whole",
        "    1.0 s      1 tests/integration/web",
    ]
