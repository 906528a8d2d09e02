"""E-mail through Django's SMTP backend.

The Message-ID is the same on every attempt (RFC 5322, 3.6.4), so that a receiver that got a
message twice, because we died between its "250" and our note of it, can tell.
"""

from __future__ import annotations

import smtplib
from contextlib import suppress
from email.errors import MessageError
from email.header import Header
from email.utils import formataddr, parseaddr

from django.conf import settings
from django.core.mail import EmailMultiAlternatives, get_connection

from kernel.emails import clean_email, is_email
from notifications.channels.registry import Carrier, register_carrier
from notifications.enums import Channel
from notifications.errors import DeliveryFailed, DeliveryRefused
from notifications.types.messages import OutgoingMessage

FIRST_PERMANENT_CODE = 500
LONGEST_WORD = 75
# Our own sign-in to the server is wrong: that is to be repaired, not the message's fault (RFC 4954).
SIGN_IN_CODES = frozenset({530, 534, 535, 538})


def send_email(message: OutgoingMessage) -> str:
    """Hand one message to the SMTP server and return its Message-ID.

    Waits at most ``EMAIL_TIMEOUT`` for each answer.

    Raises:
        DeliveryRefused: The server or the address refuses it for good (5yz).
        DeliveryFailed: The server is away, slow or busy (4yz).
    """
    mail = make_email(message)
    connection = get_connection()
    try:
        connection.open()
        connection.send_messages([mail])
    except smtplib.SMTPRecipientsRefused as error:
        code, text = next(iter(error.recipients.values()), (FIRST_PERMANENT_CODE, b"recipient refused"))
        raise _explain(code, text) from error
    except smtplib.SMTPResponseException as error:
        raise _explain(error.smtp_code, error.smtp_error) from error
    except (ValueError, LookupError, MessageError, smtplib.SMTPNotSupportedError) as error:
        # What cannot be written as a message now cannot be later.
        raise DeliveryRefused(reason=f"{type(error).__name__}: {error}") from error
    except (smtplib.SMTPException, OSError) as error:
        raise DeliveryFailed(reason=f"{type(error).__name__}: {error}") from error
    finally:
        # The server has taken the message or not: saying goodbye cannot change that any more.
        with suppress(smtplib.SMTPException, OSError):
            connection.close()
    return str(mail.extra_headers["Message-ID"])


def register() -> None:
    """Reach people by e-mail."""
    register_carrier(
        Carrier(
            channel=Channel.EMAIL,
            send=send_email,
            find_address=lambda recipient: clean_email(recipient.email) or recipient.email,
            is_address=is_email,
            folder="emails",
        )
    )


def make_email(message: OutgoingMessage) -> EmailMultiAlternatives:
    """Return the e-mail with text, HTML, invitation and headers."""
    _, sender = parseaddr(settings.DEFAULT_FROM_EMAIL)
    reply_to = clean_email(message.reply_to)
    mail = EmailMultiAlternatives(
        subject=encode_words(message.subject),
        body=message.body_text,
        from_email=write_sender(message.sender_name, sender),
        to=[message.to],
        # Whoever typed it: a wrong one costs the header, never the message.
        reply_to=[reply_to] if reply_to else None,
        headers={
            "Message-ID": f"<{message.message_key}@{sender.rpartition('@')[2]}>",
            "Auto-Submitted": "auto-generated",
            **_name_way_out(message.way_out),
        },
    )
    if message.body_html:
        mail.attach_alternative(message.body_html, "text/html")
    for attachment in message.attachments:
        if attachment.is_alternative:
            mail.attach_alternative(attachment.content, attachment.content_type)
    for attachment in message.attachments:
        mail.attach(attachment.filename, attachment.content, attachment.content_type)
    return mail


def _name_way_out(url: str) -> dict[str, str]:
    """Return the headers with which a mail program offers to end such messages with one request (RFC 8058)."""
    return {"List-Unsubscribe": f"<{url}>", "List-Unsubscribe-Post": "List-Unsubscribe=One-Click"} if url else {}


def write_sender(name: str, address: str) -> str:
    """Return a sender for a From header."""
    return formataddr((name, address)) if name.isascii() else f"{encode_words(name)} <{address}>"


def encode_words(text: str) -> str:
    """Return a text as a header carries it: what is not ASCII in encoded words of 75 signs at most (RFC 2047, 2).

    `email.utils.formataddr` makes one word of the whole name, Django makes words of 76.
    """
    return text if text.isascii() else " ".join(Header(text, "utf-8", maxlinelen=LONGEST_WORD).encode().split())


def _explain(code: int, text: bytes | str) -> DeliveryFailed | DeliveryRefused:
    said = text.decode("utf-8", errors="replace") if isinstance(text, bytes) else text
    reason = f"{code} {said}"
    if code >= FIRST_PERMANENT_CODE and code not in SIGN_IN_CODES:
        return DeliveryRefused(reason=reason)
    return DeliveryFailed(reason=reason)
