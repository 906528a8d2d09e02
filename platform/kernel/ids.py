"""References for people, unguessable tokens for links, rows as addresses name them."""

from __future__ import annotations

import base64
import hashlib
import secrets
from contextlib import suppress

from kernel.lines import compose

REFERENCE_LETTERS, REFERENCE_DIGITS = "CDFHJKMNPQRTVWX", "256789"
"""No vowels, no digits that read as some (0 1 3 4), of look-alikes only one: 2 not Z, 5 not S, 6 not G, 8 not B."""
REFERENCE_LENGTH, MOST_LETTERS = 7, 2
_LOOK_ALIKES = str.maketrans("OQILZSGBU", "00112568V")

LINK_SIGNS = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz"
"""Base 58: without 0 and O, I and l."""
LINK_TOKEN_LENGTH, LONG_TOKEN_LENGTH = 14, 43

MAX_ROW_ID_DIGITS = 18
"""So many always fit PostgreSQL's ``bigint``."""


def new_reference(length: int = REFERENCE_LENGTH) -> str:
    """Return a short random reference that a person can read out, such as ``7KQ2M8P``.

    It has no vowel, never three letters in a row, and no sign twice in a row, so that it reads as no word and
    no abbreviation of one in any language. Seven signs have the entropy of 27 bits.
    """
    made = ""
    while len(made) < length:
        needs_digit = made[-MOST_LETTERS:].isalpha() and len(made) >= MOST_LETTERS
        signs = REFERENCE_DIGITS if needs_digit else REFERENCE_LETTERS + REFERENCE_DIGITS
        made += secrets.choice(signs.replace(made[-1:] or " ", ""))
    return made


def fold_reference(text: str) -> str:
    """Return what references are compared by: without case and separators, look-alike signs as one."""
    plain = compose("NFKC", text).upper()
    return "".join(filter(str.isalnum, plain)).translate(_LOOK_ALIKES)


def new_token() -> str:
    """Return an unguessable URL-safe token of 256 bits."""
    return secrets.token_urlsafe(32)


def make_link_token(digest: bytes) -> str:
    """Return the token of a link that fits into an SMS, from a digest of at least 88 bits: 14 signs, 82 bits."""
    number = int.from_bytes(digest[:11], "big")
    signs = []
    for _ in range(LINK_TOKEN_LENGTH):
        number, place = divmod(number, len(LINK_SIGNS))
        signs.append(LINK_SIGNS[place])
    return "".join(signs)


def hash_link_token(token: str) -> str:
    """Return what is stored for the token of a link; the long ones of before lead to the same.

    Those were the whole digest in base64.
    """
    if len(token) == LONG_TOKEN_LENGTH:
        with suppress(ValueError):
            return hash_token(make_link_token(base64.b64decode(f"{token}=", altchars=b"-_", validate=True)))
    return hash_token(token)


def read_row_id(text: str | None) -> int | None:
    """Return the id of a row that an address or a form names; None when no row can have it."""
    if not text or not (text.isascii() and text.isdigit()) or len(text) > MAX_ROW_ID_DIGITS:
        return None
    return int(text)


def hash_token(token: str) -> str:
    """Return the SHA-256 of ``token`` in hexadecimal: what is stored instead of it.

    A plain hash is enough: a token has 80 random bits or more, so nobody can try them all.
    """
    return hashlib.sha256(token.encode()).hexdigest()
