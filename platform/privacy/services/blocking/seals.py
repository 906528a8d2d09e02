"""Encrypting what is blocked: neither a dump of the database nor a copy of the business can be read without a key.

The keys are made of those that tombstones are kept with (`TOMBSTONE_KEYS`): they are kept as long as anything that was
erased must stay away, which is longer than anything is blocked. The first seals, all of them open.
"""

from __future__ import annotations

import json
from base64 import urlsafe_b64encode
from collections.abc import Iterable

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings

from privacy.errors import SealUnreadable


def seal(content: bytes) -> bytes:
    """Return ``content``, encrypted."""
    return _make_cipher().encrypt(content)


def unseal(sealed: bytes | memoryview[int]) -> bytes:
    """Return what was sealed.

    Raises:
        SealUnreadable: The key is not among those of the settings, or the row is damaged.
    """
    try:
        return _make_cipher().decrypt(bytes(sealed))
    except InvalidToken as error:
        raise SealUnreadable from error


def seal_names(names: Iterable[str]) -> bytes:
    """Return by what somebody is found again, encrypted."""
    return seal(json.dumps(sorted({each for each in names if each}), ensure_ascii=False).encode())


def unseal_names(sealed: bytes | memoryview[int]) -> tuple[str, ...]:
    """Return by what somebody is found again.

    Raises:
        SealUnreadable: As `unseal`.
    """
    return tuple(json.loads(unseal(sealed)))


def _make_cipher() -> MultiFernet:
    return MultiFernet([Fernet(_derive(str(each))) for each in settings.TOMBSTONE_KEYS])


def _derive(secret: str) -> bytes:
    """Derive a key for this purpose alone (RFC 5869)."""
    key = HKDF(algorithm=SHA256(), length=32, salt=None, info=b"turnero.privacy.blocked").derive(secret.encode())
    return urlsafe_b64encode(key)
