"""How long what somebody did can be undone with one press."""

from __future__ import annotations

from datetime import timedelta

UNDO_TIME = timedelta(seconds=9)
"""For so long a notice offers it, at least."""
TELLING_WAIT = UNDO_TIME + timedelta(seconds=1)
"""For so long nobody is told of it: a press in the last moment still has to arrive."""
