"""The catcher's answers, asked as a server asks an ASGI application."""

from __future__ import annotations

import asyncio
import base64
import json
from dataclasses import dataclass
from typing import Any

import pytest

from devtools.catcher.message import Arrival, Attachment
from devtools.catcher.store import Store
from devtools.catcher.web import CatcherApp

_DOOR = "/2010-04-01/Accounts/AC1/Messages.json"
_CREDENTIALS = f"Basic {base64.b64encode(b'AC1:secret').decode()}"


@dataclass
class Answer:
    status: int
    headers: dict[str, str]
    body: bytes

    @property
    def text(self) -> str:
        return self.body.decode()


def make_arrival(*attachments: Attachment, **changes: Any) -> Arrival:
    facts: dict[str, Any] = {
        "channel": "email",
        "sender": "taller@example.com",
        "recipients": ("ana@example.com",),
        "subject": "Tu cita",
        "text": "Te esperamos.",
        "html": "<p>Te esperamos.</p>",
        "headers": (("Subject", "Tu cita"),),
        "attachments": attachments,
        "raw": b"Subject: Tu cita\r\n\r\nTe esperamos.",
    }
    return Arrival(**(facts | changes))


@pytest.fixture
def store(tmp_path):
    opened = Store(tmp_path)
    yield opened
    opened.close()


@pytest.fixture
def ask(store):
    def ask(path: str, method: str = "GET", *, chunks: tuple[bytes, ...] = (b"",), **headers: str) -> Answer:
        path, _, query = path.partition("?")
        given = {"host": "localhost:8025"} | headers
        scope = {
            "type": "http",
            "method": method,
            "path": path,
            "query_string": query.encode(),
            "headers": [(name.encode(), value.encode()) for name, value in given.items()],
        }
        waiting = [{"body": chunk, "more_body": number < len(chunks)} for number, chunk in enumerate(chunks, start=1)]
        sent: list[Any] = []

        async def receive() -> Any:
            return waiting.pop(0)

        async def send(event: Any) -> None:
            sent.append(event)

        asyncio.run(CatcherApp(store)(scope, receive, send))
        start, body = sent
        return Answer(start["status"], {n.decode(): v.decode() for n, v in start["headers"]}, body["body"])

    return ask


def test_messages_are_listed_as_json(ask, store):
    store.add(make_arrival(Attachment("cita.ics", "text/calendar", b"BEGIN")))
    store.add(make_arrival(channel="sms", recipients=("+52155",)))

    listed = json.loads(ask("/api/messages?to=ANA").body)["messages"]

    assert [{name: value for name, value in each.items() if name != "received_at"} for each in listed] == [
        {
            "id": 1,
            "channel": "email",
            "from": "taller@example.com",
            "to": ["ana@example.com"],
            "subject": "Tu cita",
            "text": "Te esperamos.",
            "html": "<p>Te esperamos.</p>",
            "headers": [["Subject", "Tu cita"]],
            "attachments": [
                {
                    "name": "cita.ics",
                    "content_type": "text/calendar",
                    "size_bytes": 5,
                    "url": "/messages/1/attachments/0",
                }
            ],
        }
    ]


@pytest.mark.parametrize(
    ("query", "numbers"),
    [
        ("", [3, 2, 1]),
        ("?after=1", [3, 2]),
        ("?limit=1", [3]),
        ("?limit=-1&after=x", [3, 2, 1]),
        ("?limit=9999999", [3, 2, 1]),
        ("?channel=sms", [2]),
        ("?to=ana&to=+52155", [2]),
        ("?to=%2B52155", [2]),
    ],
)
def test_odd_filters_are_read_as_far_as_they_make_sense(ask, store, query, numbers):
    store.add(make_arrival())
    store.add(make_arrival(channel="sms", recipients=("+52155",)))
    store.add(make_arrival())

    assert [each["id"] for each in json.loads(ask(f"/api/messages{query}").body)["messages"]] == numbers


def test_all_messages_can_be_forgotten(ask, store):
    store.add(make_arrival())

    answer = ask("/api/messages", "DELETE")

    assert (answer.status, answer.body, store.count()) == (204, b"", 0)


