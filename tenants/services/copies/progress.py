"""How far a copy of a business is, for whoever waits for it: rooms that are done, of all rooms; files count as one."""

from __future__ import annotations

from collections.abc import Callable

Teller = Callable[[int, int], None]
"""Is told how many are done, and of how many. It must not touch the database: the copy reads in a transaction."""


def tell_nobody(_done: int, _of: int) -> None:
    """Nobody waits."""


class Progress:
    """Counts what is done."""

    def __init__(self, tell: Teller) -> None:
        self._tell, self._done, self._of = tell, 0, 0

    def begin(self, of: int) -> None:
        """Say how many there are; a copy that begins anew begins at nothing."""
        self._done, self._of = 0, of
        self._tell(0, of)

    def step(self) -> None:
        """Say that one more is done."""
        self._done += 1
        self._tell(self._done, self._of)
