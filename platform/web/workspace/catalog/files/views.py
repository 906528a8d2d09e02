"""The pages of the file: download, template, and an import that is seen before it is saved."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext, ngettext
from django.views.decorators.http import require_safe

from accounts.policies import Permission
from edge.access import requires
from edge.downloads import answer_csv
from kernel.clock import utc_now
from kernel.errors import Invalid
from scheduling.selectors.catalog.entries import list_add_ons_of_all, list_service_entries
from scheduling.selectors.catalog.roster import Roster, load_roster
from scheduling.services.catalog.batches.files import LineOutcome, import_catalog
from tenants.context import current_tenant
from tenants.enums import Ability
from tenants.policies import may_business
from web.parts.cells import write_amount
from web.parts.forms import translate_findings
from web.parts.toasts import Toast, go_on
from web.workspace.catalog.files.columns import BY_FIELD, list_columns, write_cells, write_texts
from web.workspace.catalog.files.needs_cell import write_needs
from web.workspace.catalog.files.reading import MOST_BYTES, CellError, ReadFile, decode, read_file
from web.workspace.catalog.forms import ServiceForm
from web.workspace.catalog.pages import SERVICES
from web.workspace.catalog.question_forms import name_field
from web.workspace.crud.editing import make_actor


@dataclass(frozen=True, slots=True)
class PreviewLine:
    """What a line would do; ``changes`` are label, old and new of each field."""

    number: int
    name: str
    is_new: bool
    changes: tuple[tuple[str, str, str], ...]


@requires(Permission.CATALOG_MANAGE)
@require_safe
def download_catalog(request: HttpRequest) -> HttpResponse:
    """Answer all services and extras in use as a file that can be changed and imported again; or a template."""
    columns = list_columns()
    header = [str(column.title) for column in columns]
    roster = load_roster()
    if "template" in request.GET:
        kind = next((each.name for each in roster.types.values() if each.is_active and each.is_person), "")
        example = [f"1 {kind}" if column.key == "needs" and kind else column.example for column in columns]
        return answer_csv(name="services-template", header=header, rows=[example])
    return answer_csv(name="services", header=header, rows=_list_rows(roster))


@requires(Permission.CATALOG_MANAGE)
def import_file(request: HttpRequest) -> HttpResponse:
    """Ask for a file, show what it would do, and do it."""
    if request.method != "POST":
        return _render(request)
    roster = load_roster()
    text, problem = _take_text(request)
    read = ReadFile(errors=[CellError(0, "", problem)]) if problem else read_file(text, roster)
    if read.errors:
        return _render(request, text=text, errors=read.errors, status=422)
    try:
        outcomes = import_catalog(lines=read.lines, by=make_actor(request), now=utc_now(), is_trial=True)
        mark = _fingerprint(outcomes)
        if request.POST.get("do") == "save" and request.POST.get("seen") == mark:
            outcomes = import_catalog(lines=read.lines, by=make_actor(request), now=utc_now())
            return go_on(request, Toast(gettext("Imported"), _count(outcomes)), to=SERVICES.list_url)
    except Invalid as error:
        return _render(request, text=text, errors=_place(error, read), status=422)
    return _render(request, text=text, outcomes=outcomes, mark=mark, is_stale=request.POST.get("do") == "save")


def _list_rows(roster: Roster) -> list[list[object]]:
    now = utc_now()
    extras = list_add_ons_of_all()
    rows: list[list[object]] = []
    for entry in list_service_entries(now=now):
        rows.append(write_cells(entry.id, entry.setup, write_needs(entry.setup.requirements, roster)))
        for extra in extras.get(entry.id, ()):
            own = {
                "name": extra.name,
                "extra_of": entry.setup.name,
                "price": write_amount(extra.price_minor, current_tenant().currency),
                "duration_minutes": extra.minutes,
                **write_texts(extra.texts),
            }
            rows.append([own.get(column.key) for column in list_columns()])
    return rows


def _take_text(request: HttpRequest) -> tuple[str, str]:
    """Return the text of the file, and what is wrong with it."""
    sent = request.FILES.get("file")
    if sent is None:
        text = request.POST.get("text", "")
        return text[:MOST_BYTES], "" if text.strip() else gettext("Choose a file.")
    if (sent.size or 0) > MOST_BYTES:
        return "", gettext("This file is too large: up to 1 MB.")
    text = decode(sent.read())
    return ("", gettext("This is no text: save it as CSV and try again.")) if "\0" in text else (text, "")


def _place(error: Invalid, read: ReadFile) -> list[CellError]:
    found: list[CellError] = []
    for name, texts in translate_findings(error.errors).items():
        number, _, field = name.partition(".")
        line = int(number) if number.isdigit() else 0
        found += [CellError(line, read.name_column(_find_key(field)) if line else "", text) for text in texts]
    return sorted(found, key=lambda each: each.line)


def _find_key(field: str) -> str:
    """Return the key of the column of a field; ``texts.en.name`` is ``name_en``."""
    return BY_FIELD.get(field) or name_field(field)


def _fingerprint(outcomes: Sequence[LineOutcome]) -> str:
    """Return a mark of what is shown: it is saved only while it would still do the same."""
    told = [(each.number, each.is_new, sorted(each.fields.items())) for each in outcomes]
    return hashlib.sha256(json.dumps(told, default=str).encode()).hexdigest()


def _count(outcomes: Sequence[LineOutcome]) -> str:
    new = sum(each.is_new for each in outcomes)
    changed = sum(bool(each.fields) for each in outcomes)
    return ", ".join(
        [
            ngettext("%(count)s new", "%(count)s new", new) % {"count": new},
            ngettext("%(count)s changed", "%(count)s changed", changed) % {"count": changed},
        ]
    )


def _view(outcomes: Sequence[LineOutcome]) -> list[PreviewLine]:
    words = ServiceForm()
    return [
        PreviewLine(
            each.number,
            each.name,
            each.is_new,
            tuple(
                (words.label_of(name) or name, words.describe(name, old), words.describe(name, new))
                for name, (old, new) in each.fields.items()
            ),
        )
        for each in outcomes
        if each.is_new or each.fields
    ]


def _render(
    request: HttpRequest,
    *,
    text: str = "",
    errors: Sequence[CellError] = (),
    outcomes: Sequence[LineOutcome] | None = None,
    mark: str = "",
    is_stale: bool = False,
    status: int = 200,
) -> HttpResponse:
    lines = _view(outcomes) if outcomes is not None else None
    context = {
        "page": SERVICES,
        "columns": list_columns(),
        "text": text,
        "errors": errors,
        "lines": lines,
        "same": len(outcomes) - len(lines) if outcomes is not None and lines is not None else 0,
        "summary": _count(outcomes) if outcomes is not None else "",
        "mark": mark,
        "is_stale": is_stale,
        "may_write": may_business(Ability.WRITE),
    }
    return render(request, "workspace/catalog/file.html", context, status=status)
