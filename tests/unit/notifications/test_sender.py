"""The From header with names as businesses have them, read back by a decoder that shares nothing with the encoder."""

from __future__ import annotations

import re
from base64 import b64decode
from email import message_from_bytes, policy
from email.header import decode_header, make_header
from email.utils import parseaddr
from quopri import decodestring

import pytest

from notifications.channels.email import make_email, write_sender
from notifications.types.messages import OutgoingMessage

ENCODED_WORD = re.compile(r"=\?([\w-]+)\?([bBqQ])\?([^?\s]*)\?=")
NAMES = [
    "Taller López",
    "Taller Lopez",
    "Peluquería y Barbería Señorial de la Niñez Mexicanísima «Ñandú» y Compañía, Sociedad Anónima de Capital",
    'Taller "El Güero", S.A. de C.V.',
    'Taller "El Primo", Inc.',
    "Back\\slash y ñ",
    "Back\\slash",
    "a, b; c <x@y.example>",
    "(Taller) [Norte]: ñ",
    "💇‍♀️ Salón Lola 💅 " * 6,
    "漢字" * 60,
    "Мастерская Петрова и сыновья на Тверской улице",
    "ñ" * 120,
    "x" * 120,
    "O'Connor & Söhne",
    "",
]


def read_header(raw: str) -> tuple[str, str]:
    """Decode a From header by RFC 5322 and 2047: unfold, join neighboring encoded words, then read name and address."""
    value = re.sub(r"\r?\n(?=[ \t])", "", raw.partition(":")[2]).strip()
    joined = re.sub(r"(\?=)[ \t]+(?==\?)", r"\1", value)

    def decode(match: re.Match[str]) -> str:
        charset, kind, text = match.groups()
        data = b64decode(text) if kind in "bB" else decodestring(text.replace("_", " "))
        return data.decode(charset)

    name, _, address = joined.rpartition("<") if "<" in joined else ("", "", joined)
    name = name.strip()
    if name.startswith('"'):
        name = re.sub(r"\\(.)", r"\1", name[1:-1])
    return ENCODED_WORD.sub(decode, name), address.rstrip("> ")


@pytest.mark.parametrize("name", NAMES)
def test_senders_name_travels_whole(name, settings):
    settings.DEFAULT_FROM_EMAIL = "Turnero <citas@turnero.example>"
    name = name.strip()
    outgoing = OutgoingMessage("k", name, "ana@example.com", "", f"Cita: {name}", "x", "", ())

    raw = make_email(outgoing).message().as_bytes()

    text = raw.decode("ascii")
    header = re.search(r"^From:.*(?:\n[ \t].*)*", text, re.MULTILINE)[0]
    assert max(map(len, header.splitlines())) <= 78 or "?=" not in header
    assert all(len(word[0]) <= 75 for word in ENCODED_WORD.finditer(header))
    assert read_header(header) == (name, "citas@turnero.example")
    subject = re.search(r"^Subject:.*(?:\n[ \t].*)*", text, re.MULTILINE)[0]
    assert all(len(word[0]) <= 75 for word in ENCODED_WORD.finditer(subject))
    assert message_from_bytes(raw, policy=policy.default)["Subject"].strip() == f"Cita: {name}".strip()
    legacy = message_from_bytes(raw, policy=policy.compat32)["From"]
    assert str(make_header(decode_header(parseaddr(legacy)[0]))) == name


def test_sender_without_a_name_is_an_address():
    assert write_sender("", "citas@turnero.example") == "citas@turnero.example"
