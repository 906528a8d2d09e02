"""The way of one call through the network: names looked up once, addresses checked, one deadline for all of it.

httpx limits each step only; a server that sends a byte now and then would hold a worker for ever.
Here every connect, handshake, read and write gets what is left of the whole. The connection goes
to the very address that was checked, while TLS and the ``Host`` header keep the name: a name
that stands for something else a moment later (DNS rebinding) changes nothing.
"""

from __future__ import annotations

import ssl
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from functools import lru_cache
from time import monotonic
from typing import Any

import httpcore
import httpx

from outgoing.addresses import Resolver, is_public, resolve_host
from outgoing.errors import AddressRefused, CallFailed


@dataclass(frozen=True, slots=True)
class Route:
    """How names are looked up, and where a call may lead.

    Attributes:
        may_reach: Told an IP address; one refusal among those of a name refuses the name.
        tls: Which certificates are trusted; None: those of the public authorities.
    """

    resolve: Resolver = resolve_host
    may_reach: Callable[[str], bool] = is_public
    tls: ssl.SSLContext | None = None


def reach_anything(address: str) -> bool:  # noqa: ARG001 - the shape of `Route.may_reach`
    """Allow every address: for URLs of the operator's own settings, which may well be local."""
    return True


@dataclass(frozen=True, slots=True)
class Deadline:
    """The instant, on the process's own clock, at which a call must be over."""

    seconds: float
    ends_at: float = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "ends_at", monotonic() + self.seconds)

    def clip(self, timeout: float | None) -> float:
        """Return ``timeout``, or what is left of the whole when that is less.

        Raises:
            CallFailed: Nothing is left.
        """
        left = self.ends_at - monotonic()
        if left <= 0:
            raise CallFailed(reason=f"timed out: not over after {self.seconds:g} s")
        return left if timeout is None else min(timeout, left)


class Transport(httpx.BaseTransport):
    """httpx's door to the network, for one call; httpcore speaks HTTP/1.1 over our own streams."""

    def __init__(self, *, route: Route, deadline: Deadline) -> None:
        tls = route.tls or _trust_authorities()
        self._pool = httpcore.ConnectionPool(ssl_context=tls, network_backend=_Network(route, deadline))

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """Send the request and return the answer as far as its headers."""
        url = request.url
        target = httpcore.URL(scheme=url.raw_scheme, host=url.raw_host, port=url.port, target=url.raw_path)
        answer = self._pool.handle_request(
            httpcore.Request(
                method=request.method,
                url=target,
                headers=request.headers.raw,
                content=request.stream,
                extensions=request.extensions,
            )
        )
        return httpx.Response(answer.status, headers=answer.headers, stream=_Body(answer.stream))

    def close(self) -> None:
        """Close the connection."""
        self._pool.close()


class _Body(httpx.SyncByteStream):
    def __init__(self, pieces: Any) -> None:
        self._pieces = pieces

    def __iter__(self) -> Iterator[bytes]:
        yield from self._pieces

    def close(self) -> None:
        self._pieces.close()


class _Network(httpcore.NetworkBackend):
    """Opens connections to checked addresses only."""

    def __init__(self, route: Route, deadline: Deadline) -> None:
        self._route = route
        self._deadline = deadline
        self._sockets = httpcore.SyncBackend()

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore.NetworkStream:
        """Connect to the first of the host's addresses that answers."""
        failure: Exception = httpcore.ConnectError(f"{host} has no address")
        for address in self._look_up(host, port, timeout):
            seconds = self._deadline.clip(timeout)
            try:
                stream = self._sockets.connect_tcp(address, port, seconds, local_address, socket_options)
            except (httpcore.ConnectError, httpcore.ConnectTimeout) as error:
                failure = error
            else:
                return _Stream(stream, self._deadline)
        raise failure

    def _look_up(self, host: str, port: int, timeout: float | None) -> tuple[str, ...]:
        try:
            addresses = self._route.resolve(host, port, self._deadline.clip(timeout))
        except OSError as error:
            raise httpcore.ConnectError(str(error)) from error
        for address in addresses:
            if not self._route.may_reach(address):
                raise AddressRefused(reason=f"{host} leads to {address}, which is not public")
        return addresses


class _Stream(httpcore.NetworkStream):
    """A connection whose every step ends with the call's deadline."""

    def __init__(self, stream: httpcore.NetworkStream, deadline: Deadline) -> None:
        self._stream = stream
        self._deadline = deadline

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        return self._stream.read(max_bytes, self._deadline.clip(timeout))

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        self._stream.write(buffer, self._deadline.clip(timeout))

    def close(self) -> None:
        self._stream.close()

    def start_tls(
        self, ssl_context: ssl.SSLContext, server_hostname: str | None = None, timeout: float | None = None
    ) -> httpcore.NetworkStream:
        secured = self._stream.start_tls(ssl_context, server_hostname, self._deadline.clip(timeout))
        return _Stream(secured, self._deadline)

    def get_extra_info(self, info: str) -> Any:
        return self._stream.get_extra_info(info)


@lru_cache(maxsize=1)
def _trust_authorities() -> ssl.SSLContext:
    return httpx.create_ssl_context()
