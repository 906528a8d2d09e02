"""What people typed or own, in texts that stand nowhere else: whoever finds one knows where it came from."""

from __future__ import annotations

from dataclasses import dataclass

WORDS = (
    "json", "form", "multipart", "file", "query", "path", "header", "bearer", "cookie", "message", "cause", "context",
    "note", "group", "crumb", "argument", "extra", "key", "sql", "unique", "recipient", "template", "user", "tag",
    "scope", "fingerprint", "transaction", "attachment", "checkin", "line", "metric", "async", "stream", "middleware",
    "thread", "task", "handler", "command", "document", "method",
)  # fmt: skip

CANARIES = {word: f"canary-{word}-{number:02}" for number, word in enumerate(WORDS)}
"""Where it is planted → the text."""


@dataclass(frozen=True)
class Customer:
    """A person as a view holds one in a variable."""

    name: str = "Zoraida Canaria"
    email: str = "zoraida@canaria.example"
    phone: str = "+525598761234"
    plate: str = "CNR-98-76"
    vin: str = "3VWFE21C04M000099"
    note: str = "el canario no canta"


PERSON = Customer()
PERSONAL = tuple(vars(PERSON).values())
PLANTED = (*CANARIES.values(), *PERSONAL)
"""Everything that must not arrive anywhere."""
