"""One value describes a page of the catalog; it gives list, create, change, archive, restore and history.

The functions of a `CrudPage` are selectors and services; what they refuse is said at the field, and
what was typed stays. Saving over another editor's change tells what changed, takes over the fields
that were left alone, and lets the person save again knowingly.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Generic, Protocol, TypeVar

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import URLPattern, path, reverse
from django.utils.translation import gettext, pgettext
from django.views.decorators.http import require_POST, require_safe

from accounts.policies import Permission, has_permission
from audit.enums import Action
from audit.errors import ChangedMeanwhile
from audit.selectors.log import list_changes
from audit.types import Change
from edge.access import requires
from edge.downloads import answer_csv
from edge.statuses import get_status
from kernel.clock import utc_now
from kernel.errors import Conflict, Invalid
from kernel.ids import read_row_id
from scheduling.enums import ActorKind, CatalogNoun
from scheduling.errors import BookingsInTheWay
from scheduling.selectors.catalog.setups import to_json
from scheduling.types import Actor, Entry
from web.errors import translate_error
from web.parts.filters import STATE, Filter
from web.parts.lists import Column, Key, make_filter_line, make_list_page, read_query, sort_and_cut
from web.parts.toasts import Toast, Undo, go_on
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
        sorts: Key of the order for each sortable column; the empty one is the list's own.
        filters: What narrows the list besides the state, made of all rows; `narrows` says whether a row fits.
        export: Head and cells of the list as a file.
        row_template: Draws the cells of one row.
        form_aside: Template beside the form, if any; `list_lead` one above the list.
    """

    key: str
    noun: CatalogNoun
    title: Text
    new_label: Text
    search_label: Text
    empty_title: Text
    empty_text: Text
    icon: str
    form: type[FormT]
    list_rows: Callable[[datetime, str], Sequence[RowT]]
    load: Callable[[int, datetime], Entry[Any]]
    create: Callable[[FormT, Actor, datetime], int]
    change: Callable[[int, FormT, int | None, Actor, datetime], int]
    archive: Callable[[int, int | None, Actor, datetime], int]
    restore: Callable[[int, int | None, Actor, datetime], int]
    columns: tuple[Column, ...]
    sorts: Mapping[str, Callable[[RowT], Key]]
    row_template: str
    filters: Callable[[Sequence[RowT]], Sequence[Filter]] = lambda _: ()
    narrows: Callable[[RowT, Mapping[str, str]], bool] = lambda _row, _asked: True
    name_group: Callable[[RowT], str] | None = None
    export: tuple[tuple[Text, Callable[[RowT], object]], ...] = ()
    form_aside: str = ""
    list_lead: str = ""
    may_see: Permission = Permission.CATALOG_VIEW
    may_edit: Permission = Permission.CATALOG_MANAGE

    @property
    def list_url(self) -> str:
        """Return the address of the list."""
        return reverse(f"workspace:{self.key}")

    @property
    def new_url(self) -> str:
        """Return the address of the empty form."""
        return reverse(f"workspace:{self.key}_new")

    def list_urls(self, row_id: int) -> dict[str, str]:
        """Return the addresses of one row, by what they do."""
        return {what: self.url(what, row_id) for what in ("change", "archive", "restore", "history")}

    def url(self, what: str, row_id: int) -> str:
        """Return an address of one row: ``change``, ``archive``, ``restore`` or ``history``."""
        return reverse(f"workspace:{self.key}_{what}", args=[row_id])


@dataclass(frozen=True, slots=True)
class HistoryStep:
    """What somebody did, with label, old and new of each field that the form asks."""

    title: str
    change: Change
    lines: tuple[tuple[str, str, str], ...]


@dataclass(frozen=True, slots=True)
class Clash:
    """What another editor did while this one was editing."""

    changes: tuple[Change, ...]
    lines: tuple[tuple[str, str, str], ...]


