"""How a web process shares its interpreter among requests: few and short collections of garbage, quick turns.

A full collection walks every object that is alive, and stops all requests meanwhile: with Django, its templates and
the rest loaded that is a quarter of a second, every few seconds under load. What lives as long as the process is
therefore taken out of it (`gc.freeze`).
"""

from __future__ import annotations

import gc
import sys

THRESHOLDS = (50_000, 20, 20)
"""Objects that outlived the last collection; collections before the next older generation's (`gc.set_threshold`).

A request makes some thousand objects, most of which die with it: Python's 700 would look at them while they are alive.
"""
SETTLED_AFTER = frozenset({64, 512, 4096})
"""After so many requests most of what is loaded at the first need is loaded: templates, catalogs of texts, regions."""
TURN_SECONDS = 0.001
"""How long a thread computes while others want to (`sys.setswitchinterval`).

Python's 5 ms are paid after every answer of the database by a request beside one that computes.
"""


def settle() -> None:
    """Collect once, and never walk again what is alive now; called again, this takes in what was loaded since."""
    gc.set_threshold(*THRESHOLDS)
    sys.setswitchinterval(TURN_SECONDS)
    gc.collect()
    gc.freeze()
