"""Values that the client takes and gives."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Limits:
    """How long one call may take and how much it may bring.

    Attributes:
        connect_seconds: For each address that a name stands for, and for the TLS handshake.
        read_seconds: Between two pieces of the answer, and for each write.
        total_seconds: From the look-up of the name to the last byte, over all redirects.
        longest_answer_bytes: Size of the body as it travels.
    """

    connect_seconds: float = 3
    read_seconds: float = 10
    total_seconds: float = 15
    longest_answer_bytes: int = 65_536


@dataclass(frozen=True, slots=True)
class Answer:
    """What the other side said; the names of ``headers`` are in lower case, ``url`` is the last one asked."""

    status: int
    headers: Mapping[str, str]
    body: bytes
    url: str
