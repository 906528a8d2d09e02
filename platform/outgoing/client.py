"""Calls to addresses of the operator's own settings: carriers and the like."""

from __future__ import annotations

from collections.abc import Mapping

import httpcore
import httpx

from outgoing.errors import CallFailed
from outgoing.transport import Deadline, Route, Transport, reach_anything
from outgoing.types import Answer, Limits

ANYWHERE = Route(may_reach=reach_anything)
HEADERS = {"User-Agent": "Turnero", "Accept-Encoding": "identity", "Connection": "close"}


def send_request(
    url: str,
    *,
    method: str = "GET",
    headers: Mapping[str, str] | None = None,
    content: bytes = b"",
    form: Mapping[str, str] | None = None,
    credentials: tuple[str, str] | None = None,
    limits: Limits | None = None,
    route: Route = ANYWHERE,
    deadline: Deadline | None = None,
) -> Answer:
    """Make one HTTP call and return what was answered, whatever its status; redirects are not followed.

    ``form`` is sent as ``application/x-www-form-urlencoded``, ``credentials`` as Basic authentication.
    ``deadline`` is that of several calls together; left out, ``limits`` says it. A URL that a user
    typed goes through `outgoing.user_urls.safe_fetch` instead.

    Raises:
        CallFailed: There was no full answer within the limits.
        AddressRefused: The route does not lead there.
    """
    limits = limits or Limits()
    transport = Transport(route=route, deadline=deadline or Deadline(limits.total_seconds))
    timeout = httpx.Timeout(limits.read_seconds, connect=limits.connect_seconds)
    status: int | None = None
    try:
        with (
            httpx.Client(transport=transport, timeout=timeout, trust_env=False) as client,
            client.stream(
                method,
                url,
                headers={**HEADERS, **(headers or {})},
                content=content if form is None else None,
                data=form,
                auth=credentials,
            ) as response,
        ):
            status = response.status_code
            body = _read_body(response, limits.longest_answer_bytes)
    except CallFailed as error:
        raise CallFailed(reason=error.reason, status=status) from error
    except (
        httpx.InvalidURL,
        httpx.TransportError,
        httpcore.TimeoutException,
        httpcore.NetworkError,
        httpcore.ProtocolError,
        httpcore.UnsupportedProtocol,
    ) as error:
        raise CallFailed(reason=f"{type(error).__name__}: {error}", status=status) from error
    return Answer(status=status, headers=dict(response.headers), body=body, url=str(response.url))


def _read_body(response: httpx.Response, longest: int) -> bytes:
    if response.headers.get("content-encoding", "identity") != "identity":
        # Unpacked it could be a thousand times as long, and nobody asked for it.
        raise CallFailed(reason="the answer is compressed")
    body = b""
    for piece in response.iter_raw():
        body += piece
        if len(body) > longest:
            raise CallFailed(reason=f"the answer is longer than {longest} bytes")
    return body
