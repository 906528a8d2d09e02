"""References for people, unguessable tokens for links, rows as addresses name them."""

from __future__ import annotations

import hashlib
import secrets

REFERENCE_ALPHABET = "23456789ABCDEFGHJKMNPQRSTVWXYZ"
"""Digits and letters that cannot be taken for each other (no 0 O 1 I L U)."""


MAX_ROW_ID_DIGITS = 18
"""So many always fit PostgreSQL's ``bigint``."""


def new_reference(length: int = 6) -> str:
    """Return a short random reference that a person can read out, such as ``7KQ2MB``."""
    return "".join(secrets.choice(REFERENCE_ALPHABET) for _ in range(length))


def new_token() -> str:
    """Return an unguessable URL-safe token of 256 bits."""
    return secrets.token_urlsafe(32)


def read_row_id(text: str | None) -> int | None:
    """Return the id of a row that an address or a form names; None when no row can have it."""
    if not text or not (text.isascii() and text.isdigit()) or len(text) > MAX_ROW_ID_DIGITS:
        return None
    return int(text)


def hash_token(token: str) -> str:
    """Return the SHA-256 of ``token`` in hexadecimal: what is stored instead of it.

    A plain hash is enough: the token has 256 random bits, so nobody can try them all.
    """
    return hashlib.sha256(token.encode()).hexdigest()
