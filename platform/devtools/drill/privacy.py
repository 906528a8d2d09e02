"""A planted person of whom everything has a canary is erased, and is found nowhere: not after any restore either."""

from __future__ import annotations

from collections.abc import Sequence

from devtools.drill.repeated import repeat_tests

TESTS = ("tests/integration/tenants/copies/test_canaries.py", "tests/integration/privacy/test_exporting.py")


def run(argv: Sequence[str]) -> int:
    """Plant, erase and look everywhere, as often as asked; return 1 when a canary was found."""
    return repeat_tests("privacy", TESTS, argv, what="a planted person that was erased, and restored around it")
