"""The pages of a file: download, template, and an import that is seen before it is saved."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext, ngettext

from edge.downloads import answer_csv
from edge.statuses import get_status
from kernel.clock import utc_now
from kernel.errors import Conflict, Invalid
from scheduling.services.catalog.batches.lines import LineOutcome
from scheduling.services.catalog.fitting import collecting
from tenants.enums import Ability
from tenants.policies import may_business
from web.errors import translate_error
from web.parts.forms import translate_findings
from web.parts.toasts import Toast, go_on
from web.workspace.actors import make_actor
from web.workspace.changes.review import Story, asks_back, review_or_save, say_applied
from web.workspace.files.page import FilePage
from web.workspace.files.reading import MOST_BYTES, CellError, ReadFile, decode, read_file


@dataclass(frozen=True, slots=True)
class PreviewLine:
    """What a line would do; ``changes`` are label, old and new of each field."""

    number: int
    name: str
    is_new: bool
    changes: tuple[tuple[str, str, str], ...]


@dataclass(frozen=True, slots=True)
class Preview:
    """What a file would do.

    Attributes:
        mark: It is saved only while it would still do the same.
        touched: So many coming bookings have to be decided about.
        is_stale: It would have done something else when it was seen.
    """

    outcomes: Sequence[LineOutcome]
    lines: tuple[PreviewLine, ...]
    mark: str
    touched: int
    is_stale: bool = False

    @property
    def same(self) -> int:
        """Return how many lines change nothing."""
        return len(self.outcomes) - len(self.lines)

    @property
    def summary(self) -> str:
        """Return how many are new and how many change."""
        return count_outcomes(self.outcomes)


@dataclass(slots=True)
class Sent:
    """What somebody sent: the text of a file, and what is wrong with it."""

    text: str = ""
    errors: list[CellError] = field(default_factory=list)
    preview: Preview | None = None


def download(request: HttpRequest, page: FilePage) -> HttpResponse:
    """Answer all that is in use as a file that can be changed and imported again; or a template."""
    columns = page.columns()
    header = [str(column.title) for column in columns]
    if "template" in request.GET:
        own = page.example()
        example = [own.get(column.key, column.example) for column in columns]
        return answer_csv(name=f"{page.key}-template", header=header, rows=[example])
    return answer_csv(name=page.key, header=header, rows=page.list_rows())


def import_file(request: HttpRequest, page: FilePage) -> HttpResponse:
    """Ask for a file, show what it would do, and do it; coming bookings that no longer fit are reviewed first."""
    if request.method != "POST":
        return _render(request, page, Sent())
    sent, file = _take(request, page)
    lines = [] if sent.errors else page.read(file)
    if sent.errors or file.errors:
        sent.errors = sent.errors or file.errors
        return _render(request, page, sent, status=422)
    try:
        return _try_and_save(request, page, sent, lines)
    except Invalid as error:
        sent.errors = _place(error, page, file)
        return _render(request, page, sent, status=422)
    except Conflict as error:
        sent.errors = [CellError(0, "", translate_error(error))]
        return _render(request, page, sent, status=get_status(error))


def _try_and_save(request: HttpRequest, page: FilePage, sent: Sent, lines: Sequence[Any]) -> HttpResponse:
    by, is_saving, seen = make_actor(request), request.POST.get("do") == "save", request.POST.get("seen")
    with collecting() as findings:
        outcomes = page.save(lines=lines, by=by, now=utc_now(), is_trial=True)
    mark, touched = _fingerprint(outcomes), len({key.booking_id for key in findings.keys})
    sent.preview = Preview(outcomes, _view(page, outcomes), mark, touched, is_stale=is_saving and seen != mark)
    if not is_saving or seen != mark or asks_back(request):
        return _render(request, page, sent)
    story = Story(
        title=gettext("Import a file: %(what)s") % {"what": sent.preview.summary},
        back_url=page.url,
        back_label=str(page.title),
        again=lambda: _render(request, page, sent),
    )
    applied = review_or_save(request, lambda: page.save(lines=lines, by=by, now=utc_now(), is_trial=False), story)
    if isinstance(applied, HttpResponse):
        return applied
    text = " · ".join(part for part in (count_outcomes(applied.result), say_applied(applied)) if part)
    return go_on(request, Toast(gettext("Imported"), text), to=page.list_url)


def count_outcomes(outcomes: Sequence[LineOutcome]) -> str:
    """Return how many are new and how many change: "2 new, 1 changed"."""
    new = sum(each.is_new for each in outcomes)
    changed = sum(bool(each.fields) for each in outcomes)
    return ", ".join(
        [
            ngettext("%(count)s new", "%(count)s new", new) % {"count": new},
            ngettext("%(count)s changed", "%(count)s changed", changed) % {"count": changed},
        ]
    )


def _take(request: HttpRequest, page: FilePage) -> tuple[Sent, ReadFile]:
    """Return the text of the file and its lines, or what is wrong with it."""
    chosen, text, problem = request.FILES.get("file"), "", ""
    if chosen is None:
        text = request.POST.get("text", "")[:MOST_BYTES]
        problem = "" if text.strip() else gettext("Choose a file.")
    elif (chosen.size or 0) > MOST_BYTES:
        problem = gettext("This file is too large: up to 1 MB.")
    else:
        text = decode(chosen.read())
        if "\0" in text:
            text, problem = "", gettext("This is no text: save it as CSV and try again.")
    if problem:
        return Sent(errors=[CellError(0, "", problem)]), ReadFile()
    file = read_file(text, page.columns(), needed=page.needed, most_lines=page.most_lines)
    return Sent(text, file.errors if not file.lines else []), file


def _place(error: Invalid, page: FilePage, file: ReadFile) -> list[CellError]:
    found: list[CellError] = []
    for name, texts in translate_findings(error.errors).items():
        number, _, field_name = name.partition(".")
        line = int(number) if number.isdigit() else 0
        column = file.name_column(page.find_column(field_name)) if line else ""
        found += [CellError(line, column, text) for text in texts]
    return sorted(found, key=lambda each: each.line)


def _fingerprint(outcomes: Sequence[LineOutcome]) -> str:
    told = [(each.number, each.is_new, sorted(each.fields.items())) for each in outcomes]
    return hashlib.sha256(json.dumps(told, default=str).encode()).hexdigest()


def _view(page: FilePage, outcomes: Sequence[LineOutcome]) -> tuple[PreviewLine, ...]:
    words = page.words()
    return tuple(
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
    )


def _render(request: HttpRequest, page: FilePage, sent: Sent, *, status: int = 200) -> HttpResponse:
    context = {
        "page": page,
        "columns": page.columns(),
        "sent": sent,
        "preview": sent.preview,
        "errors": sent.errors,
        "may_write": may_business(Ability.WRITE),
    }
    return render(request, "workspace/files/page.html", context, status=status)
