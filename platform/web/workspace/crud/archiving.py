"""Archiving and restoring a thing with one button, and what is said when that cannot be."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext, pgettext

from audit.errors import ChangedMeanwhile
from kernel.clock import utc_now
from kernel.errors import Conflict, Forbidden, Invalid
from kernel.ids import read_row_id
from scheduling.errors import StillUsed
from scheduling.services.catalog.door import archive, restore
from scheduling.types import Entry
from web.errors import translate_error
from web.parts.forms import translate_findings
from web.parts.toasts import Toast, Undo, go_on
from web.workspace.actors import make_actor
from web.workspace.changes.review import Story, asks_back, review_or_save, say_applied
from web.workspace.crud.history import make_steps
from web.workspace.crud.page import CrudPage


def set_active(request: HttpRequest, page: CrudPage[Any, Any], row_id: int, *, is_active: bool) -> HttpResponse:
    """Archive or restore a row; a refusal goes to its page and says why, and what can be done there."""
    entry = page.load(row_id, utc_now())
    name = page.name_of(entry)
    version, switch = read_row_id(request.POST.get("version")), restore if is_active else archive
    if asks_back(request):
        return redirect(page.url("change", row_id))
    try:
        applied = review_or_save(
            request,
            lambda: switch(page.noun, row_id, version=version, by=make_actor(request), now=utc_now()),
            Story(
                title=(gettext("Restore “%(name)s”") if is_active else gettext("Archive “%(name)s”")) % {"name": name},
                back_url=page.url("change", row_id),
                back_label=name,
            ),
        )
    except (Conflict, Forbidden, Invalid) as error:
        toast = Toast(title=name, text=_explain(page, entry, error, is_active=is_active), tone="bad")
        return go_on(request, toast, to=page.url("change", row_id))
    if isinstance(applied, HttpResponse):
        return applied
    if page.is_switched:
        title = pgettext("of one", "Switched on") if is_active else pgettext("of one", "Switched off")
    else:
        title = pgettext("of one", "Restored") if is_active else pgettext("of one", "Archived")
    undo = None if is_active else Undo(url=page.url("restore", row_id), fields={})
    text = " · ".join(part for part in (name, say_applied(applied)) if part)
    return go_on(request, Toast(title=title, text=text, undo=undo), to=page.list_url)


def delete(request: HttpRequest, page: CrudPage[Any, Any], row_id: int) -> HttpResponse:
    """Delete what was never used; what was stays in the archive, and its page says so."""
    name = page.name_of(page.load(row_id, utc_now()))
    if page.delete is None:
        return redirect(page.list_url)
    try:
        page.delete(row_id, by=make_actor(request), now=utc_now())
    except StillUsed:
        text = gettext("It was used, so it stays in the archive: appointments, services or rules refer to it.")
        return go_on(request, Toast(title=name, text=text, tone="bad"), to=page.url("change", row_id))
    except Conflict as error:
        return go_on(request, Toast(title=name, text=translate_error(error), tone="bad"), to=page.url("change", row_id))
    return go_on(request, Toast(title=pgettext("of one", "Deleted"), text=name), to=page.list_url)


def _explain(
    page: CrudPage[Any, Any], entry: Entry[Any], error: Conflict | Forbidden | Invalid, *, is_active: bool
) -> str:
    if isinstance(error, ChangedMeanwhile):
        form = page.form(setup=entry.setup, row_id=entry.id)
        told = [step.summary for step in make_steps(form, error.changes)]
        rest = gettext("Check it, and try again if it is still what you want.")
        return " ".join([*(told or [translate_error(error)]), *([] if entry.is_active is is_active else [rest])])
    if isinstance(error, Invalid) and error.errors:
        texts = [text for found in translate_findings(error.errors).values() for text in found]
        return " ".join([*texts, gettext("Change it below, then press “Restore and save”.")])
    return translate_error(error)