def make_urls(page: CrudPage[Any, Any]) -> list[URLPattern]:
    """Return the page's addresses, each with the permission that it asks for."""
    see, edit = requires(page.may_see), requires(page.may_edit)
    row = f"{page.key}/<int:row_id>/"

    def show_list(request: HttpRequest) -> HttpResponse:
        return _show_list(request, page)

    def create(request: HttpRequest) -> HttpResponse:
        return _edit(request, page, None)

    def change(request: HttpRequest, row_id: int) -> HttpResponse:
        return _edit(request, page, row_id)

    def archive(request: HttpRequest, row_id: int) -> HttpResponse:
        return _set_active(request, page, row_id, is_active=False)

    def restore(request: HttpRequest, row_id: int) -> HttpResponse:
        return _set_active(request, page, row_id, is_active=True)

    def history(request: HttpRequest, row_id: int) -> HttpResponse:
        return _show_history(request, page, row_id)

    return [
        path(f"{page.key}/", see(require_safe(show_list)), name=page.key),
        path(f"{page.key}/new/", edit(create), name=f"{page.key}_new"),
        path(row, edit(change), name=f"{page.key}_change"),
        path(f"{row}archive/", edit(require_POST(archive)), name=f"{page.key}_archive"),
        path(f"{row}restore/", edit(require_POST(restore)), name=f"{page.key}_restore"),
        path(f"{row}history/", edit(require_safe(history)), name=f"{page.key}_history"),
    ]


def _show_list(request: HttpRequest, page: CrudPage[Any, Any]) -> HttpResponse:
    now = utc_now()
    rows = page.list_rows(now, "")
    filters = (STATE, *page.filters(rows))
    query = read_query(request, filters=filters, sorts=tuple(key for key in page.sorts if key))
    is_any = bool(rows)
    found = page.list_rows(now, query.search) if query.search else rows
    fitting = [row for row in found if page.narrows(row, query.filters)]
    shown = [row for row in fitting if row.entry.is_active is (not query.filters[STATE.key])]
    if "export" in request.GET and page.export:
        header = [str(label) for label, _ in page.export]
        return answer_csv(name=page.key, header=header, rows=[[read(row) for _, read in page.export] for row in shown])
    active = sum(row.entry.is_active for row in fitting)
    counts = {"": active, "archived": len(fitting) - active}
    context = {
        "page": page,
        "is_any": is_any,
        "list": make_list_page(
            sort_and_cut(shown, query=query, sorts=page.sorts),
            query=query,
            columns=page.columns,
            sorts={key: True for key in page.sorts if key},
            filters=[
                make_filter_line(each, query, counts if each is STATE else None)
                for each in filters
                if len(each.choices) > 1
            ],
            name_group=page.name_group,
            count=len(shown),
        ),
        "may_edit": has_permission(request.user, page.may_edit),
    }
    return render(request, "workspace/crud/list.html", context)


def _edit(request: HttpRequest, page: CrudPage[Any, FormT], row_id: int | None) -> HttpResponse:
    entry = None if row_id is None else page.load(row_id, utc_now())
    setup = entry.setup if entry else None
    if request.method != "POST":
        return _render_form(request, page, page.form(setup=setup, row_id=row_id), entry)
    form = page.form(request.POST, setup=setup, row_id=row_id)
    if do := request.POST.get("do"):
        form.perform(do)
        return _render_form(request, page, form, entry)
    if not form.is_valid():
        return _render_form(request, page, form, entry, status=422)
    return _try_to_save(request, page, form, entry)


def _try_to_save(
    request: HttpRequest, page: CrudPage[Any, FormT], form: FormT, entry: Entry[Any] | None
) -> HttpResponse:
    try:
        saved_id = _save(request, page, form, entry.id if entry else None)
    except ChangedMeanwhile as error:
        return _render_clash(request, page, form, page.load(form.row_id or 0, utc_now()), error)
    except Invalid as error:
        form.refuse(error, names=form.names)
        return _render_form(request, page, form, entry, status=get_status(error))
    except Conflict as error:
        field = error.field if isinstance(error, BookingsInTheWay) else ""
        asked = form.names.get(field, field)
        form.add_error(asked if asked in form.fields else None, translate_error(error))
        return _render_form(request, page, form, entry, status=get_status(error))
    toast = Toast(title=gettext("Saved"), text=str(form.cleaned_data.get("name", "")))
    return go_on(request, toast, to=page.url("change", saved_id) if entry else page.list_url)


