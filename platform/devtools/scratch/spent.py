"""CPU that a call spends in this process and in PostgreSQL."""

from __future__ import annotations

import time
from pathlib import Path

from database.connection import connection


def read_cpu() -> float:
    """Return the CPU seconds of this process and of the server's process behind its connection (Linux)."""
    backend = connection.connection.info.backend_pid
    spent = Path(f"/proc/{backend}/schedstat").read_text(encoding="ascii").split()[0]
    return time.process_time() + int(spent) / 1e9