def test_pages_may_load_nothing_from_elsewhere(ask, store):
    store.add(make_arrival())

    for path in ("/", "/messages/1"):
        answer = ask(path)
        assert (answer.status, answer.headers["content-type"]) == (200, "text/html; charset=utf-8")
        assert answer.headers["content-security-policy"].startswith("default-src 'none'")
        assert (answer.headers["referrer-policy"], answer.headers["cache-control"]) == ("no-referrer", "no-store")
        assert "Tu cita" in answer.text


def test_head_answers_without_a_body(ask):
    whole, head = ask("/style.css"), ask("/style.css", "HEAD")

    assert (whole.headers, whole.body[:6]) == (head.headers, b"\n:root")
    assert (head.body, int(head.headers["content-length"])) == (b"", len(whole.body))


def test_a_message_can_be_read_as_html_and_as_it_arrived(ask, store):
    store.add(make_arrival())

    html, raw = ask("/messages/1/html"), ask("/messages/1/raw")

    assert html.text == '<base target="_blank"><p>Te esperamos.</p>'
    assert html.headers["content-security-policy"].startswith("sandbox allow-popups")
    assert (raw.text, raw.headers["content-type"]) == (
        "Subject: Tu cita\r\n\r\nTe esperamos.",
        "text/plain; charset=utf-8",
    )


def test_attachments_are_files_and_never_pages(ask, store):
    store.add(
        make_arrival(Attachment("cita nº 1.ics", "text/calendar", b"A"), Attachment("x", "text/html\r\nX: 1", b"B"))
    )

    calendar, odd = ask("/messages/1/attachments/0"), ask("/messages/1/attachments/1")

    assert (calendar.body, calendar.headers["content-type"]) == (b"A", "text/calendar")
    assert calendar.headers["content-disposition"] == "attachment; filename*=UTF-8''cita%20n%C2%BA%201.ics"
    assert (odd.body, odd.headers["content-type"], odd.headers["content-security-policy"]) == (
        b"B",
        "text/plain",
        "sandbox",
    )


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "/healthz", 200),
        ("GET", "/messages/2", 404),
        ("GET", "/messages/1/attachments/1", 404),
        ("GET", "/messages/1/other", 404),
        ("GET", "/messages/1234567890123456", 404),
        ("POST", "/", 405),
        ("DELETE", "/messages/1", 405),
        ("GET", _DOOR, 405),
    ],
)
def test_other_addresses_are_answered_in_plain_words(ask, store, method, path, status):
    store.add(make_arrival(Attachment("cita.ics", "text/calendar", b"A")))

    answer = ask(path, method)

    assert (answer.status, answer.headers["content-type"]) == (status, "text/plain; charset=utf-8")
    assert (answer.headers["x-content-type-options"], store.count()) == ("nosniff", 1)


@pytest.mark.parametrize(
    ("host", "status"),
    [
        ("localhost", 200),
        ("127.0.0.1:8025", 200),
        ("[::1]:8025", 200),
        ("evil.example", 403),
        ("localhost.evil.example", 403),
        ("", 403),
    ],
)
def test_only_names_of_this_machine_are_answered(ask, host, status):
    assert ask("/api/messages", host=host).status == status


def test_a_message_sent_in_pieces_is_kept(ask, store):
    chunks = (b"To=%2B5215512345678&From=%2B15005550006", b"&Body=Tu+cita")

    answer = ask(_DOOR, "POST", chunks=chunks, authorization=_CREDENTIALS)

    assert (answer.status, json.loads(answer.body)["to"]) == (201, "+5215512345678")
    assert [stored.arrival.text for stored in store.list_newest()] == ["Tu cita"]


def test_a_body_without_end_is_refused_before_it_is_read(ask, store):
    answer = ask(_DOOR, "POST", chunks=(b"x" * 600_000,) * 3, authorization=_CREDENTIALS)

    assert (answer.status, answer.text, store.count()) == (413, "Too large.\n", 0)


def test_what_is_no_request_is_let_pass(store):
    asyncio.run(CatcherApp(store)({"type": "lifespan"}, None, None))  # type: ignore[arg-type]

    assert store.count() == 0
