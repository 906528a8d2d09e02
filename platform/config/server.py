"""``python -m config.server --port 8001``: the web process of production, which leaves so that nobody notices.

Asked to end (SIGTERM), it first says "no" to health checks for some seconds and goes on serving, so that the
proxy sends nothing new; then it closes its door, finishes what is in hand and ends. Without the first step a
request that the proxy sends into a connection at that very moment would be lost.
"""

from __future__ import annotations

import argparse
import asyncio
import signal
import socket
import sys
import time
from collections.abc import Sequence
from types import FrameType

import uvicorn

from config.environment import read_notify_socket

HOST, PROXY = "127.0.0.1", "127.0.0.1"
"""Only this machine reaches the door, and only its proxy is believed about who is calling."""
DRAIN_SECONDS = 4.0
"""Longer than the proxy takes to notice: it asks every second (`infra/Caddyfile`)."""
KEEP_ALIVE_SECONDS = 75
"""Longer than the proxy keeps a connection, so that it never sends a booking into one that just ended."""
GRACE_SECONDS = 5
"""How long what is in hand may take after the door was closed; boards listen for longer and are cut off."""


class DrainingServer(uvicorn.Server):
    """uvicorn's server, in which SIGTERM first drains and then ends."""

    def __init__(self, config: uvicorn.Config, *, drain_seconds: float = DRAIN_SECONDS) -> None:
        super().__init__(config)
        self._drain_seconds = drain_seconds
        self._ends_at: float | None = None

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        """Drain at the first SIGTERM; a second one, or Ctrl-C, ends at once."""
        if sig != signal.SIGTERM or self._ends_at is not None:
            super().handle_exit(sig, frame)
            return
        from edge.draining import start_draining  # noqa: PLC0415 - Django is set up by the application

        start_draining()
        self._ends_at = time.monotonic() + self._drain_seconds

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Open the door, and tell the service manager that it is open."""
        await super().startup(sockets=sockets)
        if self.started:
            await asyncio.to_thread(notify, "READY=1")

    async def on_tick(self, counter: int) -> bool:
        """Tell whether to end now."""
        if self._ends_at is not None and time.monotonic() >= self._ends_at:
            self.should_exit = True
        return await super().on_tick(counter)


def notify(state: str) -> None:
    """Tell systemd (``sd_notify(3)``) how we are; without it nobody listens, and nothing happens."""
    address = read_notify_socket()
    if not address:
        return
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as line:
        line.sendto(state.encode(), address.replace("@", "\0", 1))


def main(argv: Sequence[str]) -> None:
    """Serve until asked to end."""
    parser = argparse.ArgumentParser(prog="python -m config.server")
    parser.add_argument("--host", default=HOST)
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--proxy", default=PROXY, help="who is believed about callers: addresses, with commas")
    parser.add_argument("--drain", type=float, default=DRAIN_SECONDS, metavar="SECONDS")
    options = parser.parse_args(argv)
    # Imported first: what is missing is said in words before the door opens.
    from config.asgi import application  # noqa: PLC0415 - sets Django up

    config = uvicorn.Config(
        application,
        host=options.host,
        port=options.port,
        proxy_headers=True,
        forwarded_allow_ips=options.proxy,
        access_log=False,
        server_header=False,
        lifespan="off",
        log_config=None,
        timeout_keep_alive=KEEP_ALIVE_SECONDS,
        timeout_graceful_shutdown=GRACE_SECONDS,
    )
    DrainingServer(config, drain_seconds=options.drain).run()


if __name__ == "__main__":
    main(sys.argv[1:])
