"""What a page of the catalog is: its texts, its form, and the selectors and services behind it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Generic, Protocol, TypeVar

from django.urls import reverse

from accounts.policies import Permission
from scheduling.services.catalog.door import Noun
from scheduling.types import Entry
from web.parts.filters import Filter
from web.parts.lists import Column, Key
from web.workspace.setup_forms import SetupForm, Text

FormT = TypeVar("FormT", bound=SetupForm[Any])


class Row(Protocol):
    """A row of a list."""

    @property
    def entry(self) -> Entry[Any]:
        """Return the thing itself."""


RowT = TypeVar("RowT", bound=Row)


@dataclass(frozen=True, slots=True, kw_only=True)
class CrudPage(Generic[RowT, FormT]):
    """A page of the catalog.

    Attributes:
        key: Beginning of the names of its addresses: ``services``, ``services_new``, ``services_change`` …
        list_rows: Everything that was found, archived too, whatever the number in the same number of queries.
        create: Takes the form, ``by`` and ``now``; returns the id.
        change: Takes id and form, ``version``, ``by``, ``now``, and ``is_restored`` for an archived one that
            comes back changed.
        has_file: All of it can be downloaded and imported as a file, see `web.workspace.files`.
        delete: Takes ``by`` and ``now`` beside the id; refuses what was ever used. None: nothing is deleted.
        sorts: Key of the order for each sortable column; the empty one is the list's own.
        filters: What narrows the list besides the state, made of all rows; `narrows` says whether a row fits.
        export: Head and cells of the list as a file.
        row_template: Draws the cells of one row.
        picture_kinds: Names of the kinds of files whose places stand above the form of a row.
        picture_owner: The owner of these pictures, by the row's id.
        more: What the form's template needs besides.
        form_aside: Template beside the form, if any; `form_acts` one in its bar.
        list_lead: Template above the list, if any; `list_foot` below it, `list_acts` in its bar, `list_starts`
            where there is nothing yet; `list_script` is a static file of the list, `form_script` one of the form,
            `list_style` a sheet of both.
        name_of: What people call a thing that has no name of its own.
        idle_note: What is said of archiving what no coming appointment uses, where it is on no calendar.
        is_switched: Archiving is a switch in its row: what is off stays in the list with what is on.
    """

    key: str
    noun: Noun[Any]
    title: Text
    new_label: Text
    search_label: Text
    empty_title: Text
    empty_text: Text
    icon: str
    form: type[FormT]
    list_rows: Callable[[datetime, str], Sequence[RowT]]
    load: Callable[[int, datetime], Entry[Any]]
    create: Callable[..., int]
    change: Callable[..., int]
    columns: tuple[Column, ...]
    sorts: Mapping[str, Callable[[RowT], Key]]
    row_template: str
    filters: Callable[[Sequence[RowT]], Sequence[Filter]] = lambda _: ()
    narrows: Callable[[RowT, Mapping[str, str]], bool] = lambda _row, _asked: True
    name_group: Callable[[RowT], str] | None = None
    has_file: bool = False
    export: tuple[tuple[Text, Callable[[RowT], object]], ...] = ()
    delete: Callable[..., None] | None = None
    form_aside: str = ""
    form_acts: str = ""
    picture_kinds: tuple[str, ...] = ()
    picture_owner: Callable[[int], int] = lambda row_id: row_id
    form_template: str = "workspace/crud/form.html"
    more: Callable[[], Mapping[str, object]] = dict
    list_lead: str = ""
    list_foot: str = ""
    list_acts: str = ""
    list_starts: str = ""
    list_script: str = ""
    list_style: str = ""
    form_script: str = ""
    name_of: Callable[[Entry[Any]], str] = lambda entry: str(entry.setup.name)
    idle_note: Text = ""
    is_switched: bool = False
    may_see: Permission = Permission.CATALOG_VIEW
    may_edit: Permission = Permission.CATALOG_MANAGE

    @property
    def list_url(self) -> str:
        """Return the address of the list."""
        return reverse(f"workspace:{self.key}")

    @property
    def file_url(self) -> str:
        """Return where it is downloaded and imported as a file."""
        return reverse(f"workspace:{self.key}_file")

    @property
    def new_url(self) -> str:
        """Return the address of the empty form."""
        return reverse(f"workspace:{self.key}_new")

    def list_urls(self, row_id: int) -> dict[str, str]:
        """Return the addresses of one row, by what they do."""
        known = ("change", "archive", "restore", "history", *(("delete",) if self.delete else ()))
        return {what: self.url(what, row_id) for what in known}

    def url(self, what: str, row_id: int) -> str:
        """Return an address of one row: ``change``, ``archive``, ``restore``, ``delete`` or ``history``."""
        return reverse(f"workspace:{self.key}_{what}", args=[row_id])
