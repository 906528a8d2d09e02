"""Expected failures of the database."""

from __future__ import annotations

from kernel.errors import Unavailable
from kernel.text import mark


class TooBusy(Unavailable):
    """The database could not finish because of many simultaneous writers."""

    code = "too_busy"
    text = mark("Many people are booking at this moment. Please try again.")
