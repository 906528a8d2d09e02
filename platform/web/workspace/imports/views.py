"""The pages of imports: a file, its columns, what each row would do, progress, and undoing."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext
from django.views.decorators.http import require_POST, require_safe
from django_htmx.http import HttpResponseClientRedirect

from accounts.policies import Permission
from edge.access import requires
from edge.downloads import answer_csv, stream_csv
from edge.statuses import get_status
from kernel.clock import utc_now
from kernel.errors import Conflict, Invalid
from scheduling.enums import ImportKind, ImportState, KnownRule
from scheduling.selectors.imports.runs import (
    KEPT,
    PROBLEMS,
    SHOWN_ROWS,
    get_import,
    get_row,
    iterate_rows,
    list_columns,
    list_imports,
    list_rows,
)
from scheduling.services.imports.columns import list_targets
from scheduling.services.imports.correcting import correct_row
from scheduling.services.imports.steps import choose_columns, discard_import, start_import, stop_import, undo_import
from scheduling.services.imports.uploading import take_file
from scheduling.types.imports.rows import ImportView
from tenants.enums import Ability
from tenants.policies import may_business
from web.errors import translate_error
from web.parts.toasts import Toast, go_on, is_fragment_asked
from web.workspace.imports import page

allow = requires(Permission.SETTINGS_MANAGE)


@allow
def list_all(request: HttpRequest) -> HttpResponse:
    """Show all imports, and take a file."""
    if request.method != "POST":
        return _render_list(request)
    chosen: Any = request.FILES.get("file")
    kind = _read_kind(request.POST.get("kind", ""))
    if chosen is None:
        return _render_list(request, kind=kind, problem=gettext("Choose a file."), status=422)
    try:
        key = take_file(file=chosen.file, name=chosen.name or "", by_id=request.user.pk or 0, now=utc_now(), kind=kind)
    except (Invalid, Conflict) as error:
        return _render_list(request, kind=kind, problem=translate_error(error), status=get_status(error))
    return redirect("workspace:import_show", key=key)


@allow
@require_safe
def download_template(request: HttpRequest) -> HttpResponse:
    """Answer a file with the columns of the trade and one example."""
    kind = _read_kind(request.GET.get("kind", ""))
    columns = [each for each in list_targets(kind) if each.key not in page.LEFT_OUT]
    header = [gettext(each.label) for each in columns]
    name = gettext("appointments-template") if kind == ImportKind.BOOKINGS else gettext("customers-template")
    return answer_csv(name=name, header=header, rows=[[page.show_example(each) for each in columns]])


@allow
@require_safe
def show(request: HttpRequest, key: UUID) -> HttpResponse:
    """Show an import where it stands."""
    return _render(request, get_import(key=key))


@allow
@require_POST
def choose(request: HttpRequest, key: UUID) -> HttpResponse:
    """Keep what each column fills, and have every row checked."""
    run = get_import(key=key)
    targets = [request.POST.get(f"column-{number}", "") for number in range(len(run.heads))]
    asked = request.POST.get("known", "")
    known = KnownRule(asked) if asked in KnownRule.values else KnownRule.FILL
    options = page.read_options(request.POST)
    try:
        choose_columns(key=key, targets=targets, known=known, options=options, now=utc_now())
    except Invalid as error:
        run = replace(run, known=known, options=options)
        return _render(request, run, targets=targets, problem=translate_error(error), status=get_status(error))
    except Conflict as error:
        return go_on(request, Toast(translate_error(error), tone="bad"), to=_find(key))
    return redirect("workspace:import_show", key=key)


@allow
@require_POST
def perform(request: HttpRequest, key: UUID, act: str) -> HttpResponse:
    """Begin, stop, undo or forget an import."""
    by_id, now = request.user.pk or 0, utc_now()
    acts: dict[str, Callable[[], None]] = {
        "start": lambda: start_import(key=key, by_id=by_id, now=now),
        "stop": lambda: stop_import(key=key, now=now),
        "undo": lambda: undo_import(key=key, by_id=by_id, now=now),
        "discard": lambda: discard_import(key=key),
    }
    if act not in acts:
        raise Http404
    try:
        acts[act]()
    except Conflict as error:
        return go_on(request, Toast(translate_error(error), tone="bad"), to=_find(key))
    if act == "discard":
        return go_on(request, Toast(gettext("The file was forgotten")), to=reverse("workspace:imports"))
    return redirect("workspace:import_show", key=key)


@allow
@require_POST
def correct(request: HttpRequest, key: UUID, number: int) -> HttpResponse:
    """Mend cells of a row, and show how it stands then."""
    run = get_import(key=key)
    cells = {at: request.POST[name] for at in range(len(run.heads)) if (name := f"cell-{at}") in request.POST}
    is_everywhere = bool(request.POST.get("everywhere"))
    asked = {name: request.POST.get(name, "") for name in ("only", "reason", "after")}
    to = f"{_find(key)}?{urlencode(asked)}#line-{number}"
    try:
        is_checking = correct_row(key=key, number=number, cells=cells, is_everywhere=is_everywhere, now=utc_now())
    except Conflict as error:
        response = go_on(request, Toast(translate_error(error), tone="bad"), to=to)
        return HttpResponseClientRedirect(to) if is_fragment_asked(request) else response
    if not is_fragment_asked(request):
        return redirect(_find(key) if is_checking else to)
    if is_checking:
        return HttpResponseClientRedirect(_find(key))
    run = get_import(key=key)
    (line,) = page.describe_rows(run, [get_row(run, number)], may_write=True)
    only, address = asked["only"], _find(key)
    context = {
        "run": run,
        "line": line,
        "may_write": True,
        "is_answer": True,
        "figures": page.list_figures(run, only=only, address=address),
        "reasons": page.list_reasons(run, reason=asked["reason"], address=address),
        **asked,
    }
    return render(request, "workspace/imports/mended.html", context)


@allow
@require_safe
def download_rows(request: HttpRequest, key: UUID) -> HttpResponseBase:
    """Answer rows as they stood in the file, with what became of each and why."""
    run = get_import(key=key)
    only = request.GET.get("only", "")

    def write() -> Iterator[list[object]]:
        width = len(run.heads)
        for row in iterate_rows(run, only=only):
            faults = " · ".join(page.say_fault(each, run) for each in row.faults)
            undo = "" if row.undo in {"", "undone"} else gettext(row.undo)
            said = " · ".join(filter(None, (faults, undo)))
            yield [*row.cells[:width], row.number, page.name_outcome(run, row), said]

    header = [*run.heads, gettext("Line"), gettext("Outcome"), gettext("Why")]
    return stream_csv(name=gettext("import-rows"), header=header, rows=write())


def _find(key: UUID) -> str:
    return reverse("workspace:import_show", kwargs={"key": key})


def _read_kind(asked: str) -> ImportKind:
    return ImportKind(asked) if asked in ImportKind.values else ImportKind.CUSTOMERS


def _render_list(
    request: HttpRequest, *, kind: ImportKind | None = None, problem: str = "", status: int = 200
) -> HttpResponse:
    context = {
        "kinds": [(key, *words) for key, words in page.KINDS.items()],
        "kind": kind or _read_kind(request.GET.get("kind", "")),
        "lines": page.describe_imports(list_imports()),
        "problem": problem,
        "may_write": may_business(Ability.WRITE),
    }
    return render(request, "workspace/imports/list.html", context, status=status)


def _render(
    request: HttpRequest, run: ImportView, *, targets: list[str] | None = None, problem: str = "", status: int = 200
) -> HttpResponse:
    if run.state == ImportState.UNREADABLE:
        return _render_list(request, kind=run.kind, problem=page.say_failure(run))
    names = page.name_people()
    context: dict[str, object] = {
        "run": run,
        "steps": page.list_steps(run),
        "by": names.get(run.by_id, ""),
        "undone_by": names.get(run.undone_by_id or 0, ""),
        "problem": problem,
        "may_write": may_business(Ability.WRITE),
    }
    if run.is_at_work:
        context |= {
            "title": page.TITLES[run.state],
            "pause": page.choose_pause(run, utc_now()),
            "longest_pause": page.LONGEST_PAUSE,
        }
        template = "progress" if is_fragment_asked(request) else "at_work"
        return render(request, f"workspace/imports/{template}.html", context)
    if run.state == ImportState.COLUMNS or "columns" in request.GET or problem:
        return _render_columns(request, run, context, targets, status=status)
    return _render_rows(request, run, context)


def _render_columns(
    request: HttpRequest,
    run: ImportView,
    context: dict[str, object],
    targets: list[str] | None,
    *,
    status: int,
) -> HttpResponse:
    columns = list_columns(run)
    chosen = targets or [each.target for each in columns]
    context |= {
        "columns": list(zip(columns, chosen, strict=True)),
        "targets": [(each.key, gettext(each.label)) for each in list_targets(run.kind)],
        "rules": KnownRule.choices,
    }
    if run.kind == ImportKind.BOOKINGS:
        context |= page.list_choices(run)
    return render(request, "workspace/imports/columns.html", context, status=status)


def _render_rows(request: HttpRequest, run: ImportView, context: dict[str, object]) -> HttpResponse:
    has_kept = run.state == ImportState.UNDONE and run.counts.get("kept")
    only = request.GET.get("only", KEPT if has_kept else PROBLEMS)
    reason = request.GET.get("reason", "")
    asked = request.GET.get("after", "")
    after = int(asked) if asked.isascii() and asked.isdigit() and len(asked) < 8 else 0  # noqa: PLR2004 - digits
    rows, count = list_rows(run, only=only, reason=reason, after=after)
    address = _find(run.key)
    context |= {
        "figures": page.list_figures(run, only=only, address=address),
        "reasons": page.list_reasons(run, reason=reason, address=address),
        "lines": page.describe_rows(run, rows, may_write=bool(context["may_write"])),
        "after": after or "",
        "count": count,
        "only": only,
        "reason": reason,
        "next": rows[-1].number if len(rows) == SHOWN_ROWS else 0,
    }
    return render(request, "workspace/imports/rows.html", context)
