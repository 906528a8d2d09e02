"""The form of a page: it creates, it changes, and it takes back what was archived.

What the services refuse is said at the field, and what was typed stays. Saving over another
editor's change tells what changed, takes over the fields that were left alone, and lets the
person save again knowingly; what was archived meanwhile can be restored and saved at once.
"""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext, ngettext

from audit.errors import ChangedMeanwhile
from audit.selectors.log import list_changes
from edge.statuses import get_status
from kernel.clock import utc_now
from kernel.errors import Conflict, Forbidden, Invalid
from kernel.ids import read_row_id
from scheduling.services.catalog.fitting import count_worse
from scheduling.types import Applied, Entry
from tenants.enums import Ability
from tenants.policies import may_business
from web.errors import translate_error
from web.parts.toasts import Toast, go_on
from web.workspace.actors import make_actor
from web.workspace.changes.review import Story, asks_back, review_or_save, say_applied
from web.workspace.crud.clashes import Clash, make_clash, merge
from web.workspace.crud.page import CrudPage, FormT
from web.workspace.pictures.places import make_card

COUNT = "count"
"""Asks what the button says, instead of pressing it."""


def edit(request: HttpRequest, page: CrudPage[Any, FormT], row_id: int | None) -> HttpResponse:
    """Answer the form of a row, or of a new one: show it, do what its buttons ask, or save it."""
    entry = None if row_id is None else page.load(row_id, utc_now())
    setup = entry.setup if entry else None
    if request.method != "POST":
        return _render_form(request, page, page.form(setup=setup, row_id=row_id), entry)
    form = page.form(request.POST, setup=setup, row_id=row_id)
    if asks_back(request):
        return _render_form(request, page, form, entry)
    do = request.POST.get("do")
    if do == COUNT:
        return _count(request, page, form, entry)
    if do:
        form.perform(do)
        return _render_form(request, page, form, entry)
    if not form.is_valid():
        return _render_form(request, page, form, entry, status=422)
    return _try_to_save(request, page, form, entry)


def _try_to_save(
    request: HttpRequest, page: CrudPage[Any, FormT], form: FormT, entry: Entry[Any] | None
) -> HttpResponse:
    try:
        applied = _save(request, page, form, entry)
    except ChangedMeanwhile as error:
        entry = page.load(form.row_id or 0, utc_now())
        merged, clash = merge(page, form, entry, error.changes), make_clash(form, entry, error.changes)
        return _render_form(request, page, merged, entry, status=get_status(error), clash=clash)
    except Invalid as error:
        form.refuse(error, names=form.names)
        return _render_form(request, page, form, entry, status=get_status(error))
    except (Conflict, Forbidden) as error:
        form.add_error(None, translate_error(error))
        return _render_form(request, page, form, entry, status=get_status(error))
    if isinstance(applied, HttpResponse):
        return applied
    title = gettext("Saved") if not entry or entry.is_active else gettext("Restored and saved")
    name = str(form.cleaned_data.get("name") or page.name_of(page.load(applied.result, utc_now())))
    text = " · ".join(part for part in (name, say_applied(applied)) if part)
    return go_on(
        request, Toast(title=title, text=text), to=page.url("change", applied.result) if entry else page.list_url
    )


def _count(request: HttpRequest, page: CrudPage[Any, FormT], form: FormT, entry: Entry[Any] | None) -> HttpResponse:
    """Answer what the button that saves says: how many appointments the change touches, before it is pressed."""
    by = make_actor(request)

    def change() -> None:
        version = read_row_id(request.POST.get("version")) or 0
        page.change(entry.id if entry else 0, form, version=version, by=by, now=utc_now(), is_restored=False)

    count = count_worse(change) if entry and entry.is_active and form.is_valid() else 0
    text = ngettext("Review %(count)s appointment", "Review %(count)s appointments", count) % {"count": count}
    return HttpResponse(text if count else gettext("Save"), content_type="text/plain; charset=utf-8")


def _save(
    request: HttpRequest, page: CrudPage[Any, FormT], form: FormT, entry: Entry[Any] | None
) -> Applied[int] | HttpResponse:
    by = make_actor(request)
    # A form without a version has seen no row: it is told all that was done, and may save again.
    version, is_restored = read_row_id(request.POST.get("version")) or 0, "restored" in request.POST

    def change() -> int:
        now = utc_now()
        if entry is None:
            return page.create(form, by=by, now=now)
        page.change(entry.id, form, version=version, by=by, now=now, is_restored=is_restored)
        return entry.id

    name = str(form.cleaned_data.get("name", "")) or (page.name_of(entry) if entry else str(page.new_label))
    story = Story(
        title=gettext("Change “%(name)s”") % {"name": name},
        back_url=page.url("change", entry.id) if entry else page.list_url,
        back_label=name if entry else str(page.title),
        again=lambda: _render_form(request, page, form, entry),
    )
    return review_or_save(request, change, story)


def _render_form(
    request: HttpRequest,
    page: CrudPage[Any, FormT],
    form: FormT,
    entry: Entry[Any] | None,
    *,
    status: int = 200,
    clash: Clash | None = None,
) -> HttpResponse:
    version = read_row_id(request.POST.get("version")) if form.is_bound else None
    kinds = page.picture_kinds if entry is not None and entry.is_active else ()
    context = {
        "page": page,
        "form": form,
        "entry": entry,
        "name": page.name_of(entry) if entry else "",
        "is_archived": entry is not None and not entry.is_active,
        "version": entry.version if entry and (clash or version is None) else version,
        "clash": clash,
        "is_unchanged": clash is None and not form.is_bound,
        "last": next(iter(list_changes(noun=page.noun.name, row_id=entry.id)), None) if entry else None,
        "urls": page.list_urls(entry.id) if entry else {},
        "may_write": may_business(Ability.WRITE),
        "cards": [make_card(request, kind, page.picture_owner(entry.id)) for kind in kinds] if entry else [],
    }
    return render(request, page.form_template, {**page.more(), **context}, status=status)
