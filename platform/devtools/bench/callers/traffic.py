"""Requests over a few connections that are kept alive, by a client that costs little beside the server.

Each connection sends its next request as soon as the answer to the last one is complete. Requests
are bytes that were made before; of an answer only status and length are read.
"""

from __future__ import annotations

import selectors
import socket
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field

from devtools.errors import DevtoolsError

TIMEOUT_SECONDS = 60.0
CHUNK = 262_144


@dataclass(frozen=True, slots=True)
class Passage:
    """What it took to send some requests and get all the answers.

    Attributes:
        client_seconds: CPU of this process meanwhile.
    """

    requests: int
    seconds: float
    client_seconds: float

    @property
    def per_second(self) -> float:
        """Requests per second of all connections together."""
        return self.requests / self.seconds


@dataclass(slots=True)
class _Line:
    """One connection and what has arrived of its present answer; ``length`` counts head and body, once known."""

    socket: socket.socket
    arrived: bytearray = field(default_factory=bytearray)
    length: int = 0

    def send(self, request: bytes) -> None:
        self.arrived, self.length = bytearray(), 0
        self.socket.sendall(request)

    def receive(self) -> bool:
        """Read what is there and tell whether the answer is complete.

        Raises:
            DevtoolsError: The server closed the connection, or sends an answer of unknown length.
        """
        chunk = self.socket.recv(CHUNK)
        if not chunk:
            message = "the server closed a connection that was to be kept"
            raise DevtoolsError(message)
        self.arrived += chunk
        if not self.length:
            end = self.arrived.find(b"\r\n\r\n")
            if end < 0:
                return False
            self.length = end + 4 + read_length(bytes(self.arrived[:end]))
        return len(self.arrived) >= self.length


def send_all(port: int, requests: Sequence[bytes], *, status: int, connections: int) -> Passage:
    """Send each request once to a port of this machine, over whichever connection is free.

    The connections are opened before the clock starts: a server ends those that were idle for seconds.

    Raises:
        DevtoolsError: An answer has another status, or none comes.
    """
    waiting = iter(requests)
    with ExitStack() as stack:
        lines = [_Line(stack.enter_context(_connect(port))) for _ in range(connections)]
        selector = stack.enter_context(selectors.DefaultSelector())
        began, used = time.perf_counter(), time.process_time()
        for line, request in zip(lines, waiting, strict=False):
            selector.register(line.socket, selectors.EVENT_READ, line)
            line.send(request)
        while selector.get_map():
            _step(selector, waiting, status)
        return Passage(len(requests), time.perf_counter() - began, time.process_time() - used)


def _connect(port: int) -> socket.socket:
    connection = socket.create_connection(("127.0.0.1", port), TIMEOUT_SECONDS)
    connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return connection


def _step(selector: selectors.BaseSelector, waiting: Iterator[bytes], status: int) -> None:
    ready = selector.select(TIMEOUT_SECONDS)
    if not ready:
        message = f"no answer within {TIMEOUT_SECONDS:.0f} s"
        raise DevtoolsError(message)
    for key, _ in ready:
        line: _Line = key.data
        if not line.receive():
            continue
        check_status(bytes(line.arrived), status)
        request = next(waiting, None)
        if request is None:
            selector.unregister(line.socket)
        else:
            line.send(request)


def make_request(method: str, path: str, *, host: str, headers: Mapping[str, str], body: bytes = b"") -> bytes:
    """Write an HTTP/1.1 request."""
    lines = [f"{method} {path} HTTP/1.1", f"Host: {host}", *(f"{name}: {value}" for name, value in headers.items())]
    if body:
        lines.append(f"Content-Length: {len(body)}")
    return "\r\n".join([*lines, "", ""]).encode() + body


def read_length(head: bytes) -> int:
    """Return the length of the body that follows the head of an answer.

    Raises:
        DevtoolsError: The head does not say it.
    """
    for line in head.lower().split(b"\r\n")[1:]:
        name, _, value = line.partition(b":")
        if name == b"content-length":
            return int(value)
    message = f"an answer without Content-Length: {head[:200].decode(errors='replace')}"
    raise DevtoolsError(message)


def check_status(answer: bytes, status: int) -> None:
    """Look at the status of an answer.

    Raises:
        DevtoolsError: It is another one; the message shows what came.
    """
    if answer.split(b" ", 2)[1] != str(status).encode():
        message = f"expected {status}: {answer[:2000].decode(errors='replace')}"
        raise DevtoolsError(message)
