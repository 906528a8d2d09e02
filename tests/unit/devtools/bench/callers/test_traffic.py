"""The client of ``./dev bench http``: what it takes for a complete answer, and what it refuses."""

from __future__ import annotations

import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest

from devtools.bench.callers.traffic import make_request, read_length, send_all
from devtools.errors import DevtoolsError

OK = b"HTTP/1.1 200 OK\r\ncontent-length: 5\r\n\r\nhello"
REQUEST = make_request("GET", "/", host="taller.localhost", headers={})


@contextmanager
def server(answer: Callable[[socket.socket], None]) -> Iterator[tuple[int, list[bytes]]]:
    """Answer every request on every connection; give the port and what was asked."""
    asked: list[bytes] = []

    def talk(connection: socket.socket) -> None:
        with connection:
            while request := connection.recv(65536):
                asked.append(request)
                answer(connection)

    def accept() -> None:
        while True:
            try:
                connection, _ = listener.accept()
            except OSError:
                return
            threading.Thread(target=talk, args=[connection], daemon=True).start()

    with socket.create_server(("127.0.0.1", 0)) as listener:
        threading.Thread(target=accept, daemon=True).start()
        yield listener.getsockname()[1], asked
        listener.shutdown(socket.SHUT_RDWR)


def test_every_request_is_sent_once_over_few_connections():
    requests = [make_request("GET", f"/{number}", host="taller.localhost", headers={}) for number in range(20)]

    with server(lambda connection: connection.sendall(OK)) as (port, asked):
        passage = send_all(port, requests, status=200, connections=3)

    assert sorted(asked) == sorted(requests)
    assert passage.requests == 20


def test_an_answer_in_pieces_is_waited_for():
    def answer(connection: socket.socket) -> None:
        for at in range(0, len(OK), 7):
            connection.sendall(OK[at : at + 7])

    with server(answer) as (port, asked):
        send_all(port, [REQUEST] * 4, status=200, connections=2)

    assert asked == [REQUEST] * 4


def test_another_status_ends_the_measurement_and_shows_the_answer():
    refusal = b"HTTP/1.1 409 Conflict\r\nContent-Length: 5\r\n\r\ntaken"

    with (
        server(lambda connection: connection.sendall(refusal)) as (port, _),
        pytest.raises(DevtoolsError, match=r"(?s)expected 201: .*taken"),
    ):
        send_all(port, [REQUEST], status=201, connections=1)


def test_a_closed_connection_ends_the_measurement():
    with (
        server(lambda connection: connection.shutdown(socket.SHUT_RDWR)) as (port, _),
        pytest.raises(DevtoolsError, match="closed a connection"),
    ):
        send_all(port, [REQUEST], status=200, connections=1)


def test_an_answer_of_unknown_length_is_refused():
    with pytest.raises(DevtoolsError, match="without Content-Length"):
        read_length(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked")


def test_a_request_says_how_long_its_body_is():
    headers = {"Accept": "application/json"}

    request = make_request("POST", "/api/v1/bookings", host="taller.localhost:8000", headers=headers, body=b"{}")

    assert request == (
        b"POST /api/v1/bookings HTTP/1.1\r\nHost: taller.localhost:8000\r\n"
        b"Accept: application/json\r\nContent-Length: 2\r\n\r\n{}"
    )
