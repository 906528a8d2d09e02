"""``./dev drill restart``: PostgreSQL is started anew, fast and immediately, under 300 bookings through the API.

No program may read HTML, every booking that was confirmed exists afterwards, once, and its customer is told.
"""

from __future__ import annotations

from collections.abc import Sequence

from devtools.drill.repeated import repeat_tests

TESTS = ("tests/e2e/whole/test_restarted_database.py", "tests/integration/database/test_lost_connections.py")


def run(argv: Sequence[str]) -> int:
    """Run the rounds; 1 when an answer was wrong or anything was lost."""
    return repeat_tests("restart", TESTS, argv, what="restarts of the database")
