"""What a file of the set-up is: its columns, what is downloaded, and the services behind it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext_lazy

from scheduling.services.catalog.batches.lines import LineOutcome
from web.workspace.crud.history import Describer
from web.workspace.files.cells import Column
from web.workspace.files.reading import MOST_LINES, ReadFile
from web.workspace.setup_forms import Text

STALE = gettext_lazy("Somebody changed something meanwhile: look once more before you save.")


@dataclass(frozen=True, slots=True, kw_only=True)
class FilePage:
    """A file of the set-up.

    Attributes:
        key: Beginning of the names of its addresses: ``services``, ``services_file``, ``services_download``.
        back_label: What the page is called to which it belongs.
        needed: Key of the column that every file has.
        list_rows: What is downloaded, in the order of the columns.
        example: Cells of the template by the keys of their columns, on top of the columns' own.
        read: The lines as the service takes them; notes what is wrong in the file.
        save: Takes ``lines``, ``by``, ``now``, and ``is_trial``, which keeps nothing.
        words: The words for what the outcomes tell of fields.
        find_key: Key of the column of a field that a service refuses; None: of the one that is read into it.
        notes: What is worth knowing about the columns.
        most_lines: How many lines one file may have below the first.
    """

    key: str
    title: Text
    back_label: Text
    lead: Text
    columns: Callable[[], Sequence[Column]]
    needed: str
    list_rows: Callable[[], Iterable[Sequence[object]]]
    read: Callable[[ReadFile], Sequence[Any]]
    save: Callable[..., Sequence[LineOutcome]]
    words: Callable[[], Describer]
    stale: Text = STALE
    find_key: Callable[[str], str] | None = None
    example: Callable[[], dict[str, str]] = dict
    notes: tuple[Text, ...] = ()
    most_lines: int = MOST_LINES

    def find_column(self, field: str) -> str:
        """Return the key of the column of a field, or the field where there is none."""
        if self.find_key is not None:
            return self.find_key(field)
        return next((column.key for column in self.columns() if column.field == field), field)

    @property
    def list_url(self) -> str:
        """Return where the file's things are listed."""
        return reverse(f"workspace:{self.key}")

    @property
    def url(self) -> str:
        """Return the address of the page."""
        return reverse(f"workspace:{self.key}_file")

    @property
    def download_url(self) -> str:
        """Return the address of the file itself."""
        return reverse(f"workspace:{self.key}_download")
