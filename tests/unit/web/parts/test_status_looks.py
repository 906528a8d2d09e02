from __future__ import annotations

import re

import pytest

from config.environment import ROOT
from scheduling.enums import ACTIVE_STATUSES, BookingStatus
from web.parts.status_looks import ATTENDANCE_CONFIRMED, get_look, list_legend


def test_legend_has_every_look_that_can_stand_on_the_board():
    on_board = {get_look(status) for status in ACTIVE_STATUSES} | {
        get_look(BookingStatus.CONFIRMED, is_attendance_confirmed=True)
    }

    legend = list_legend()

    assert (set(legend), len(legend)) == (on_board, len(on_board))
    assert legend[4] is ATTENDANCE_CONFIRMED


@pytest.mark.parametrize("status", BookingStatus)
def test_every_look_has_its_colors(status):
    text = (ROOT / "platform" / "web" / "static" / "css" / "panel.css").read_text()

    rules = re.findall(rf"\.{get_look(status).css}\b[^{{}}]*\{{(.*?)\}}", text, re.DOTALL)

    assert sorted(re.findall(r"--(\w+):", "".join(rules))) == ["edge", "fill", "mark"]
