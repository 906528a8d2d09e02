"""Incidents: written down, assessed, told to whom the law names, closed; and drafts of the letters."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date, datetime, time
from typing import Any
from zoneinfo import ZoneInfo

from django import forms
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext, gettext_lazy
from django.views.decorators.http import require_POST, require_safe

from accounts.policies import Permission
from accounts.selectors.staff import name_people
from edge.access import requires
from edge.language import current_language
from edge.statuses import get_status
from kernel.clock import utc_now
from kernel.errors import DomainError, Invalid
from kernel.formats import to_local
from kernel.languages import LANGUAGE_NAMES, LANGUAGES
from kernel.law.persons import Told
from privacy.selectors.incidents import (
    IncidentView,
    Reach,
    count_reach,
    get_incident,
    list_incidents,
    list_lines,
    list_reachable_tables,
)
from privacy.services.incidents import (
    LONGEST_STORY,
    LONGEST_TITLE,
    RecordedIncident,
    assess_incident,
    close_incident,
    note_told,
    record_incident,
)
from privacy.types import LONGEST_REASON
from tenants.context import current_tenant
from web.errors import translate_error
from web.parts.fields import ChoiceField, ChoicesField, DateField, TextField, TimeField
from web.parts.forms import PageForm
from web.parts.toasts import Toast, go_on
from web.workspace.actors import make_actor

MOMENTS = ("began", "ended", "known")
NAMES = {f"{each}_at": f"{each}_on" for each in MOMENTS}
LETTERS = ("authority", "persons")


def _make_day(label: Any) -> DateField:
    return DateField(label=label, widget=forms.DateInput({"type": "date"}, format="%Y-%m-%d"))


def _make_clock(label: Any) -> TimeField:
    return TimeField(label=label, widget=forms.TimeInput({"type": "time"}, format="%H:%M"))


class IncidentForm(PageForm):
    """What happened, when, and what it reached."""

    title = TextField(label=gettext_lazy("What happened, in a few words?"), max_length=LONGEST_TITLE)
    story = TextField(
        label=gettext_lazy("What happened, and what did you do about it?"),
        max_length=LONGEST_STORY,
        rows=5,
        help_text=gettext_lazy("Write no names: this stays."),
    )
    began_on = _make_day(gettext_lazy("Day on which it began"))
    began_time = _make_clock(gettext_lazy("Time at which it began"))
    ended_on = _make_day(gettext_lazy("Day on which it ended, or today"))
    ended_time = _make_clock(gettext_lazy("Time at which it ended, or now"))
    known_on = _make_day(gettext_lazy("Day on which you knew of it"))
    known_time = _make_clock(gettext_lazy("Time at which you knew of it"))
    tables = ChoicesField(label=gettext_lazy("Which data?"), widget=forms.CheckboxSelectMultiple)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["tables"].choices = [  # type: ignore[attr-defined]
            (model, gettext(title)) for model, title in list_reachable_tables()
        ]


class NoteForm(PageForm):
    """How something was done."""

    note = TextField(
        label=gettext_lazy("How, and with what result?"),
        max_length=LONGEST_REASON,
        rows=3,
        help_text=gettext_lazy("Write no names: this stays."),
    )


class AssessForm(NoteForm):
    """Whether there is a risk for people, and why."""

    risk = ChoiceField(
        label=gettext_lazy("Is there a risk for people?"),
        choices=[("yes", gettext_lazy("Yes")), ("no", gettext_lazy("No"))],
    )


def _assess(request: HttpRequest, incident_id: int, form: PageForm) -> str:
    data = form.cleaned_data
    is_risky = data["risk"] == "yes"
    assess_incident(
        incident_id=incident_id, is_risky=is_risky, note=data["note"], by=make_actor(request), now=utc_now()
    )
    return gettext("Assessed")


def _tell(to: Told) -> Callable[[HttpRequest, int, PageForm], str]:
    def tell(request: HttpRequest, incident_id: int, form: PageForm) -> str:
        note = form.cleaned_data["note"]
        note_told(incident_id=incident_id, to=to, note=note, by=make_actor(request), now=utc_now())
        return gettext("Written down that they were told")

    return tell


def _close(request: HttpRequest, incident_id: int, form: PageForm) -> str:
    note = form.cleaned_data["note"]
    close_incident(incident_id=incident_id, note=note, by=make_actor(request), now=utc_now())
    return gettext("Closed")


ACTS: Mapping[str, tuple[type[PageForm], Callable[[HttpRequest, int, PageForm], str]]] = {
    "assess": (AssessForm, _assess),
    "authority": (NoteForm, _tell(Told.AUTHORITY)),
    "persons": (NoteForm, _tell(Told.PERSONS)),
    "close": (NoteForm, _close),
}
"""What a form does, by the last part of its address."""


@requires(Permission.PRIVACY_MANAGE)
@require_safe
def show_incidents(request: HttpRequest) -> HttpResponse:
    """List the incidents of the business, the newest first."""
    now = utc_now()
    rows = [(each, each.is_late(now)) for each in list_incidents()]
    return render(request, "workspace/privacy/incidents.html", {"rows": rows})


@requires(Permission.PRIVACY_MANAGE)
def record(request: HttpRequest) -> HttpResponse:
    """Let somebody write an incident down; what was typed stays when something is wrong."""
    now = utc_now()
    local = to_local(now, current_tenant().timezone)
    if request.method != "POST":
        initial = {f"{each}_on": local.date() for each in MOMENTS}
        times = {f"{each}_time": local.time().isoformat("minutes") for each in MOMENTS[1:]}
        return _render_form(request, IncidentForm(initial={**initial, **times}))
    form = IncidentForm(request.POST)
    if not form.is_valid():
        return _render_form(request, form, status=422)
    data = form.cleaned_data
    recorded = RecordedIncident(
        title=data["title"],
        story=data["story"],
        tables=data["tables"],
        **{f"{each}_at": _join(data[f"{each}_on"], data[f"{each}_time"]) for each in MOMENTS},
    )
    try:
        incident_id = record_incident(recorded=recorded, by=make_actor(request), now=now)
    except Invalid as error:
        form.refuse(error, names=NAMES)
        return _render_form(request, form, status=get_status(error))
    toast = Toast(title=gettext("Written down: the clocks run"))
    return go_on(request, toast, to=reverse("workspace:privacy_incident", args=[incident_id]))


@requires(Permission.PRIVACY_MANAGE)
@require_safe
def show_incident(request: HttpRequest, incident_id: int) -> HttpResponse:
    """Show an incident: its clocks, whom it reached, what was done, and drafts of the letters."""
    return _render(request, incident_id)


@requires(Permission.PRIVACY_MANAGE)
@require_POST
def do_incident(request: HttpRequest, incident_id: int, act: str) -> HttpResponse:
    """Do one step; where something is wrong, show the incident with what was typed."""
    if act not in ACTS:
        raise Http404
    kind, run = ACTS[act]
    get_incident(incident_id=incident_id)
    form = kind(request.POST, auto_id=f"{act}-%s")
    status = 422
    if form.is_valid():
        try:
            toast = Toast(title=run(request, incident_id, form))
            return go_on(request, toast, to=reverse("workspace:privacy_incident", args=[incident_id]))
        except Invalid as error:
            form.refuse(error)
            status = get_status(error)
        except DomainError as error:
            form.add_error(None, translate_error(error))
            status = get_status(error)
    return _render(request, incident_id, bound={act: form}, status=status)


def _join(on: date, at: time) -> datetime:
    return datetime.combine(on, at, tzinfo=ZoneInfo(current_tenant().timezone))


def _render_form(request: HttpRequest, form: IncidentForm, *, status: int = 200) -> HttpResponse:
    return render(request, "workspace/privacy/incident_new.html", {"form": form}, status=status)


def _render(
    request: HttpRequest, incident_id: int, *, bound: Mapping[str, PageForm] | None = None, status: int = 200
) -> HttpResponse:
    now, view = utc_now(), get_incident(incident_id=incident_id)
    reach = count_reach(view.tables, until=view.ended_at)
    lines = list_lines(incident_id=incident_id)
    names = name_people({each.by_id for each in lines if each.by_id is not None})
    forms_ = {act: kind(auto_id=f"{act}-%s") for act, (kind, _) in ACTS.items()}
    context = {
        "incident": view,
        "is_late": view.is_late(now),
        "clocks": [(each, each.is_late(now)) for each in view.clocks],
        "reach": reach,
        "most_persons": max((each.persons or 0 for each in reach), default=0),
        "forms": {**forms_, **(bound or {})},
        "failed": next((form for form in (bound or {}).values() if form.errors), None),
        "lines": [(each, names.get(each.by_id or 0, "")) for each in lines],
        "letters": _write_letters(view, reach),
        "timezone": view.timezone,
    }
    return render(request, "workspace/privacy/incident.html", context, status=status)


def _write_letters(view: IncidentView, reach: tuple[Reach, ...]) -> list[tuple[str, str, str, str]]:
    """Return drafts: to whom, code and name of the language, and the text; the page's own language first."""
    drafts = []
    for language in sorted(LANGUAGES, key=lambda each: each != current_language()):
        with translation.override(language):
            context = {
                "incident": view,
                "reach": reach,
                "persons": max((each.persons or 0 for each in reach), default=0),
                "business": current_tenant(),
                "timezone": view.timezone,
            }
            for to in LETTERS:
                text = render_to_string(f"incidents/{to}_{language}.txt", context).strip()
                drafts.append((to, language, LANGUAGE_NAMES[language], text))
    return drafts
