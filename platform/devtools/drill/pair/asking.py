"""One request over plain HTTP to this machine, from an address of one's own."""

from __future__ import annotations

import json
from dataclasses import dataclass
from http.client import HTTPConnection, HTTPException
from typing import Any

TIMEOUT_SECONDS = 60.0
BROKEN_OFF = 0
"""Stands for an answer that never came."""


@dataclass(frozen=True, slots=True)
class Visitor:
    """A client of one host, who comes from somewhere on the loopback network: limits count each alone."""

    host: str
    port: int
    address: str = "127.0.0.1"

    def ask(self, method: str, path: str, body: object = None, **headers: str) -> tuple[int, Any]:
        """Return status and what was said; `BROKEN_OFF` when no whole answer came."""
        line = HTTPConnection("127.0.0.1", self.port, timeout=TIMEOUT_SECONDS, source_address=(self.address, 0))
        sent = None if body is None else json.dumps(body).encode()
        kind = {} if body is None else {"Content-Type": "application/json"}
        try:
            line.request(method, path, sent, {"Host": self.host, "Accept-Language": "es", **kind, **headers})
            answer = line.getresponse()
            text = answer.read()
            is_json = "json" in (answer.headers.get_content_type() or "")
            return answer.status, json.loads(text) if is_json else text.decode()
        except (HTTPException, OSError):
            return BROKEN_OFF, ""
        finally:
            line.close()
