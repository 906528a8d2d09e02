"""What can be wrong with a pack, or with the name of one."""

from __future__ import annotations

from kernel.errors import NotFound
from kernel.text import mark


class VerticalBroken(Exception):
    """A pack does not keep the contract: a mistake of its author, found at start-up.

    Attributes:
        key: The pack's key, as far as it has one.
        problems: One sentence each: where in the pack, and what is wrong there.
    """

    def __init__(self, *, key: str, problems: tuple[str, ...]) -> None:
        listed = "\n".join(f"  - {problem}" for problem in problems)
        super().__init__(f"the vertical {key!r} breaks the contract:\n{listed}")
        self.key = key
        self.problems = problems


class VerticalUnknown(NotFound):
    """No pack with this key is registered."""

    code = "vertical_unknown"
    text = mark("The kind of business “%(key)s” is not known.")
