"""Web servers on real sockets of loopback addresses, which answer what a test gives them and count who comes."""

from __future__ import annotations

import socket
import ssl
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field

OK = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"


@dataclass
class WebServer:
    """``answer`` is given the request's head and the connection, and writes what it likes."""

    address: str
    port: int
    answer: Callable[[str, socket.socket], None]
    heads: list[str] = field(default_factory=list)
    connections: int = 0
    bodies: list[bytes] = field(default_factory=list)

    @property
    def paths(self) -> list[str]:
        return [head.split(" ")[1] for head in self.heads]


def say(*pieces: bytes) -> Callable[[str, socket.socket], None]:
    """Return an answer that writes ``pieces`` and hangs up."""
    return lambda head, connection: connection.sendall(b"".join(pieces))


def redirect(target: str, status: int = 302) -> Callable[[str, socket.socket], None]:
    return say(f"HTTP/1.1 {status} Moved\r\nLocation: {target}\r\nContent-Length: 0\r\n\r\n".encode())


@contextmanager
def running_web_server(
    answer: Callable[[str, socket.socket], None] | None = None,
    *,
    address: str = "127.0.0.1",
    port: int = 0,
    tls: ssl.SSLContext | None = None,
) -> Iterator[WebServer]:
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    listener = socket.create_server((address, port), family=family)
    server = WebServer(address=address, port=listener.getsockname()[1], answer=answer or say(OK))

    def serve(connection: socket.socket) -> None:
        with suppress(OSError, ValueError), connection:
            secured = tls.wrap_socket(connection, server_side=True) if tls else connection
            with secured:
                head, body = _read_request(secured)
                server.heads.append(head)
                server.bodies.append(body)
                server.answer(head, secured)

    def accept() -> None:
        with suppress(OSError):
            while True:
                connection, _ = listener.accept()
                server.connections += 1
                connection.settimeout(10)
                threading.Thread(target=serve, args=(connection,), daemon=True).start()

    thread = threading.Thread(target=accept, daemon=True)
    thread.start()
    try:
        yield server
    finally:
        with suppress(OSError):
            listener.shutdown(socket.SHUT_RDWR)
        listener.close()
        thread.join(timeout=5)


def _read_request(connection: socket.socket) -> tuple[str, bytes]:
    data = b""
    while b"\r\n\r\n" not in data:
        piece = connection.recv(4096)
        if not piece:
            raise ValueError("hung up")
        data += piece
    head, _, body = data.partition(b"\r\n\r\n")
    length = next(
        (int(line.split(b":")[1]) for line in head.split(b"\r\n") if line.lower().startswith(b"content-length:")), 0
    )
    while len(body) < length:
        body += connection.recv(4096)
    return head.decode("latin-1"), body
