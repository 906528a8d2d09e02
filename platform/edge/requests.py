"""What a request says about its sender."""

from __future__ import annotations

from ipaddress import ip_address

from django.http import HttpRequest
from django.http.request import split_domain_port

from kernel.identity import addresses
from telemetry.tracing import read_request_id

PASSED_ON = 0
"""The port that uvicorn gives a caller whom a proxy that it believes (``--forwarded-allow-ips``) speaks for; no
connection comes from it."""
PASSING_ON = ("HTTP_X_FORWARDED_FOR", "HTTP_X_FORWARDED_PROTO", "HTTP_X_FORWARDED_HOST", "HTTP_FORWARDED", "HTTP_VIA")
"""What a proxy adds to what somebody outside asks: then it is not this machine that asks."""


def find_address(request: HttpRequest) -> str:
    """Return the network address of the caller, as the server saw it; empty over a Unix socket.

    Headers such as ``X-Forwarded-For`` are not read: anyone can send any. The server's own
    setting says which proxy it believes.
    """
    return str(request.META.get("REMOTE_ADDR", ""))


def find_block(request: HttpRequest) -> str:
    """Return the address block of the caller, by which calls are limited."""
    return addresses.find_block(find_address(request))


def find_sent_id(request: HttpRequest) -> str:
    """Return the id that the proxy gave this request (``X-Request-ID``); empty: there is no proxy, or no id.

    The proxy has to write its own over what callers send, as ours does (``infra/Caddyfile``).
    """
    if request.META.get("REMOTE_PORT") != PASSED_ON:
        return ""
    return read_request_id(request.headers.get("X-Request-ID", ""))


def is_asked_by_address(request: HttpRequest) -> bool:
    """Tell whether the host that is asked is a machine (``10.0.0.5``, ``[::1]:8000``, ``localhost``), no name."""
    host, _ = split_domain_port(request.META.get("HTTP_HOST", ""))
    try:
        ip_address(host.removeprefix("[").removesuffix("]"))
    except ValueError:
        return host == "localhost"
    return True


def is_from_here(request: HttpRequest) -> bool:
    """Tell whether a program on this machine asks, for itself and not through a proxy."""
    if any(name in request.META for name in PASSING_ON):
        return False
    try:
        return ip_address(find_address(request)).is_loopback
    except ValueError:
        return False
