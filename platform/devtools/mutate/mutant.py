"""One broken line, and who has to notice."""

from __future__ import annotations

from dataclasses import dataclass

from devtools.errors import DevtoolsError


@dataclass(frozen=True, slots=True)
class Mutant:
    """A line that guards something, and the wrong line in its place.

    Attributes:
        name: What would be broken, in a few words.
        file: Path in the checkout.
        right: Text that stands in the file exactly once.
        wrong: What it becomes.
        tests: Files or tests, as pytest names them, of which at least one has to fail.
    """

    name: str
    file: str
    right: str
    wrong: str
    tests: tuple[str, ...]

    def apply_to(self, text: str) -> str:
        """Return the file's text with the wrong line.

        Raises:
            DevtoolsError: The right one does not stand in it exactly once: the list is out of date.
        """
        count = text.count(self.right)
        if count != 1 or self.right == self.wrong:
            message = f"{self.file} has {self.right!r} {count} times; mend devtools/mutate/mutants.py ({self.name})"
            raise DevtoolsError(message)
        return text.replace(self.right, self.wrong)
