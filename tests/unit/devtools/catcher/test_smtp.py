"""The mail server's handler, called as aiosmtpd calls it."""

from __future__ import annotations

import asyncio

import pytest
from aiosmtpd.smtp import Envelope

from devtools.catcher.smtp import CatchingHandler
from devtools.catcher.store import Store


@pytest.fixture
def store(tmp_path):
    opened = Store(tmp_path)
    yield opened
    opened.close()


@pytest.mark.parametrize(
    ("address", "answer", "taken"),
    [
        ("ana@example.com", "250 OK", ["ana@example.com"]),
        ("Refused@example.com", "550 5.1.1 No such mailbox here", []),
        ("later@example.com", "451 4.7.1 Try again later", []),
        ("later.on@example.com", "250 OK", ["later.on@example.com"]),
    ],
)
def test_recipients_are_taken_unless_they_ask_otherwise(store, address, answer, taken):
    envelope = Envelope()

    said = asyncio.run(CatchingHandler(store).handle_RCPT(None, None, envelope, address, []))  # type: ignore[arg-type]

    assert (said, envelope.rcpt_tos) == (answer, taken)


@pytest.mark.parametrize("content", [b"Subject: Tu cita\r\n\r\nHola", "Subject: Tu cita\r\n\r\nHola"])
def test_mail_is_kept_before_the_sender_hears_so(store, content):
    envelope = Envelope()
    envelope.mail_from, envelope.content = "taller@example.com", content
    envelope.rcpt_tos.append("ana@example.com")

    said = asyncio.run(CatchingHandler(store).handle_DATA(None, None, envelope))  # type: ignore[arg-type]

    (stored,) = store.list_newest()
    assert said == f"250 OK: kept as {stored.id}"
    assert (stored.arrival.sender, stored.arrival.subject, stored.arrival.text) == (
        "taller@example.com",
        "Tu cita",
        "Hola",
    )
