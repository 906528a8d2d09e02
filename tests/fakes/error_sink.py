"""A service for error reports on a real socket, which keeps what it takes, unpacked."""

from __future__ import annotations

import gzip
import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from tests.fakes.web_server import WebServer, running_web_server


@dataclass(frozen=True)
class Sink:
    """Envelopes as they came over the wire."""

    server: WebServer

    @property
    def dsn(self) -> str:
        return f"http://public@{self.server.address}:{self.server.port}/1"

    @property
    def envelopes(self) -> list[str]:
        pairs = zip(self.server.heads, self.server.bodies, strict=False)
        return [_unpack(head, body) for head, body in pairs]

    @property
    def text(self) -> str:
        """Everything: heads of the calls, headers of the envelopes, their items."""
        return "\n".join([*self.server.heads, *self.envelopes])

    @property
    def items(self) -> list[dict[str, Any]]:
        """The headers of all items."""
        return [json.loads(head) for envelope in self.envelopes for head, _ in _split(envelope)]

    @property
    def events(self) -> list[dict[str, Any]]:
        """Error reports."""
        pairs = [pair for envelope in self.envelopes for pair in _split(envelope)]
        return [json.loads(body) for head, body in pairs if json.loads(head)["type"] == "event"]


@contextmanager
def running_sink() -> Iterator[Sink]:
    with running_web_server() as server:
        yield Sink(server)


def _unpack(head: str, body: bytes) -> str:
    if "content-encoding: gzip" in head.lower():
        body = gzip.decompress(body)
    return body.decode("utf-8", "backslashreplace")


def _split(envelope: str) -> list[tuple[str, str]]:
    """Return head and body of each item; bodies here are a single line each."""
    lines = [line for line in envelope.split("\n")[1:] if line]
    return list(zip(lines[::2], lines[1::2], strict=False))
