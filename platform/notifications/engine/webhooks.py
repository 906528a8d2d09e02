"""Webhooks by the Standard Webhooks scheme (standardwebhooks.com, 1.0.0): the signed headers, and the tries."""

from __future__ import annotations

import base64
import hashlib
import hmac
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from urllib.parse import urlsplit

SECRET_PREFIX, VERSION = "whsec_", "v1"
GIVE_UP_AFTER = timedelta(hours=24)
PAUSES = (
    timedelta(seconds=5),
    timedelta(seconds=30),
    timedelta(minutes=2),
    timedelta(minutes=10),
    timedelta(minutes=30),
    timedelta(hours=1),
    timedelta(hours=2),
    timedelta(hours=4),
    timedelta(hours=6),
)
"""After the first failed try, the second …; the last one repeats."""
GONE = 410
FIRST_GOOD, FIRST_BAD = 200, 300


def name_receiver(url: str) -> str:
    """Return host and port of a URL, without what may let one in; the port that goes without saying is left out."""
    return urlsplit(url).netloc


def show_secret(key: bytes) -> str:
    """Return a secret as it is shown, and as receivers' libraries take it."""
    return SECRET_PREFIX + base64.b64encode(key).decode()


def sign(body: bytes, *, message_id: str, at: datetime, keys: Sequence[bytes]) -> Mapping[str, str]:
    """Return the headers of one try; with several ``keys`` a receiver may know any of them."""
    seconds = str(int(at.timestamp()))
    signed = b".".join((message_id.encode(), seconds.encode(), body))
    signatures = (base64.b64encode(hmac.digest(key, signed, hashlib.sha256)).decode() for key in keys)
    return {
        "webhook-id": message_id,
        "webhook-timestamp": seconds,
        "webhook-signature": " ".join(f"{VERSION},{each}" for each in signatures),
    }


def is_taken(status_code: int | None) -> bool:
    """Tell whether an answer means that the receiver has it; a redirect leads nowhere and does not."""
    return status_code is not None and FIRST_GOOD <= status_code < FIRST_BAD


def find_next_try(*, attempts: int, now: datetime, gives_up_at: datetime) -> datetime | None:
    """Return when a webhook is tried again after ``attempts`` tries that failed; None: it is given up."""
    at = now + PAUSES[min(attempts, len(PAUSES)) - 1]
    return at if at <= gives_up_at else None
