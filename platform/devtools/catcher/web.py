"""The catcher's HTTP side as a small ASGI application: the carrier's door, the pages, the JSON."""

from __future__ import annotations

import json
import re
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any
from urllib.parse import parse_qs, quote

from devtools.catcher.carrier import MESSAGES_PATH, take_message
from devtools.catcher.pages import PAGE_POLICY, STYLE, render_list, render_message
from devtools.catcher.store import Store, Stored

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]

_LARGEST_BODY_BYTES = 1_000_000
_MESSAGE = re.compile(r"/messages/(\d{1,15})(?:/(html|raw|attachments/(\d{1,4})))?")
# A page elsewhere must not read mail through a name that it points at 127.0.0.1 (DNS rebinding).
_LOCAL_HOST = re.compile(r"(localhost|127\.0\.0\.1|\[::1\])(:\d+)?")
# What came by mail is shown without scripts, forms or requests to anywhere.
_MAIL_POLICY = (
    "sandbox allow-popups allow-popups-to-escape-sandbox; default-src 'none'; style-src 'unsafe-inline'; img-src data:"
)


class Response:
    """What goes back: status, headers and body."""

    def __init__(self, status: int, content_type: str, body: bytes, **headers: str) -> None:
        self.status = status
        self.headers = {"content-type": content_type, "x-content-type-options": "nosniff"} | {
            name.replace("_", "-"): value for name, value in headers.items()
        }
        self.body = body


class CatcherApp:
    """ASGI application over a store."""

    def __init__(self, store: Store) -> None:
        self._store = store

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if scope["type"] != "http":
            return
        response = await self._respond(scope, receive)
        headers = [(name.encode(), value.encode("latin-1")) for name, value in response.headers.items()]
        headers.append((b"content-length", str(len(response.body)).encode()))
        await send({"type": "http.response.start", "status": response.status, "headers": headers})
        body = b"" if scope["method"] == "HEAD" else response.body
        await send({"type": "http.response.body", "body": body})

    async def _respond(self, scope: Scope, receive: Receive) -> Response:
        headers = {name.decode("latin-1").lower(): value.decode("latin-1") for name, value in scope["headers"]}
        if not _LOCAL_HOST.fullmatch(headers.get("host", "")):
            return _plain(403, "This page answers on localhost only.")
        method, path = scope["method"], scope["path"]
        query = {name: values[-1] for name, values in parse_qs(scope["query_string"].decode("latin-1")).items()}
        account = MESSAGES_PATH.fullmatch(path)
        if account is not None:
            return await self._take_sms(method, account[1], headers, receive)
        if path == "/api/messages" and method == "DELETE":
            self._store.clear()
            return Response(204, "text/plain", b"")
        if method not in {"GET", "HEAD"}:
            return _plain(405, "This address can only be read.")
        return self._read(path, query)

    async def _take_sms(self, method: str, account: str, headers: dict[str, str], receive: Receive) -> Response:
        if method != "POST":
            return _plain(405, "Messages are posted here.")
        body = await _read_body(receive)
        if body is None:
            return _plain(413, "Too large.")
        authorization = headers.get("authorization", "")
        status, answer = take_message(self._store, account=account, authorization=authorization, body=body)
        return _json(status, answer)

    def _read(self, path: str, query: dict[str, str]) -> Response:
        if path == "/healthz":
            return _plain(200, "ok")
        if path == "/style.css":
            return Response(200, "text/css; charset=utf-8", STYLE.encode())
        search = query.get("to", "").strip()
        if path == "/":
            page = render_list(self._store.list_newest(to=search), search=search, total=self._store.count())
            return _page(page)
        if path == "/api/messages":
            after, limit = _number(query.get("after"), 0), min(_number(query.get("limit"), 200), 5000)
            found = self._store.list_newest(to=search, channel=query.get("channel", ""), limit=limit, after=after)
            return _json(200, {"messages": [describe(stored) for stored in found]})
        return self._read_message(path)

    def _read_message(self, path: str) -> Response:
        match = _MESSAGE.fullmatch(path)
        stored = self._store.find(int(match[1])) if match is not None else None
        if match is None or stored is None:
            return _plain(404, "There is no such message.")
        arrival = stored.arrival
        if match[2] is None:
            return _page(render_message(stored))
        if match[2] == "html":
            html = f'<base target="_blank">{arrival.html}'.encode(errors="replace")
            return Response(200, "text/html; charset=utf-8", html, content_security_policy=_MAIL_POLICY)
        if match[2] == "raw":
            return Response(200, "text/plain; charset=utf-8", arrival.raw)
        position = int(match[3])
        if position >= len(arrival.attachments):
            return _plain(404, "There is no such attachment.")
        file = arrival.attachments[position]
        disposition = f"attachment; filename*=UTF-8''{quote(file.name, safe='')}"
        content_type = file.content_type if re.fullmatch(r"[\w.+-]+/[\w.+-]+", file.content_type) else "text/plain"
        return Response(
            200, content_type, file.content, content_disposition=disposition, content_security_policy="sandbox"
        )


def describe(stored: Stored) -> dict[str, object]:
    """Return a message as the JSON that tests read."""
    arrival = stored.arrival
    return {
        "id": stored.id,
        "received_at": stored.received_at,
        "channel": arrival.channel,
        "from": arrival.sender,
        "to": list(arrival.recipients),
        "subject": arrival.subject,
        "text": arrival.text,
        "html": arrival.html,
        "headers": [list(header) for header in arrival.headers],
        "attachments": [
            {
                "name": file.name,
                "content_type": file.content_type,
                "size_bytes": len(file.content),
                "url": f"/messages/{stored.id}/attachments/{position}",
            }
            for position, file in enumerate(arrival.attachments)
        ],
    }


async def _read_body(receive: Receive) -> bytes | None:
    body = bytearray()
    while True:
        event = await receive()
        body += event.get("body", b"")
        if len(body) > _LARGEST_BODY_BYTES:
            return None
        if not event.get("more_body", False):
            return bytes(body)


def _number(text: str | None, default: int) -> int:
    return int(text) if text is not None and re.fullmatch(r"\d{1,15}", text) else default


def _plain(status: int, text: str) -> Response:
    return Response(status, "text/plain; charset=utf-8", f"{text}\n".encode())


def _json(status: int, content: object) -> Response:
    return Response(status, "application/json", json.dumps(content, ensure_ascii=True).encode())


def _page(html: str) -> Response:
    return Response(
        200,
        "text/html; charset=utf-8",
        html.encode(errors="replace"),
        content_security_policy=PAGE_POLICY,
        referrer_policy="no-referrer",
        cache_control="no-store",
    )
