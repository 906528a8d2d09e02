"""A receiver on a real socket that says what a test tells it to, and a business whose events go there."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import socket
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

import pytest

from notifications import hooks
from notifications.models import WebhookDelivery
from notifications.services.outbox import process_event, publish
from notifications.services.webhooks import sending
from notifications.services.webhooks.recording import offer_webhooks
from notifications.types.messages import EventView, Subject
from notifications.types.webhooks import WebhookContent
from outgoing.transport import Route
from outgoing.types import Limits
from tests.factories.webhooks import make_webhook
from tests.fakes.web_server import OK, WebServer, running_web_server
from tests.integration.notifications.conftest import NOW

PUBLIC = "127.0.0.2"
"""Stands for an address of the outside, as in the tests of `outgoing`; every other one is forbidden."""
HOST = "hooks.example"
TYPES = ("visit.begun", "visit.ended")


@dataclass
class Receiver:
    """What came in, and what is answered: one of ``answers`` each time, the last one for ever."""

    server: WebServer
    answers: list[Callable[[str, socket.socket], None] | bytes] = field(default_factory=lambda: [OK])

    @property
    def url(self) -> str:
        return f"http://{HOST}:{self.server.port}/in?key=1"

    @property
    def told(self) -> list[dict[str, object]]:
        return [json.loads(body) for body in self.server.bodies]

    @property
    def headers(self) -> list[dict[str, str]]:
        lines = (head.split("\r\n")[1:] for head in self.server.heads)
        return [{name.lower(): value for name, value in (line.split(": ", 1) for line in each)} for each in lines]

    def answer(self, head: str, connection: socket.socket) -> None:
        said = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
        if isinstance(said, bytes):
            connection.sendall(said)
        else:
            said(head, connection)


def say_status(status: int, body: str = "") -> bytes:
    return f"HTTP/1.1 {status} Said\r\nContent-Length: {len(body.encode())}\r\n\r\n{body}".encode()


def verify(secret: str, headers: dict[str, str], body: bytes) -> list[bool]:
    """Check the signatures as a receiver does, written from the text of the scheme and not from our code."""
    key = base64.b64decode(secret.removeprefix("whsec_"))
    signed = f"{headers['webhook-id']}.{headers['webhook-timestamp']}.".encode() + body
    wanted = base64.b64encode(hmac.new(key, signed, hashlib.sha256).digest()).decode()
    return [each == f"v1,{wanted}" for each in headers["webhook-signature"].split(" ")]


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    with running_web_server(address=PUBLIC) as server:
        made = Receiver(server)
        server.answer = made.answer
        yield made


@pytest.fixture(autouse=True)
def outside(monkeypatch) -> None:
    """The receiver's name leads to its address, which counts as public; a call is over within a second."""
    route = Route(resolve=lambda host, port, seconds: (PUBLIC,), may_reach=lambda address: address == PUBLIC)
    monkeypatch.setattr(sending, "ROUTE", route)
    monkeypatch.setattr(sending, "LIMITS", Limits(0.5, 0.3, 0.8, 1000))


@pytest.fixture(autouse=True)
def offered(monkeypatch) -> None:
    """One room offers webhooks about visits, and there are no other handlers."""
    for name in ("_handlers", "_later_handlers", "_describers"):
        monkeypatch.setattr(hooks, name, {})
    monkeypatch.setattr(hooks, "_webhook_types", [])

    def describe(event: EventView) -> WebhookContent | None:
        if event.payload.get("is_test"):
            return None
        return WebhookContent(event.kind, Subject("visit", event.subject_id), {"number": event.payload["number"]})

    offer_webhooks(TYPES, dict.fromkeys(TYPES, describe))


@pytest.fixture
def endpoint(tenant, receiver) -> int:
    return make_webhook(url=receiver.url, events=TYPES, now=NOW)


@pytest.fixture
def happen() -> Callable[..., int | None]:
    """Let something happen and a worker handle it; return the id of the first delivery that it made."""

    def _happen(number: int = 1, *, kind: str = TYPES[0], subject_id: int = 7, **payload: object) -> int | None:
        event_id = publish(kind=kind, subject_id=subject_id, payload={"number": number, **payload}, now=NOW)
        process_event(event_id, NOW)
        return WebhookDelivery.objects.filter(event_id=event_id).values_list("pk", flat=True).first()

    return _happen
