"""Locks between processes, freed by the kernel when their owner dies, however it dies."""

from __future__ import annotations

import fcntl
import os
import time
from pathlib import Path

_POLL_SECONDS = 0.05


class FileLock:
    """A ``flock`` on a file that is never deleted (deleting it would let two owners in).

    Child processes do not inherit the lock: Python opens files close-on-exec.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._descriptor: int | None = None

    def try_exclusive(self) -> bool:
        """Become the only owner, without waiting; True when it worked."""
        return self._try(fcntl.LOCK_EX)

    def try_shared(self) -> bool:
        """Become one of several owners, without waiting; True when it worked."""
        return self._try(fcntl.LOCK_SH)

    def wait_exclusive(self, *, seconds: float) -> bool:
        """Try for ``seconds`` to become the only owner."""
        return self._wait(fcntl.LOCK_EX, seconds)

    def wait_shared(self, *, seconds: float) -> bool:
        """Try for ``seconds`` to become one of several owners."""
        return self._wait(fcntl.LOCK_SH, seconds)

    def release(self) -> None:
        """Let go; harmless when nothing is held."""
        if self._descriptor is not None:
            os.close(self._descriptor)
            self._descriptor = None

    def _wait(self, operation: int, seconds: float) -> bool:
        deadline = time.monotonic() + seconds
        while not self._try(operation):
            if time.monotonic() > deadline:
                return False
            time.sleep(_POLL_SECONDS)
        return True

    def _try(self, operation: int) -> bool:
        descriptor = self._descriptor
        if descriptor is None:
            self._path.parent.mkdir(parents=True, exist_ok=True)
            descriptor = os.open(self._path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            fcntl.flock(descriptor, operation | fcntl.LOCK_NB)
        except BlockingIOError:
            if self._descriptor is None:
                os.close(descriptor)
            return False
        self._descriptor = descriptor
        return True
