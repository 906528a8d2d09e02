"""Whose rules of the world's clocks hold here: those of the locked `tzdata`, never the machine's own files.

Python asks the machine first (``/usr/share/zoneinfo``), and a machine may be years behind: with its rules a booking
of America/Vancouver in December 2026 is an hour wrong, and two servers of one platform disagree.
"""

from __future__ import annotations

from zoneinfo import ZoneInfo, reset_tzpath


def use_locked_zones() -> None:
    """Let this process read time zones from the package `tzdata` alone, whatever the machine or PYTHONTZPATH say."""
    reset_tzpath(())
    # Zones that a library read before are kept by name, with the rules that they had.
    ZoneInfo.clear_cache()
