"""The drill of photos: a small part of it, and that it sees what is not clean."""

from __future__ import annotations

import pytest

from devtools.drill import photos
from files.engine import MadePicture

CASES = photos.list_cases()
FEW = [name for name in CASES if "MP" not in name and "noise" not in name]


@pytest.mark.parametrize("name", FEW)
def test_file_ends_as_the_drill_wants_it(name):
    case = CASES[name]()

    outcome = photos.measure(case)

    assert (outcome.refusal, outcome.is_clean) == (case.refusal, True)
    assert outcome.megabytes < photos.MOST_MEGABYTES


def test_drill_sees_what_was_left_in_a_picture(monkeypatch):
    case = CASES["JPEG and ZIP in one (polyglot)"]()
    monkeypatch.setattr(photos, "make_pictures", lambda content, _: (MadePicture("1.jpeg", 1, 1, content, ""),))

    assert photos.measure(case).is_clean is False