def _save(request: HttpRequest, page: CrudPage[Any, FormT], form: FormT, row_id: int | None) -> int:
    by, now = _make_actor(request), utc_now()
    if row_id is None:
        return page.create(form, by, now)
    # A form without a version has seen no row: it is told all that was done, and may save again.
    page.change(row_id, form, read_row_id(request.POST.get("version")) or 0, by, now)
    return row_id


def _render_clash(
    request: HttpRequest,
    page: CrudPage[Any, FormT],
    form: FormT,
    entry: Entry[Any],
    error: ChangedMeanwhile,
) -> HttpResponse:
    """Show the form again: fields that were left alone take the other's value, what was typed stays."""
    mine = form.make_setup()
    first: dict[str, object] = {}
    for change in error.changes:  # newest first: the oldest one has what this editor had before him
        first |= {each.name: each.old for each in change.fields}
    theirs = {
        name: getattr(entry.setup, name)
        for name, old in first.items()
        if name in mine.__dataclass_fields__ and to_json(getattr(mine, name)) == old
    }
    merged = page.form(setup=replace(mine, **theirs), row_id=entry.id)
    merged.carry_over(form)
    lines = []
    for name, old in first.items():
        if label := form.label_of(name):
            new = to_json(getattr(entry.setup, name))
            lines.append((label, form.describe(name, old), form.describe(name, new)))
            if name not in theirs:
                note = gettext("Meanwhile it became: %(value)s") % {"value": form.describe(name, new)}
                merged.warnings[form.names.get(name, name)] = (note,)
    clash = Clash(error.changes, tuple(lines))
    return _render_form(request, page, merged, entry, status=get_status(error), clash=clash)


def _render_form(
    request: HttpRequest,
    page: CrudPage[Any, FormT],
    form: FormT,
    entry: Entry[Any] | None,
    *,
    status: int = 200,
    clash: Clash | None = None,
) -> HttpResponse:
    is_unchanged = clash is None and not form.is_bound
    version = read_row_id(request.POST.get("version")) if form.is_bound else None
    context = {
        "page": page,
        "form": form,
        "entry": entry,
        "version": entry.version if entry and (clash or version is None) else version,
        "clash": clash,
        "is_unchanged": is_unchanged,
        "last": next(iter(list_changes(noun=page.noun, row_id=entry.id)), None) if entry else None,
        "urls": page.list_urls(entry.id) if entry else {},
    }
    return render(request, "workspace/crud/form.html", context, status=status)


def _set_active(request: HttpRequest, page: CrudPage[Any, Any], row_id: int, *, is_active: bool) -> HttpResponse:
    name = page.load(row_id, utc_now()).setup.name
    act = page.restore if is_active else page.archive
    try:
        act(row_id, read_row_id(request.POST.get("version")), _make_actor(request), utc_now())
    except (Conflict, Invalid) as error:
        texts = [gettext(text) for found in getattr(error, "errors", {}).values() for text in found]
        toast = Toast(title=name, text=" ".join(texts) or translate_error(error), tone="bad")
        return go_on(request, toast, to=page.url("change", row_id))
    title = gettext("Restored") if is_active else pgettext("of one", "Archived")
    undo = None if is_active else Undo(url=page.url("restore", row_id), fields={})
    return go_on(request, Toast(title=title, text=name, undo=undo), to=page.list_url)


def _show_history(request: HttpRequest, page: CrudPage[Any, Any], row_id: int) -> HttpResponse:
    entry = page.load(row_id, utc_now())
    form = page.form(setup=entry.setup, row_id=row_id)
    steps = [
        HistoryStep(
            title=str(Action(change.action).label),
            change=change,
            lines=tuple(
                (label, form.describe(each.name, each.old), form.describe(each.name, each.new))
                for each in change.fields
                if (label := form.label_of(each.name))
            ),
        )
        for change in list_changes(noun=page.noun, row_id=row_id)
    ]
    context = {"page": page, "entry": entry, "steps": steps, "urls": page.list_urls(row_id)}
    return render(request, "workspace/crud/history.html", context)


def _make_actor(request: HttpRequest) -> Actor:
    return Actor(kind=ActorKind.STAFF, user_id=request.user.pk)
