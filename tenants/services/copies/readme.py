"""The page in an export that says what is what, in Spanish and English; its text is ``readme.md``."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from pathlib import Path

from tenants.types import TenantInfo


def write_readme(info: TenantInfo, rows: Mapping[str, int], files: int, *, now: datetime) -> str:
    """Return the page, with the number of rows of each table."""
    text = (Path(__file__).parent / "readme.md").read_text(encoding="utf-8")
    lines = "\n".join(f"| {label} | {count} |" for label, count in sorted(rows.items()))
    made = now.replace(tzinfo=None).isoformat(" ", "minutes")
    return text.format(name=info.name, made=made, host=info.primary_host, zone=info.timezone, rows=lines, files=files)
