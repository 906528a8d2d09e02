"""The mail server: takes everything, except for addresses that ask to be refused."""

from __future__ import annotations

import asyncio

from aiosmtpd.smtp import SMTP, Envelope, Session

from devtools.catcher.message import parse_email
from devtools.catcher.store import Store

_LARGEST_MESSAGE_BYTES = 20_000_000

REFUSALS = {
    "refused": "550 5.1.1 No such mailbox here",
    "later": "451 4.7.1 Try again later",
}
"""Local parts that are answered like this, to see what a sender does then."""


class CatchingHandler:
    """Keeps what aiosmtpd received; its method names are aiosmtpd's."""

    def __init__(self, store: Store) -> None:
        self._store = store

    async def handle_RCPT(  # noqa: N802 - aiosmtpd's name
        self, _server: SMTP, _session: Session, envelope: Envelope, address: str, _options: list[str]
    ) -> str:
        """Take a recipient or refuse it."""
        refusal = REFUSALS.get(address.partition("@")[0].lower())
        if refusal is not None:
            return refusal
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, _server: SMTP, _session: Session, envelope: Envelope) -> str:  # noqa: N802
        """Keep a message; the sender hears OK only after it is stored."""
        content = envelope.content
        raw = content if isinstance(content, bytes) else str(content or "").encode()
        arrival = parse_email(raw, sender=envelope.mail_from or "", recipients=list(envelope.rcpt_tos))
        number = self._store.add(arrival)
        return f"250 OK: kept as {number}"


async def start_smtp(store: Store, port: int) -> asyncio.Server:
    """Listen for mail on loopback; 0 lets the system choose the port.

    Raises:
        OSError: The port is taken.
    """
    handler = CatchingHandler(store)

    def make_session() -> SMTP:
        return SMTP(handler, data_size_limit=_LARGEST_MESSAGE_BYTES, enable_SMTPUTF8=True, hostname="localhost")

    return await asyncio.get_running_loop().create_server(make_session, "127.0.0.1", port)
