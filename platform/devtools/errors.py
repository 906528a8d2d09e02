"""The one expected failure of the tools."""

from __future__ import annotations


class DevtoolsError(Exception):
    """Something the person at the terminal can mend; the text is one line with the remedy."""
