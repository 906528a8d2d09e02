"""The list of limits, and what the people who run the platform read about it."""

from __future__ import annotations

import re
from pathlib import Path

from config.settings.limits import LIMITS

PAGE = Path(__file__).parents[3] / "docs" / "operations.md"
KEEPERS = {"redis": "Redis", "postgresql": "PostgreSQL"}


def test_the_page_tells_every_limit_with_its_size_and_keeper():
    rows = re.findall(r"^\| `(\w+)` \| ([\d,]+) ([^|]*)\| (\w+) \| .{20,} \|$", PAGE.read_text(), re.MULTILINE)

    told = {name: (int(size.replace(",", "")), "shared" in window, keeper) for name, size, window, keeper in rows}
    assert told == {limit.name: (limit.size, limit.is_shared, KEEPERS[limit.keeper.value]) for limit in LIMITS.values()}
