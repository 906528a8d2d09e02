"""The id that lines share which belong to one cause: a request, and all work that it left behind.

It is a UUID and nothing else. Whoever sends one can neither fill our logs nor write anything of a person into them.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from uuid import uuid4

import structlog

REQUEST_ID = "request_id"
"""Of a log line."""
ID_LENGTH = 36

_UUID = re.compile(r"[0-9a-f]{32}|[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.IGNORECASE | re.ASCII)


def read_request_id(text: str) -> str:
    """Return an id as we write it, of one that somebody sent, with hyphens or without; empty: it is none."""
    if _UUID.fullmatch(text) is None:
        return ""
    digits = text.replace("-", "").lower()
    return "-".join((digits[:8], digits[8:12], digits[12:16], digits[16:20], digits[20:]))


def make_request_id() -> str:
    """Return a new id."""
    return str(uuid4())


def find_request_id() -> str:
    """Return the id of the work at hand; empty: it has none."""
    return read_request_id(str(structlog.contextvars.get_contextvars().get(REQUEST_ID, "")))


@contextmanager
def traced(request_id: str, **fields: str) -> Iterator[None]:
    """Let the lines of the block name this id (when it is empty: the one that they had) and ``fields``."""
    named = {REQUEST_ID: request_id, **fields} if request_id else fields
    with structlog.contextvars.bound_contextvars(**named):
        yield
