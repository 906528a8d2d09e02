"""``python -m devtools.stripe_server FOLDER --port N --events URL --notices URL``: run until SIGTERM."""

from __future__ import annotations

import argparse
import json
import signal
import sys
from collections.abc import Sequence
from pathlib import Path

from devtools.stripe_server.server import StandIn


def main(argv: Sequence[str]) -> int:
    """Read the command line and serve; prints the address as one line of JSON once the port is open."""
    parser = argparse.ArgumentParser(prog="python -m devtools.stripe_server")
    parser.add_argument("folder", type=Path)
    parser.add_argument("--port", type=int, default=0)
    parser.add_argument("--events", default="")
    parser.add_argument("--notices", default="")
    options = parser.parse_args(argv)
    options.folder.mkdir(parents=True, exist_ok=True)
    try:
        stand_in = StandIn(
            port=options.port,
            path=options.folder / "stripe.json",
            url=options.events,
            notice_url=options.notices,
        )
        print(json.dumps({"url": stand_in.url}), flush=True)
        signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
        stand_in.serve()
    except (OSError, KeyboardInterrupt) as error:
        print(f"the stand-in for Stripe ends: {error}", file=sys.stderr, flush=True)
        return 1
    return 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
