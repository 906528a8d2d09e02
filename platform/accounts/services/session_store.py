"""Where sessions are kept: Django's table, with whose they are (the setting ``SESSION_ENGINE``)."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any, cast

from django.contrib.auth import SESSION_KEY
from django.contrib.sessions.backends import db

from accounts.models import Session
from kernel.clock import utc_now
from kernel.iso import parse_instant

AGENT, BEGAN = "agent", "began"
"""Keys of what a session says of the browser and of the sign-in."""
BROWSER_LIFE = timedelta(days=1)
"""At most, of a session that ends when the browser is closed: some browsers keep such cookies all the same."""


class SessionStore(db.SessionStore):
    """A session; ``seen_at`` and ``owner_id`` are what its row said when it was read."""

    seen_at: datetime | None = None
    owner_id: int | None = None

    @classmethod
    def get_model_class(cls) -> type[Session]:
        """Return the table."""
        return Session

    def load(self) -> dict[str, Any]:
        """Return what is kept, and remember when it was used last."""
        row: Session | None = self._get_session_from_db()  # type: ignore[attr-defined]  # django-stubs lack it
        if row is None:
            return {}
        self.seen_at, self.owner_id = row.seen_at, row.user_id
        return self.decode(row.session_data)

    def get_expiry_date(self, **kwargs: Any) -> datetime:
        """Return when the session ends by itself."""
        if self.get_expire_at_browser_close():
            return utc_now() + BROWSER_LIFE
        ends_at: datetime = super().get_expiry_date(**kwargs)
        return ends_at

    def create_model_instance(self, data: dict[str, Any]) -> Session:
        """Return the row for what is kept."""
        row = cast("Session", super().create_model_instance(data))
        owner = data.get(SESSION_KEY)
        began = data.get(BEGAN)
        row.user_id = int(owner) if owner else None
        row.agent = str(data.get(AGENT, ""))
        row.seen_at = utc_now()
        row.began_at = parse_instant(began) if began else None
        self.seen_at, self.owner_id = row.seen_at, row.user_id
        return row
