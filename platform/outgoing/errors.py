"""Expected failures of calls to the outside."""

from __future__ import annotations

from kernel.errors import Invalid, Unavailable
from kernel.text import mark


class CallFailed(Unavailable):
    """The other side did not answer in time, or not in full.

    Attributes:
        reason: What went wrong, for a log.
        status: The HTTP status, when the failure came after it: the other side may have acted.
    """

    code = "call_failed"
    text = mark("The other server did not answer. Try again in a moment.")

    def __init__(self, *, reason: str, status: int | None = None) -> None:
        super().__init__()
        self.reason = reason
        self.status = status


class AddressRefused(Invalid):
    """The URL is malformed, or leads to where nobody outside may send us.

    Attributes:
        reason: Which rule it breaks, for a log.
    """

    code = "address_refused"
    text = mark("Enter a public web address that starts with https:// or http://.")

    def __init__(self, *, reason: str) -> None:
        super().__init__()
        self.reason = reason
