"""Rows of a form that can be added and taken away, each a small form of its own; works without a script.

A hidden input names each row; a row that is taken away is named no more. The buttons send the form
with ``do``: ``add-<key>``, ``remove-<key>-<name>``, or ``up-<key>-<name>``; nothing is checked then.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Generic, TypeVar

from django.forms.utils import ErrorDict
from django.http import QueryDict

from web.parts.forms import PageForm

MOST_ROWS = 50
MAX_NAME_LENGTH = 4

FormT = TypeVar("FormT", bound=PageForm)
MakeForm = Callable[[QueryDict | None, str, dict[str, object]], FormT]


class RowSet(Generic[FormT]):
    """The rows of one kind; ``make_form`` makes the form of one from data, prefix and initial values.

    ``most`` are read of what is sent: no fewer than there can be, or saving would lose some.
    """

    def __init__(
        self,
        key: str,
        make_form: MakeForm[FormT],
        *,
        data: QueryDict | None,
        initial: Sequence[dict[str, object]],
        most: int = MOST_ROWS,
    ) -> None:
        self.key = key
        self._most = most
        if data is None:
            names = [str(number) for number in range(len(initial))]
        else:
            asked = data.getlist(f"{key}-row")[:most]
            names = [name for name in dict.fromkeys(asked) if name.isascii() and name.isdigit()]
            names = [name for name in names if len(name) <= MAX_NAME_LENGTH]
        self.rows: dict[str, FormT] = {
            name: make_form(data, f"{key}-{name}", dict(initial[number]) if data is None else {})
            for number, name in enumerate(names)
        }
        self._make_form = make_form

    def __len__(self) -> int:
        """Return how many rows there are."""
        return len(self.rows)

    @property
    def forms(self) -> tuple[FormT, ...]:
        """Return the forms in their order."""
        return tuple(self.rows.values())

    def is_valid(self) -> bool:
        """Check all rows, not only up to the first wrong one."""
        return sum(not form.is_valid() for form in self.forms) == 0

    def perform(self, do: str) -> None:
        """Add, take away or lift a row, as the button says; anything else changes nothing."""
        if do == f"add-{self.key}" and len(self) < self._most:
            name = str(max((int(each) for each in self.rows), default=-1) + 1)
            self.rows[name] = self._make_form(None, f"{self.key}-{name}", {})
        self.rows.pop(do.removeprefix(f"remove-{self.key}-"), None)
        names, lifted = list(self.rows), do.removeprefix(f"up-{self.key}-")
        if lifted in names[1:]:
            at = names.index(lifted)
            names[at - 1 : at + 1] = [lifted, names[at - 1]]
            self.rows = {name: self.rows[name] for name in names}


def show_unchecked(form: PageForm) -> None:
    """Let a form show what was typed without saying what is wrong with it yet."""
    if form.is_bound:
        form._errors = ErrorDict()  # type: ignore[attr-defined]  # noqa: SLF001 - where Django keeps them
        form.cleaned_data = {}
