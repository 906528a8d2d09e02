"""Values of labels: each is from a list that the code has, and there are never more than so many.

Every value is a series that Prometheus keeps for weeks, so no label takes what somebody outside chose: no path, no
business, no address.
"""

from __future__ import annotations

from threading import Lock

OTHER = "other"
"""In place of every value that has no series of its own."""

METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})
PARTS = frozenset({"account", "api", "operator", "page", "workspace"})
OUTCOMES = frozenset({"done", "failed", "gone", "later", "parked", "refused", "retried", "sent", "taken", "unknown"})
STEPS = frozenset({"book", "hold", "submit"})
CHANNELS = frozenset({"email", "sms"})
SERVICES = frozenset({"web", "worker"})
MOST_VALUES = {"route": 700, "task": 60, "kind": 60}
"""Labels whose values are not written here, because rooms above add to them: how many have a series, at most."""


class Bound:
    """Lets the first ``most`` values of a label through; all later ones are one."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._known: set[str] = set()
        self._lock = Lock()

    def take(self, value: str) -> str:
        """Return ``value`` if it has a series, or may have one."""
        if value in self._known:
            return value
        with self._lock:
            if len(self._known) >= self._most:
                return OTHER
            self._known.add(value)
        return value


def choose(value: str, known: frozenset[str]) -> str:
    """Return ``value`` if it is one of ``known``."""
    return value if value in known else OTHER


def classify_status(status: int) -> str:
    """Return the class of a status of HTTP, ``2xx``."""
    return f"{status // 100}xx" if 100 <= status < 600 else OTHER  # noqa: PLR2004 - RFC 9110, 15
