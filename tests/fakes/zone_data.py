"""Time zones as an earlier `tzdata` had them: small files that this process reads before the locked ones."""

from __future__ import annotations

import struct
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from zoneinfo import ZoneInfo, reset_tzpath

MEXICO_2022E = {"America/Mexico_City": "CST6CDT,M4.1.0,M10.5.0"}
"""With the summer time that the law of October 2022 ended; 2022f knows no change after that."""
PARAGUAY_2024B = {"America/Asuncion": "<-04>4<-03>,M10.1.0/0,M3.4.0/0"}
"""With the winter time that the law of October 2024 ended; 2025a and later stay at UTC-3."""


def make_zone(rule: str) -> bytes:
    """Return a file (RFC 8536, version 2) whose one rule is a TZ string, as its last line."""
    header = b"TZif2" + bytes(15) + struct.pack(">6l", 0, 0, 0, 0, 1, 4)
    data = struct.pack(">lBB", 0, 0, 0) + b"UTC\0"
    return header + data + header + data + b"\n" + rule.encode() + b"\n"


@contextmanager
def zone_data(folder: Path, rules: Mapping[str, str]) -> Iterator[None]:
    """Let these zones have these rules, and all others those of the locked data."""
    for name, rule in rules.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(make_zone(rule))
    try:
        reset_tzpath((str(folder.resolve()),))
        ZoneInfo.clear_cache()
        yield
    finally:
        reset_tzpath(())
        ZoneInfo.clear_cache()
