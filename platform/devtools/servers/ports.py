"""TCP ports on loopback for servers that are about to start.

A port that is free when asked may be gone when the server listens: another checkout's demo or
another test process chose it, too. So a choice is locked until the process that made it ends.
"""

from __future__ import annotations

import os
import random
import socket
import tempfile
from collections.abc import Iterable
from pathlib import Path

from devtools.errors import DevtoolsError
from devtools.servers.locks import FileLock

_TRIES = 100
_ANY = range(20_000, 32_000)
"""Below those that the system gives to outgoing connections (Linux: from 32768), which come and go."""

_held: list[FileLock] = []


def is_free(port: int) -> bool:
    """Tell whether a server could listen on ``port`` of 127.0.0.1 now."""
    with socket.socket() as probe:
        # As asyncio does: a port whose last connections still linger is free.
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True


def take_port() -> int:
    """Return a free port that no other process of ours takes until this one ends.

    Raises:
        DevtoolsError: A hundred ports, chosen at random, are all taken.
    """
    port = _take_first(random.sample(_ANY, _TRIES))
    if port is None:
        message = f"of {_TRIES} ports between {_ANY.start} and {_ANY.stop - 1} none is free"
        raise DevtoolsError(message)
    return port


def take_port_from(first: int) -> int:
    """Return ``first`` or the next free port after it, as `take_port` does.

    Raises:
        DevtoolsError: A hundred ports in a row are taken.
    """
    port = _take_first(range(first, first + _TRIES))
    if port is None:
        message = f"the ports {first} to {first + _TRIES - 1} are all taken; name a free one with --port"
        raise DevtoolsError(message)
    return port


def _take_first(ports: Iterable[int]) -> int | None:
    folder = Path(tempfile.gettempdir()) / f"turnero-ports-{os.getuid()}"
    for port in ports:
        lock = FileLock(folder / f"{port}.lock")
        if lock.try_exclusive():
            if is_free(port):
                _held.append(lock)
                return port
            lock.release()
    return None
