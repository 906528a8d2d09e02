"""Whether this process is about to end: load balancers are told before its door closes (`config.server`)."""

from __future__ import annotations

from threading import Event

_IS_DRAINING = Event()


def start_draining() -> None:
    """Let health checks of this process fail from now on; requests are still answered."""
    _IS_DRAINING.set()


def is_draining() -> bool:
    """Tell whether the process has been asked to end."""
    return _IS_DRAINING.is_set()
