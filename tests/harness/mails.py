"""Mails as people read them."""

from __future__ import annotations

from email.header import decode_header, make_header

from django.core.mail import EmailMessage


def read_subject(message: EmailMessage) -> str:
    """Return a subject without the encoded words in which it travels (RFC 2047)."""
    return str(make_header(decode_header(message.subject)))
