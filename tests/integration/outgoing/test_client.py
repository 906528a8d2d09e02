from __future__ import annotations

import socket
import threading
from functools import partial

import pytest

from devtools.servers.ports import take_port
from outgoing.client import send_request
from outgoing.errors import CallFailed
from outgoing.types import Answer, Limits
from tests.fakes.web_server import redirect, running_web_server, say

SHORT = Limits(connect_seconds=0.3, read_seconds=0.3, total_seconds=0.6, longest_answer_bytes=1000)


def fail(url: str, limits: Limits = SHORT) -> CallFailed:
    with pytest.raises(CallFailed) as raised:
        send_request(url, limits=limits)
    return raised.value


def test_answer_is_given_as_it_came():
    body = b"\x00caf\xc3\xa9"
    head = b"HTTP/1.1 503 Busy\r\nRetry-After: 7\r\nContent-Length: 6\r\n\r\n"
    with running_web_server(say(head, body)) as server:
        url = f"http://127.0.0.1:{server.port}/a?b=%20c"

        answer = send_request(url)

    assert answer == Answer(status=503, headers={"retry-after": "7", "content-length": "6"}, body=body, url=url)
    assert server.paths == ["/a?b=%20c"]


def test_form_and_credentials_are_sent():
    with running_web_server() as server:
        send_request(
            f"http://127.0.0.1:{server.port}/",
            method="POST",
            form={"To": "+52 55", "Body": "ñ&"},
            credentials=("AC42", "s3cret"),
            headers={"Accept": "application/json"},
        )

    (head,) = server.heads
    assert "authorization: basic qum0mjpzm2nyzxq=" in head.lower()
    assert ["accept: application/json" in head.lower(), "accept-encoding: identity" in head.lower()] == [True, True]
    assert server.bodies == [b"To=%2B52+55&Body=%C3%B1%26"]


def test_redirect_is_not_followed():
    with running_web_server() as inside, running_web_server(redirect(f"http://127.0.0.1:{inside.port}/")) as server:
        answer = send_request(f"http://127.0.0.1:{server.port}/")

    assert (answer.status, inside.connections) == (302, 0)


def test_proxies_of_the_environment_are_not_asked(monkeypatch):
    with running_web_server() as proxy, running_web_server() as server:
        monkeypatch.setenv("HTTP_PROXY", f"http://127.0.0.1:{proxy.port}")
        monkeypatch.setenv("ALL_PROXY", f"http://127.0.0.1:{proxy.port}")

        send_request(f"http://127.0.0.1:{server.port}/")

    assert (server.connections, proxy.connections) == (1, 0)


def test_nobody_listens():
    error = fail(f"http://127.0.0.1:{take_port()}/")

    assert (error.status, "refused" in error.reason) == (None, True)


@pytest.mark.parametrize("url", ["ftp://127.0.0.1/x", "http://", "//x", "http://[::1", "http://a\x00b/", ""])
def test_url_that_is_none(url):
    assert fail(url).status is None


@pytest.mark.parametrize(
    "spoken", [b"", b"220 mail.example ESMTP\r\n", b"HTTP/1.1 200 OK\r\nContent-Length: x\r\n\r\n"]
)
def test_server_that_speaks_something_else(spoken):
    with running_web_server(say(spoken)) as server:
        assert fail(f"http://127.0.0.1:{server.port}/").status is None


def test_answer_that_breaks_off_tells_its_status():
    with running_web_server(say(b"HTTP/1.1 201 Made\r\nContent-Length: 10\r\n\r\nhalf")) as server:
        assert fail(f"http://127.0.0.1:{server.port}/").status == 201


@pytest.mark.parametrize("length", [b"Content-Length: 1001\r\n", b""])
def test_long_answer_is_cut_off(length):
    with running_web_server(say(b"HTTP/1.1 200 OK\r\n", length, b"\r\n", b"x" * 1001)) as server:
        error = fail(f"http://127.0.0.1:{server.port}/")

    assert (error.status, error.reason) == (200, "the answer is longer than 1000 bytes")


def test_endless_answer_is_left():
    written = 0

    def talk(head: str, connection: socket.socket) -> None:
        nonlocal written
        connection.sendall(b"HTTP/1.1 200 OK\r\n\r\n")
        for _ in range(10_000):
            connection.sendall(b"x" * 10_000)
            written += 10_000

    with running_web_server(talk) as server:
        assert fail(f"http://127.0.0.1:{server.port}/").status == 200

    assert written < 100_000_000


def test_compressed_answer_is_refused():
    with running_web_server(say(b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 2\r\n\r\nzz")) as server:
        error = fail(f"http://127.0.0.1:{server.port}/")

    assert (error.status, error.reason) == (200, "the answer is compressed")


def drip(start: bytes, piece: bytes, done: threading.Event, head: str, connection: socket.socket) -> None:
    connection.sendall(start)
    while not done.wait(0.05):
        connection.sendall(piece)


@pytest.mark.parametrize(
    ("start", "piece", "status"),
    [(b"HTTP/1.1 200 OK\r\nX-Slow: ", b"x", None), (b"HTTP/1.1 200 OK\r\nContent-Length: 9999\r\n\r\n", b"x", 200)],
)
def test_server_that_drips_meets_the_deadline(start, piece, status):
    done = threading.Event()
    with running_web_server(partial(drip, start, piece, done)) as server:
        error = fail(f"http://127.0.0.1:{server.port}/")
        done.set()

    assert (error.status, "timed out" in error.reason) == (status, True)


def test_server_that_hangs_is_left():
    done = threading.Event()
    with running_web_server(lambda head, connection: done.wait(20)) as server:
        error = fail(f"http://127.0.0.1:{server.port}/")
        done.set()

    assert (error.status, error.reason) == (None, "ReadTimeout: timed out")


def test_server_that_takes_nothing_is_left():
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]

        with pytest.raises(CallFailed) as raised:
            send_request(f"http://127.0.0.1:{port}/", method="POST", content=b"x" * 50_000_000, limits=SHORT)

    assert "timed out" in raised.value.reason
