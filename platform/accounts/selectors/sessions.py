"""Reading who is signed in where."""

from __future__ import annotations

from datetime import datetime

from accounts.models import Session
from accounts.types import SessionView
from kernel.ids import hash_token

NAME_LENGTH = 16


def list_sessions(user_id: int, *, here: str | None = None, now: datetime) -> tuple[SessionView, ...]:
    """List the open sessions of a person, the one with the key ``here`` first, then the latest used first."""
    rows = Session.objects.filter(user_id=user_id, expire_date__gt=now)
    views = [
        SessionView(
            name=name_session(row.session_key),
            browser=row.agent.partition(" ")[0] or "other",
            system=row.agent.partition(" ")[2] or "other",
            began_at=row.began_at,
            seen_at=row.seen_at,
            is_here=row.session_key == here,
        )
        for row in rows
    ]
    return tuple(sorted(views, key=lambda view: (view.is_here, view.seen_at or now), reverse=True))


def name_session(key: str) -> str:
    """Return what a session is called in forms: whoever reads it cannot use it."""
    return hash_token(key)[:NAME_LENGTH]
