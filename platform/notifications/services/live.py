"""Live events: a hint to open boards that something happened.

Redis forgets them at once; a board that missed one reads everything again when it reconnects.
"""

from __future__ import annotations

import json

from keyvalue.client import ask
from keyvalue.tasks import Notice


def make_channel_name(schema_name: str) -> str:
    """Return the Redis channel of a tenant's live events."""
    return f"live:{schema_name}"


def make_live_notice(*, schema_name: str, event_id: int, kind: str, subject_id: int) -> Notice:
    """Return what open boards are told: no more than the ids.

    An event may be told twice (by the web process and by the worker): its id tells.
    """
    text = json.dumps({"id": event_id, "kind": kind, "subject_id": subject_id}, separators=(",", ":"))
    return Notice(make_channel_name(schema_name), text)


def push_live_event(*, schema_name: str, event_id: int, kind: str, subject_id: int) -> None:
    """Tell whoever listens; a Redis that does not answer is only logged."""
    notice = make_live_notice(schema_name=schema_name, event_id=event_id, kind=kind, subject_id=subject_id)
    ask(lambda client: client.publish(notice.channel, notice.text), otherwise=None)
