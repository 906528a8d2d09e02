"""Expected failures while a visit goes on."""

from __future__ import annotations

from kernel.errors import Invalid
from kernel.text import mark


class PauseUnknown(Invalid):
    """The trade has no such pause."""

    code = "pause_unknown"
    text = mark("Visits of this kind of business are not paused like that.")
