"""``python -m devtools.servers.fake_redis PORT FOLDER``: fakeredis on TCP, where no Redis program exists.

FOLDER is not used; it marks the process as ours for the next start.
"""

from __future__ import annotations

import signal
import sys

from fakeredis import TcpFakeServer


def main() -> None:
    """Serve until told to end."""
    server = TcpFakeServer(("127.0.0.1", int(sys.argv[1])))
    server.daemon_threads = True
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    server.serve_forever()


if __name__ == "__main__":
    main()
