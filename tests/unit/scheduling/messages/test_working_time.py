"""The minute nearest to one that is wanted, in periods that leave room to do something."""

from __future__ import annotations

import pytest

from scheduling.services.messages.working_time import find_nearest

DAY = (0, 1440)


@pytest.mark.parametrize(
    ("minute", "periods", "within", "expected"),
    [
        (600, [(540, 1080)], DAY, 600),
        (540, [(540, 1080)], DAY, 540),
        (1079, [(540, 1080)], DAY, 1079),
        (1080, [(540, 1080)], DAY, 1020),
        (500, [(540, 1080)], DAY, 540),
        (1200, [(540, 1080), (1300, 1400)], DAY, 1300),
        (1100, [(540, 1080), (1300, 1400)], DAY, 1020),
        (700, [(540, 560)], DAY, 540),
        (300, [(350, 800)], (0, 400), None),
        (300, [(340, 800)], (0, 400), 340),
        (300, [(0, 200)], (150, 400), None),
        (300, [(0, 250)], (150, 400), 210),
        (1000, [(900, 960), (1040, 1100)], DAY, 1040),
        (700, [(0, 100), (100, 820)], DAY, 700),
        (700, [], DAY, None),
    ],
)
def test_nearest_minute_leaves_room(minute, periods, within, expected):
    assert find_nearest(minute, periods, within) == expected
