"""Messages to which people may say no."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Choice:
    """Who knows whether a kind of message is wanted, and how its reader ends it.

    Both run in the tenant's context. What nobody has to ask for (a confirmation, a change) has no choice.

    Attributes:
        is_wanted: ``is_wanted(channel, to)``: whether one may go there now; it reads only.
        find_way_out: ``find_way_out(to)``: address at which one request ends these messages (RFC 8058); empty: none.
    """

    is_wanted: Callable[[str, str], bool]
    find_way_out: Callable[[str], str]
