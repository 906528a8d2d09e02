"""How long to wait for a server: after a crash it may have minutes of work, and says so in its log."""

from __future__ import annotations

import time
from pathlib import Path


class Patience:
    """Ends when nothing was written to the log for so many seconds.

    PostgreSQL writes a line every ten seconds while it looks through its files and repeats what was
    not on disk yet (``log_startup_progress_interval``).
    """

    def __init__(self, log: Path, *, seconds: float) -> None:
        self._log = log
        self._seconds = seconds
        self._size = self._measure()
        self._moved_at = time.monotonic()

    def is_over(self) -> bool:
        """Tell whether the log has been silent for too long."""
        size = self._measure()
        if size != self._size:
            self._size, self._moved_at = size, time.monotonic()
        return time.monotonic() - self._moved_at > self._seconds

    def _measure(self) -> int:
        try:
            return self._log.stat().st_size
        except OSError:
            return 0
