"""An instant as operators type it."""

from __future__ import annotations

from argparse import ArgumentTypeError
from datetime import datetime

from kernel.iso import NotIso, ZoneMissing, parse_instant


def read_instant(text: str) -> datetime:
    """Return the instant, for ``argparse``.

    Raises:
        ArgumentTypeError: It is none, or has no offset.
    """
    try:
        return parse_instant(text)
    except ZoneMissing as error:
        message = f"{text} has no offset: 2026-11-26T09:00:00Z, or with -06:00 at its end"
        raise ArgumentTypeError(message) from error
    except NotIso as error:
        message = f"{text} is no instant: write it as 2026-11-26T09:00:00Z"
        raise ArgumentTypeError(message) from error
