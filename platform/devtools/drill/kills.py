"""``./dev drill kills``: ``kill -9`` of workers and of Redis while bookings come in, again and again."""

from __future__ import annotations

from collections.abc import Sequence

from devtools.drill.repeated import repeat_tests

TESTS = ("tests/e2e/whole/test_killed_servers.py", "tests/integration/scheduling/messages/test_killed_worker.py")


def run(argv: Sequence[str]) -> int:
    """Run the rounds; 1 when anybody was not served or not told."""
    return repeat_tests("kills", TESTS, argv, what="kills")
