"""How long backups are kept: one promise to people, which several rooms keep."""

from __future__ import annotations

from datetime import timedelta

BACKUPS_KEPT = timedelta(days=35)
"""The longest that anything lies in a backup of the whole platform: who left, or was erased, is gone by then."""
