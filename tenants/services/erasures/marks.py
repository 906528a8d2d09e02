"""By what a row that was erased is known again, without telling anybody which row it was.

A mark is HMAC-SHA256 over the kind, the number and the instant at which the row was made. The number alone is not
enough: a copy goes on with the numbers of its archive, so that somebody new may have one that was erased elsewhere.
Kind, number and instant are the same in every copy of a row, whatever schema it lies in.
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from django.conf import settings

VERSION = "1"


@dataclass(frozen=True, slots=True)
class MarkKey:
    """A key that marks are made with, and by what it is named: nothing can be learned from ``id``."""

    id: str
    secret: bytes

    def mark(self, kind: str, row_id: int, made_at: datetime) -> str:
        """Return the mark of a row, in hexadecimal."""
        at = made_at.astimezone(UTC).isoformat(timespec="microseconds")
        message = "\0".join((VERSION, kind, str(row_id), at)).encode()
        return hmac.digest(self.secret, message, hashlib.sha256).hex()


def list_keys() -> Sequence[MarkKey]:
    """Return the keys of the settings: the first marks, all are known again."""
    return tuple(_make_key(each) for each in settings.TOMBSTONE_KEYS)


def _make_key(text: str) -> MarkKey:
    # Another secret than what is signed elsewhere with the same setting.
    secret = hmac.digest(text.encode(), b"tenants.tombstones", hashlib.sha256)
    return MarkKey(hashlib.sha256(b"id:" + secret).hexdigest()[:16], secret)
