"""``python -m devtools.drill.production.watcher HOST AUTHORITY NOTE``: looks at pages all the time, over TLS.

Run with the network of the drill's machine while a new version is brought in. Asked to end (SIGTERM) it prints how
many answers it had and those that were not as they must be, as JSON.
"""

from __future__ import annotations

import json
import signal
import sys
import time
from collections.abc import Sequence
from http import HTTPStatus
from pathlib import Path
from threading import Event

from devtools.drill.production.browser import Browser
from devtools.drill.production.visitor import SLUG

PAUSE_SECONDS = 0.1
LOOKING = "looking"
"""Said once it can be asked to end."""


def main(argv: Sequence[str]) -> int:
    """Look until asked to end; 1 when an answer was wrong."""
    host, authority, note = argv
    is_over = Event()
    signal.signal(signal.SIGTERM, lambda *_: is_over.set())
    browser, tenant = Browser(Path(authority)), f"{SLUG}.{host}"
    pages = ((host, "/sign-up/"), (tenant, "/api/v1/services"), (tenant, Path(note).read_text(encoding="utf-8")))
    print(LOOKING, flush=True)
    looks, wrong = 0, []
    while not is_over.is_set():
        for at, path in pages:
            looks += 1
            try:
                status = int(browser.get(at, path).status)
            except (OSError, ValueError) as error:
                wrong.append(f"{at}{path}: {error}")
                continue
            if status != HTTPStatus.OK:
                wrong.append(f"{at}{path}: {status}")
        time.sleep(PAUSE_SECONDS)
    print(json.dumps([looks, wrong]), flush=True)
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
