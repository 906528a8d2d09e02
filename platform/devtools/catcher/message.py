"""One message that arrived, by whichever channel."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from email import policy
from email.message import EmailMessage
from email.parser import BytesParser


@dataclass(frozen=True, slots=True)
class Attachment:
    """A file that came with an e-mail."""

    name: str
    content_type: str
    content: bytes


@dataclass(frozen=True, slots=True)
class Arrival:
    """What arrived, as it is kept and shown.

    Attributes:
        channel: ``email``, ``sms`` or ``whatsapp``.
        sender: Envelope sender or number.
        recipients: Envelope recipients or number, in lower case.
        subject: Empty for SMS.
        text: The plain text.
        html: The HTML form, or empty.
        headers: Name and value in order; for SMS what the caller's form held.
        attachments: Files in order, an invitation's ``.ics`` included.
        raw: The bytes as they came.
    """

    channel: str
    sender: str
    recipients: tuple[str, ...]
    subject: str
    text: str
    html: str
    headers: tuple[tuple[str, str], ...]
    attachments: tuple[Attachment, ...]
    raw: bytes


def parse_email(raw: bytes, *, sender: str, recipients: list[str]) -> Arrival:
    """Take an e-mail apart; broken ones are kept with what can be read."""
    message = BytesParser(policy=policy.default).parsebytes(raw)
    bodies = {part.get_content_type(): part for part in _bodies(message)}
    return Arrival(
        channel="email",
        sender=sender,
        recipients=tuple(recipient.lower() for recipient in recipients),
        subject=str(message.get("Subject", "")).strip(),
        text=_read_text(bodies.get("text/plain")),
        html=_read_text(bodies.get("text/html")),
        headers=tuple((name, str(value)) for name, value in message.items()),
        attachments=tuple(_attachments(message, set(map(id, bodies.values())))),
        raw=raw,
    )


def parse_sms(form: dict[str, str], raw: bytes) -> Arrival:
    """Turn the form of Twilio's ``Messages.json`` into an arrival."""
    number = form["To"]
    channel = "whatsapp" if number.startswith("whatsapp:") else "sms"
    return Arrival(
        channel=channel,
        sender=form.get("From") or form.get("MessagingServiceSid", ""),
        recipients=(number.removeprefix("whatsapp:").lower(),),
        subject="",
        text=form.get("Body", ""),
        html="",
        headers=tuple(sorted(form.items())),
        attachments=(),
        raw=raw,
    )


def _bodies(message: EmailMessage) -> Iterator[EmailMessage]:
    for kind in ("plain", "html"):
        part = message.get_body(preferencelist=(kind,))
        if isinstance(part, EmailMessage):
            yield part


def _attachments(message: EmailMessage, bodies: set[int]) -> Iterator[Attachment]:
    for part in message.walk():
        if part.is_multipart() or id(part) in bodies:
            continue
        content_type = part.get_content_type()
        content = part.get_payload(decode=True)
        name = part.get_filename() or ("invite.ics" if content_type == "text/calendar" else "unnamed")
        yield Attachment(name=name, content_type=content_type, content=content if isinstance(content, bytes) else b"")


def _read_text(part: EmailMessage | None) -> str:
    if part is None:
        return ""
    try:
        return str(part.get_content())
    except (LookupError, KeyError):  # a charset that Python does not know
        payload = part.get_payload(decode=True)
        return payload.decode("utf-8", errors="replace") if isinstance(payload, bytes) else ""
