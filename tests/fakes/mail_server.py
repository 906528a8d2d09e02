"""A mail server on a real socket that keeps what it takes and can be told to misbehave."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from email.message import EmailMessage

from aiosmtpd.controller import Controller

from devtools.servers.ports import take_port


@dataclass
class MailServer:
    """``answers`` gives what a recipient or ``DATA`` is answered instead of 250, once per entry."""

    host: str = "127.0.0.1"
    port: int = 0
    taken: list[tuple[str, EmailMessage]] = field(default_factory=list)
    answers: dict[str, list[str]] = field(default_factory=dict)
    pause_seconds: float = 0.0
    lock: threading.Lock = field(default_factory=threading.Lock)

    async def handle_RCPT(self, server, session, envelope, address, options):  # noqa: ARG002, N802 - aiosmtpd's name
        planned = self.answers.get(address)
        if planned:
            return planned.pop(0)
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server, session, envelope):  # noqa: ARG002, N802 - aiosmtpd's name
        if self.pause_seconds:
            await asyncio.sleep(self.pause_seconds)
        planned = self.answers.get("DATA")
        if planned:
            return planned.pop(0)
        message = message_from_bytes(envelope.content, policy=policy.default)
        with self.lock:
            self.taken.extend((address, message) for address in envelope.rcpt_tos)
        return "250 taken"

    @property
    def message_ids(self) -> list[str]:
        with self.lock:
            return [str(message["Message-ID"]) for _, message in self.taken]


@contextmanager
def running_mail_server(port: int | None = None) -> Iterator[MailServer]:
    server = MailServer(port=port or take_port())
    controller = Controller(server, hostname=server.host, port=server.port)
    controller.start()
    try:
        yield server
    finally:
        controller.stop()
