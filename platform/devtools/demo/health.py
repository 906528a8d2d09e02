"""Does it answer yet?"""

from __future__ import annotations

import asyncio
import contextlib

from devtools.supervising.child import Child

_SECONDS = 5.0


async def answers(port: int, path: str, *, host: str) -> bool:
    """Tell whether a GET of ``path`` on loopback, sent for ``host``, is answered with 200."""
    try:
        async with asyncio.timeout(_SECONDS):
            reader, writer = await asyncio.open_connection("127.0.0.1", port)
            try:
                writer.write(f"GET {path} HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n".encode())
                await writer.drain()
                status_line = await reader.readline()
            finally:
                writer.close()
                with contextlib.suppress(OSError):
                    await writer.wait_closed()
    except (OSError, TimeoutError):
        return False
    return status_line.split()[1:2] == [b"200"]


def is_up(worker: Child) -> bool:
    """Tell whether the worker said that it is ready (Celery's line ``… ready.``) and still runs."""
    return worker.pid is not None and any(" ready." in line for line in worker.output.recent)
