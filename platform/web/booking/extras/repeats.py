"""The same visit again: how often, on which dates, and what is not free of them, before anything is booked."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils.translation import gettext, gettext_lazy

from edge.access import open_to_anyone
from kernel.iso import parse_instant
from scheduling.selectors.availability.repeats import RepeatDate, look_at_repeats
from scheduling.types import SlotRequest
from web.booking.flow import Flow, StepKey, load_flow
from web.booking.pages import render_step, while_bookings_are_taken
from web.parts.fields import ChoiceField, NumberField
from web.parts.forms import PageForm
from web.parts.pickers import explain_state
from web.parts.widgets import ChoiceChips

PAGE = "repeats"
FEWEST = 2
"""Visits of a series."""
EVERY = (("1", gettext_lazy("Every week")), ("2", gettext_lazy("Every 2 weeks")), ("4", gettext_lazy("Every 4 weeks")))


@dataclass(frozen=True, slots=True)
class LostDate:
    """A date on which nothing is free, and why."""

    asked_at: datetime
    reason: str


class RepeatForm(PageForm):
    """How often, and how many visits with the first."""

    def __init__(self, flow: Flow, data: Any = None) -> None:
        draft = flow.draft
        count = len(draft.repeats) + 1 if draft.repeats else min(4, flow.most_repeats)
        super().__init__(data, initial={"every": str(draft.repeat_every or 1), "count": count})
        self.fields["every"] = ChoiceField(label=gettext_lazy("How often?"), choices=EVERY, widget=ChoiceChips())
        self.fields["count"] = NumberField(
            label=gettext_lazy("How many visits?"),
            help_text=gettext("With the first one; %(most)s at most.") % {"most": flow.most_repeats},
            min_value=FEWEST,
            max_value=flow.most_repeats,
        )


@open_to_anyone
@while_bookings_are_taken
def choose_repeats(request: HttpRequest) -> HttpResponse:
    """Ask how often, show every date with what is not free first, and keep what is chosen for the booking."""
    flow = load_flow(request)
    if flow.is_too_early_for(StepKey.DETAILS) or flow.most_repeats < FEWEST:
        return HttpResponseRedirect(flow.link(flow.find_missing_step()))
    sent = request.POST if request.method == "POST" else request.GET
    if "once" in request.GET:
        alone = flow.with_draft(replace(flow.draft, repeats=(), repeat_every=0))
        return HttpResponseRedirect(alone.link(StepKey.DETAILS))
    form = RepeatForm(flow, sent if "every" in sent else recall_asked(flow))
    if not form.is_bound:
        return _render(request, flow, form)
    if not form.is_valid():
        return _render(request, flow, form, status=422)
    return _keep(request, flow, form) if request.method == "POST" else _render(request, flow, form, _look(flow, form))


def recall_asked(flow: Flow) -> dict[str, str] | None:
    """Return what is asked for to see the dates again that were chosen; None: none were."""
    draft = flow.draft
    if not draft.repeats or draft.hold is None:
        return None
    last = max(map(parse_instant, draft.repeats))
    count = round((last - draft.hold.starts_at) / timedelta(weeks=draft.repeat_every)) + 1
    return {"every": str(draft.repeat_every), "count": str(count)}


def _tick(flow: Flow, form: RepeatForm, free: Sequence[RepeatDate]) -> frozenset[str]:
    """Return the dates that are ticked: those that were chosen, and what is free where nothing was chosen yet."""
    draft = flow.draft
    chosen = draft.repeats if form.is_bound and form.data.get("every") == str(draft.repeat_every) else ()
    seen_until = max(map(parse_instant, chosen), default=flow.now)
    later = (each.starts_at for each in free if each.starts_at is not None and each.starts_at > seen_until)
    return frozenset(chosen).union(at.isoformat() for at in later)


def _keep(request: HttpRequest, flow: Flow, form: RepeatForm) -> HttpResponse:
    """Keep the chosen dates in the draft; what was not offered is none of them."""
    dates = _look(flow, form)
    offered = {each.starts_at.isoformat() for each in dates if each.starts_at is not None}
    chosen = tuple(sorted(offered.intersection(request.POST.getlist("on"))))
    if not chosen:
        return _render(request, flow, form, dates, problem=gettext("Choose at least one more date."), status=422)
    draft = replace(flow.draft, repeats=chosen, repeat_every=int(form.cleaned_data["every"]))
    return HttpResponseRedirect(flow.with_draft(draft).link(StepKey.DETAILS))


def _look(flow: Flow, form: RepeatForm) -> tuple[RepeatDate, ...]:
    hold = flow.draft.hold
    assert hold is not None  # is_too_early_for has looked
    return look_at_repeats(
        request=SlotRequest(flow.wish, hold.starts_at),
        every_weeks=int(form.cleaned_data["every"]),
        count=form.cleaned_data["count"] - 1,
        timezone=flow.timezone,
        now=flow.now,
    )


def _explain(flow: Flow, date: RepeatDate) -> str:
    return explain_state(date.state, is_person_chosen=flow.resource_id is not None)


def _render(
    request: HttpRequest,
    flow: Flow,
    form: RepeatForm,
    dates: Sequence[RepeatDate] = (),
    *,
    problem: str = "",
    status: int = 200,
) -> HttpResponse:
    if "taken" in request.GET and not problem:
        problem = gettext("Some of these dates were just taken, so nothing was booked. Look at them again.")
    asked = {name: form.data.get(name, "") for name in form.fields} if form.is_bound else {}
    free = [each for each in dates if each.is_free]
    return render_step(
        request,
        "booking/repeats.html",
        flow,
        StepKey.DETAILS,
        status=status,
        form=form,
        odd=[each for each in dates if each.starts_at is not None and not each.is_free],
        lost=[LostDate(each.asked_at, _explain(flow, each)) for each in dates if each.starts_at is None],
        free=free,
        ticked=_tick(flow, form, free),
        is_looked=bool(dates),
        problem=problem,
        back_url=flow.link(StepKey.DETAILS),
        once_url=flow.link(PAGE, once="1"),
        language_url=flow.link(PAGE, **asked, lang=""),
    )
