"""The five kinds of expected failure; rooms derive theirs in their own ``errors.py``.

They carry data and a stable ``code``, and know no HTTP: ``api`` and ``web`` map kinds to
404, 409, 403, 422 and 503.
"""

from __future__ import annotations

from collections.abc import Mapping

from kernel.text import mark


class DomainError(Exception):
    """An expected failure.

    Attributes:
        code: Stable, for programs.
        text: English sentence for people, a msgid; the edge translates it and fills in ``params``.
        params: Values named in ``text`` (``%(name)s``).
    """

    code: str = "error"
    text: str = mark("Something went wrong.")

    def __init__(self, **params: object) -> None:
        self.params: Mapping[str, object] = params
        super().__init__(self.text % params if params else self.text)


class NotFound(DomainError):
    """What was asked for does not exist, or not for this person."""

    code = "not_found"
    text = mark("This does not exist or is no longer available.")


class Conflict(DomainError):
    """The state of things does not allow it (any more)."""

    code = "conflict"
    text = mark("This was changed meanwhile. Reload the page and try again.")


class Forbidden(DomainError):
    """This person may not do this."""

    code = "forbidden"
    text = mark("You do not have permission to do this.")


class Invalid(DomainError):
    """What was sent cannot be understood or accepted.

    Attributes:
        errors: Field name → English msgids; an empty name stands for the whole.
    """

    code = "invalid"
    text = mark("Please check the marked fields.")

    def __init__(self, *, errors: Mapping[str, tuple[str, ...]] | None = None, **params: object) -> None:
        super().__init__(**params)
        self.errors: Mapping[str, tuple[str, ...]] = errors or {}


class Unavailable(DomainError):
    """A service that we need does not answer; trying again later may work."""

    code = "unavailable"
    text = mark("This is not available right now. Please try again in a moment.")


class LimitReached(Unavailable):
    """It was asked for too often.

    Attributes:
        wait_seconds: Until when it is of no use to ask again.
    """

    code = "throttled"
    text = mark("This was requested too many times. Please try again later.")

    def __init__(self, *, wait_seconds: float, **params: object) -> None:
        super().__init__(**params)
        self.wait_seconds = wait_seconds
