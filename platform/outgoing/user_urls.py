"""The one door to URLs that a user typed: webhooks, calendars, pictures.

Whoever types a URL would have our server ask for it, from inside our network (server-side request
forgery, OWASP). So it may lead to public addresses only, with every redirect judged like the first URL.
"""

from __future__ import annotations

import re
import socket
from collections.abc import Mapping
from http import HTTPStatus

import httpx

from outgoing.addresses import is_public
from outgoing.client import send_request
from outgoing.errors import AddressRefused
from outgoing.transport import Deadline, Route
from outgoing.types import Answer, Limits

PUBLIC_ONLY = Route()
WEB_PORTS = frozenset({80, 443})
FIRST_FREE_PORT, LAST_PORT = 1024, 65_535
"""Ports below the first belong to other protocols (mail, shell, files), which must not be fed with our bytes."""
LONGEST_URL = 2000
HOST = re.compile(rb"[a-z0-9_][a-z0-9_.-]*")
"""A name as it travels (RFC 5890), or IPv4; IPv6 has colons and was read by httpx."""
LOCAL_NAMES = frozenset({"localhost", "local", "internal", "lan", "home", "intranet"})
"""Last parts of names that nobody outside has (RFC 6761, 6762, 8375 and habits), and ``localhost`` itself."""
REDIRECTS = frozenset(
    {
        HTTPStatus.MOVED_PERMANENTLY,
        HTTPStatus.FOUND,
        HTTPStatus.SEE_OTHER,
        HTTPStatus.TEMPORARY_REDIRECT,
        HTTPStatus.PERMANENT_REDIRECT,
    }
)


def safe_fetch(
    url: str,
    *,
    method: str = "GET",
    headers: Mapping[str, str] | None = None,
    content: bytes = b"",
    redirects: int = 0,
    limits: Limits | None = None,
    route: Route = PUBLIC_ONLY,
) -> Answer:
    """Ask for a URL that a user typed and return the answer, whatever its status.

    At most ``redirects`` are followed, for GET only; the answer of the last one may be a redirect
    itself. ``headers`` are not sent on to another origin. The limits count for all hops together.

    Raises:
        AddressRefused: The URL, or one that a redirect names, is malformed or leads to an address
            that is not public.
        CallFailed: There was no full answer within the limits.
    """
    limits = limits or Limits()
    deadline = Deadline(limits.total_seconds)
    asked = check_url(url)
    sent: Mapping[str, str] = headers or {}
    hops = redirects if method == "GET" else 0
    while True:
        answer = send_request(
            str(asked), method=method, headers=sent, content=content, limits=limits, route=route, deadline=deadline
        )
        if answer.status not in REDIRECTS or "location" not in answer.headers or not hops:
            return answer
        hops -= 1
        target = _follow(asked, answer)
        if _get_origin(target) != _get_origin(asked):
            sent = {}
        asked = target


def check_url(text: str) -> httpx.URL:
    """Return a URL that a user typed, when its form allows it to be asked for; forms of pages ask the same.

    Names are not looked up here: that is done, and judged, when the call is made.

    Raises:
        AddressRefused: Not http or https, no host, a password in it, a forbidden port, or too long.
    """
    if len(text) > LONGEST_URL:
        raise AddressRefused(reason="the URL is too long")
    try:
        url = httpx.URL(text.strip())
    except (httpx.InvalidURL, UnicodeError) as error:
        raise AddressRefused(reason=str(error)) from error
    if url.scheme not in {"http", "https"} or not url.host:
        raise AddressRefused(reason="the URL is not one of http or https")
    if ":" not in url.host and not HOST.fullmatch(url.raw_host):
        raise AddressRefused(reason="the host is none")
    if url.userinfo:
        raise AddressRefused(reason="the URL holds a name or a password")
    if url.port is not None and url.port not in WEB_PORTS and not FIRST_FREE_PORT <= url.port <= LAST_PORT:
        raise AddressRefused(reason=f"port {url.port} is not one of the web")
    return url


def check_typed_url(text: str) -> httpx.URL:
    """Return a URL as `check_url` does, when nothing in it says already that it leads inside; no name is looked up.

    Raises:
        AddressRefused: As there; or its host is a number that is not public, in whatever spelling, or a local name.
    """
    url = check_url(text)
    address = _read_address(url.host)
    if address is None and url.host.rstrip(".").rpartition(".")[2] in LOCAL_NAMES:
        raise AddressRefused(reason="the host is a local name")
    if address is not None and not is_public(address):
        raise AddressRefused(reason="the host is an address that is not public")
    return url


def _read_address(host: str) -> str | None:
    """Return the address that a host is written as: IPv6, or IPv4 as resolvers read it (127.1, 0x7f000001)."""
    if ":" in host:
        return host
    try:
        return socket.inet_ntoa(socket.inet_aton(host.rstrip(".")))
    except OSError:
        return None


def _follow(asked: httpx.URL, answer: Answer) -> httpx.URL:
    joined = asked.join(answer.headers["location"])
    if asked.scheme == "https" and joined.scheme == "http":
        raise AddressRefused(reason="a redirect leads from https to http")
    return check_url(str(joined))


def _get_origin(url: httpx.URL) -> tuple[str, str, int | None]:
    return url.scheme, url.host, url.port
