"""``./dev test``: pytest on real servers, in several processes, several runs at a time without interfering."""

from devtools.testing.run import run_tests

__all__ = ["run_tests"]
