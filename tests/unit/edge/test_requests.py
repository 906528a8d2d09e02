from __future__ import annotations

import asyncio
import io

import pytest
from django.core.handlers.asgi import ASGIRequest
from uvicorn.middleware.proxy_headers import ProxyHeadersMiddleware

from edge.requests import find_address, find_block, find_sent_id, is_asked_by_address, is_from_here


def test_address_is_the_one_the_server_saw(rf):
    headers = {"X-Forwarded-For": "203.0.113.7", "Forwarded": "for=203.0.113.7"}
    request = rf.get("/", headers=headers, REMOTE_ADDR="198.51.100.1")

    assert (find_address(request), find_block(request)) == ("198.51.100.1", "198.51.100.0/24")


def test_caller_without_a_network_has_no_address(rf):
    request = rf.get("/")
    del request.META["REMOTE_ADDR"]

    assert (find_address(request), find_block(request)) == ("", "")


def ask_through_proxy(headers: list[tuple[bytes, bytes]], *, peer: tuple[str, int], trusted: str = "127.0.0.1"):
    """What our handler gets of a request after uvicorn's own reading of a proxy's headers."""
    seen = []

    async def application(scope, receive, send):
        seen.append(ASGIRequest(scope, io.BytesIO()))

    scope = {"type": "http", "method": "GET", "path": "/", "query_string": b"", "headers": headers, "client": peer}
    asyncio.run(ProxyHeadersMiddleware(application, trusted_hosts=trusted)(scope, None, None))
    return seen[0]


ID = "0b1d6d1e-3c7e-4d6c-9d2f-1f2e3d4c5b6a"
SENT = (b"x-request-id", ID.encode())
FORWARDED = (b"x-forwarded-for", b"203.0.113.7")


@pytest.mark.parametrize(
    ("headers", "peer", "found"),
    [
        ([SENT, FORWARDED], ("127.0.0.1", 40000), ID),
        ([SENT, FORWARDED], ("198.51.100.1", 40000), ""),  # no proxy of ours, whatever it says
        ([SENT], ("127.0.0.1", 40000), ""),  # a program of this machine, for itself
        ([SENT], ("198.51.100.1", 40000), ""),
        ([FORWARDED], ("127.0.0.1", 40000), ""),
        ([(b"x-request-id", b"ana@correo.example"), FORWARDED], ("127.0.0.1", 40000), ""),
        ([(b"x-request-id", ID.encode() * 100), FORWARDED], ("127.0.0.1", 40000), ""),
        ([SENT, SENT, FORWARDED], ("127.0.0.1", 40000), ""),
        ([SENT, (b"x-forwarded-for", b"203.0.113.7, 198.51.100.9")], ("127.0.0.1", 40000), ID),
    ],
)
def test_id_is_taken_from_the_proxy_alone(headers, peer, found):
    assert find_sent_id(ask_through_proxy(headers, peer=peer)) == found


@pytest.mark.parametrize(
    ("address", "header", "is_here"),
    [
        ("127.0.0.1", "", True),
        ("::1", "", True),
        ("198.51.100.1", "", False),
        ("", "", False),
        ("127.0.0.1", "X-Forwarded-For", False),
        ("127.0.0.1", "X-Forwarded-Proto", False),
        ("127.0.0.1", "X-Forwarded-Host", False),
        ("127.0.0.1", "Forwarded", False),
        ("127.0.0.1", "Via", False),
    ],
)
def test_who_asks_on_this_machine_and_not_through_a_proxy(rf, address, header, is_here):
    headers = {header: "x"} if header else {}

    assert is_from_here(rf.get("/", REMOTE_ADDR=address, headers=headers)) is is_here


@pytest.mark.parametrize(
    "host", ["127.0.0.1", "10.0.0.5:8000", "[::1]:8000", "[fd00::5]", "localhost:8000", "LOCALHOST."]
)
def test_machine_is_asked_by_its_address(rf, host):
    assert is_asked_by_address(rf.get("/", HTTP_HOST=host))


@pytest.mark.parametrize(
    "host",
    [
        "taller.turnero.example", "turnero.example", "taller.localhost", "127.0.0.1.example", "999.0.0.1", "2130706433",
        "127.1", "::1", "[127.0.0.1", "127.0.0.1@x", "127.0.0.1/x", "127.0.0.1, taller.example", "",
    ],
)  # fmt: skip
def test_name_is_no_address(rf, host):
    assert not is_asked_by_address(rf.get("/", HTTP_HOST=host))


def test_request_without_a_host_asks_no_machine(rf):
    request = rf.get("/")
    request.META.pop("HTTP_HOST", None)

    assert not is_asked_by_address(request)
