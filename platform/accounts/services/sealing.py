"""Secrets of accounts, encrypted before they reach the database."""

from __future__ import annotations

from base64 import urlsafe_b64encode

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings


def seal(text: str) -> str:
    """Return ``text`` encrypted under a key that is derived from the platform's secret."""
    return _make_cipher().encrypt(text.encode()).decode()


def unseal(sealed: str, *, max_age_seconds: int | None = None) -> str:
    """Return what was sealed, under the present secret or an earlier one that is still listed.

    Raises:
        ValueError: It was not sealed here, or longer ago than ``max_age_seconds``.
    """
    try:
        return _make_cipher().decrypt(sealed.encode(), ttl=max_age_seconds).decode()
    except InvalidToken as error:
        raise ValueError("sealed elsewhere, or too long ago") from error


def _make_cipher() -> MultiFernet:
    secrets = (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS)
    return MultiFernet([Fernet(_derive(str(each))) for each in secrets])


def _derive(secret: str) -> bytes:
    """Derive a key for this purpose alone (RFC 5869)."""
    key = HKDF(algorithm=SHA256(), length=32, salt=None, info=b"turnero.accounts.sealing").derive(secret.encode())
    return urlsafe_b64encode(key)
