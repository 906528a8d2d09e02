"""Sessions of people who signed in: what they were opened with, when they were used, and their end."""

from __future__ import annotations

import re
from datetime import datetime, timedelta

from django.contrib.sessions.backends.base import SessionBase

from accounts.errors import SessionUnknown
from accounts.models import Session
from accounts.selectors.sessions import name_session
from accounts.services.session_store import AGENT, BEGAN

SEEN_EVERY = timedelta(minutes=10)
"""So exactly is known when a session was used: one write in ten minutes, however many pages are opened."""

# In this order: Edge calls itself Chrome, Chrome calls itself Safari.
BROWSERS = (
    ("edge", r"Edg(e|A|iOS)?/"),
    ("opera", r"OPR/|Opera"),
    ("samsung", r"SamsungBrowser/"),
    ("firefox", r"Firefox/|FxiOS/"),
    ("chrome", r"Chrome/|CriOS/|Chromium/"),
    ("safari", r"Safari/"),
)
SYSTEMS = (
    ("iphone", r"iPhone|iPod"),
    ("ipad", r"iPad"),
    ("android", r"Android"),
    ("windows", r"Windows"),
    ("chromeos", r"CrOS"),
    ("mac", r"Mac OS X|Macintosh"),
    ("linux", r"Linux|X11"),
)
LONGEST_AGENT = 500


def describe_agent(header: str) -> str:
    """Return browser and system that a ``User-Agent`` names, in two words; ``other`` for what nobody knows."""
    text = header[:LONGEST_AGENT]
    return f"{_find(BROWSERS, text)} {_find(SYSTEMS, text)}"


def begin_session(session: SessionBase, *, agent: str, now: datetime) -> None:
    """Note in a session that somebody just signed in with it, and from what."""
    session[AGENT] = describe_agent(agent)
    session[BEGAN] = now.isoformat()


def note_visit(session: SessionBase, *, user_id: int, now: datetime) -> None:
    """Note that a session is in use, at most every ten minutes; and whose it is, if it is older than the column."""
    seen_at = getattr(session, "seen_at", None)
    if seen_at is not None and now - seen_at < SEEN_EVERY and getattr(session, "owner_id", None) == user_id:
        return
    Session.objects.filter(session_key=session.session_key).update(user_id=user_id, seen_at=now)


def end_session(user_id: int, name: str) -> None:
    """End one session of a person, by the name that `list_sessions` gives it.

    Raises:
        SessionUnknown: They have none of that name; it may have ended meanwhile.
    """
    keys = Session.objects.filter(user_id=user_id).values_list("session_key", flat=True)
    found = [key for key in keys if name_session(key) == name]
    if not found:
        raise SessionUnknown
    Session.objects.filter(session_key__in=found).delete()


def end_sessions(user_id: int, *, but: str | None = None) -> int:
    """End all sessions of a person, or all but the one with the key ``but``; return how many."""
    ended, _ = Session.objects.filter(user_id=user_id).exclude(session_key=but or "").delete()
    return ended


def _find(known: tuple[tuple[str, str], ...], text: str) -> str:
    return next((name for name, pattern in known if re.search(pattern, text)), "other")
