"""What arrived, in an SQLite file that outlives the catcher."""

from __future__ import annotations

import json
import sqlite3
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from devtools.catcher.message import Arrival, Attachment

_SCHEMA = """
CREATE TABLE IF NOT EXISTS message (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    received_at TEXT NOT NULL,
    channel TEXT NOT NULL,
    sender TEXT NOT NULL,
    subject TEXT NOT NULL,
    text TEXT NOT NULL,
    html TEXT NOT NULL,
    headers TEXT NOT NULL,
    raw BLOB NOT NULL
);
CREATE TABLE IF NOT EXISTS recipient (
    message_id INTEGER NOT NULL REFERENCES message ON DELETE CASCADE,
    address TEXT NOT NULL
);
CREATE INDEX IF NOT EXISTS recipient_address ON recipient (address);
CREATE TABLE IF NOT EXISTS attachment (
    message_id INTEGER NOT NULL REFERENCES message ON DELETE CASCADE,
    position INTEGER NOT NULL,
    name TEXT NOT NULL,
    content_type TEXT NOT NULL,
    content BLOB NOT NULL,
    PRIMARY KEY (message_id, position)
);
"""


@dataclass(frozen=True, slots=True)
class Stored:
    """An arrival with its number and instant (RFC 3339, UTC)."""

    id: int
    received_at: str
    arrival: Arrival


class Store:
    """The kept messages; one connection, used by the catcher's one thread."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        self._connection = sqlite3.connect(folder / "messages.sqlite3", isolation_level=None)
        self._connection.execute("PRAGMA journal_mode = WAL")
        self._connection.execute("PRAGMA synchronous = NORMAL")
        self._connection.execute("PRAGMA foreign_keys = ON")
        self._connection.executescript(_SCHEMA)

    def add(self, arrival: Arrival, *, now: datetime | None = None) -> int:
        """Keep a message and return its number; it is on disk (of this process) when this returns."""
        instant = (now or datetime.now(tz=UTC)).isoformat(timespec="milliseconds").replace("+00:00", "Z")
        with self._connection:
            self._connection.execute("BEGIN IMMEDIATE")
            cursor = self._connection.execute(
                "INSERT INTO message (received_at, channel, sender, subject, text, html, headers, raw)"
                " VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
                (
                    instant,
                    arrival.channel,
                    arrival.sender,
                    _storable(arrival.subject),
                    _storable(arrival.text),
                    _storable(arrival.html),
                    json.dumps(arrival.headers),
                    arrival.raw,
                ),
            )
            number = int(cursor.lastrowid or 0)
            self._connection.executemany(
                "INSERT INTO recipient VALUES (?, ?)",
                [(number, _storable(address)) for address in arrival.recipients],
            )
            self._connection.executemany(
                "INSERT INTO attachment VALUES (?, ?, ?, ?, ?)",
                [
                    (number, position, _storable(file.name), file.content_type, file.content)
                    for position, file in enumerate(arrival.attachments)
                ],
            )
        return number

    def find(self, number: int) -> Stored | None:
        """Find one message."""
        found = self._select("WHERE message.id = ?", [number], limit=1)
        return found[0] if found else None

    def list_newest(self, *, to: str = "", channel: str = "", limit: int = 200, after: int = 0) -> list[Stored]:
        """List the newest messages first.

        Args:
            to: Part of a recipient's address or number, in any case; empty: everybody's.
            channel: ``email``, ``sms`` or ``whatsapp``; empty: all.
            limit: How many at most.
            after: Only messages with a greater number.
        """
        conditions = ["message.id > ?"]
        parameters: list[object] = [after]
        if to:
            conditions.append(
                "EXISTS (SELECT 1 FROM recipient WHERE message_id = message.id AND instr(address, ?) > 0)"
            )
            parameters.append(to.lower())
        if channel:
            conditions.append("channel = ?")
            parameters.append(channel)
        return self._select(f"WHERE {' AND '.join(conditions)}", parameters, limit=limit)

    def count(self) -> int:
        """Count the messages."""
        return int(self._connection.execute("SELECT count(*) FROM message").fetchone()[0])

    def clear(self) -> None:
        """Forget every message; numbers are not used again."""
        self._connection.execute("DELETE FROM message")

    def close(self) -> None:
        """Close the file."""
        self._connection.close()

    # ``where`` is written in this file only; what comes from outside is in ``parameters``.
    def _select(self, where: str, parameters: list[object], *, limit: int) -> list[Stored]:
        rows = self._connection.execute(
            "SELECT id, received_at, channel, sender, subject, text, html, headers, raw FROM message"  # noqa: S608
            f" {where} ORDER BY id DESC LIMIT ?",
            [*parameters, limit],
        ).fetchall()
        return [self._load(row) for row in rows]

    def _load(self, row: tuple[int, str, str, str, str, str, str, str, bytes]) -> Stored:
        number, received_at, channel, sender, subject, text, html, headers, raw = row
        recipients = self._connection.execute("SELECT address FROM recipient WHERE message_id = ?", [number])
        files = self._connection.execute(
            "SELECT name, content_type, content FROM attachment WHERE message_id = ? ORDER BY position", [number]
        )
        return Stored(
            id=number,
            received_at=received_at,
            arrival=Arrival(
                channel=channel,
                sender=sender,
                recipients=tuple(address for (address,) in recipients),
                subject=subject,
                text=text,
                html=html,
                headers=tuple((name, value) for name, value in json.loads(headers)),
                attachments=tuple(Attachment(*file) for file in files),
                raw=raw,
            ),
        )


def _storable(text: str) -> str:
    # Undecodable bytes of a header arrive as lone surrogates, which SQLite refuses.
    return text.encode("utf-8", errors="replace").decode("utf-8")
