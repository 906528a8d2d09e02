"""``./dev drill storm``: 32 connections book, hold, move and cancel at once, for a minute.

It is ``./dev bench storm`` and takes its arguments: as a drill, what counts is that nothing is overbooked.
"""

from __future__ import annotations

from collections.abc import Sequence

from devtools.bench.settings import set_up_django


def run(argv: Sequence[str]) -> int:
    """Let it storm; 1 when anything is not as it must be."""
    set_up_django()
    from devtools.bench import storm  # noqa: PLC0415 - Django's apps come first

    return storm.run(argv)
