"""``python -m devtools.catcher FOLDER --smtp-port N --http-port N``: run until SIGTERM."""

from __future__ import annotations

import argparse
import asyncio
import json
import sys
from collections.abc import Sequence
from pathlib import Path

import uvicorn

from devtools.catcher.smtp import start_smtp
from devtools.catcher.store import Store
from devtools.catcher.web import CatcherApp


async def serve(folder: Path, *, smtp_port: int, http_port: int) -> None:
    """Serve both protocols in one loop; prints the ports as one line of JSON once both are open."""
    store = Store(folder)
    smtp = await start_smtp(store, smtp_port)
    config = uvicorn.Config(
        CatcherApp(store),
        host="127.0.0.1",
        port=http_port,
        lifespan="off",
        log_level="warning",
        access_log=False,
        server_header=False,
        timeout_graceful_shutdown=1,
    )
    server = uvicorn.Server(config)
    announcing = asyncio.create_task(_announce(server, smtp))
    try:
        await server.serve()
    finally:
        announcing.cancel()
        smtp.close()
        store.close()


async def _announce(server: uvicorn.Server, smtp: asyncio.Server) -> None:
    while not server.started:  # noqa: ASYNC110 - uvicorn offers a flag, no event
        await asyncio.sleep(0.01)
    ports = {
        "smtp_port": smtp.sockets[0].getsockname()[1],
        "http_port": server.servers[0].sockets[0].getsockname()[1],
    }
    print(json.dumps(ports), flush=True)


def main(argv: Sequence[str]) -> int:
    """Read the command line and serve."""
    parser = argparse.ArgumentParser(prog="python -m devtools.catcher")
    parser.add_argument("folder", type=Path)
    parser.add_argument("--smtp-port", type=int, default=0)
    parser.add_argument("--http-port", type=int, default=0)
    options = parser.parse_args(argv)
    try:
        asyncio.run(serve(options.folder, smtp_port=options.smtp_port, http_port=options.http_port))
    except (OSError, KeyboardInterrupt) as error:
        print(f"the catcher ends: {error}", file=sys.stderr, flush=True)
        return 1
    return 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
