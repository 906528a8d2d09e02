"""TCP ports on loopback."""

from __future__ import annotations

import socket

from devtools.errors import DevtoolsError

_TRIES = 100


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


def find_free_port() -> int:
    """Return a port that the system says is free."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def find_port_from(first: int) -> int:
    """Return ``first`` or the next free port after it.

    Raises:
        DevtoolsError: A hundred ports in a row are taken.
    """
    for port in range(first, first + _TRIES):
        if is_free(port):
            return port
    message = f"the ports {first} to {first + _TRIES - 1} are all taken; name a free one with --port"
    raise DevtoolsError(message)
