"""Several services in one visit: choosing them, and what they take and cost together."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from edge.access import open_to_anyone
from kernel.ids import read_row_id
from scheduling.types import MOST_SERVICES
from web.booking.draft import Draft
from web.booking.flow import Flow, StepKey, load_flow, make_flow
from web.booking.pages import keep_private, render_step, while_bookings_are_taken
from web.parts.fields import IdsField
from web.parts.forms import PageForm

PAGE = "several"
MOST_FURTHER = MOST_SERVICES - 1
TOO_MANY = gettext_lazy("Choose at most %(most)s. For more, please call.")


class ServiceInput(forms.CheckboxSelectMultiple):
    """Services with what they cost and how long they take."""

    template_name = "booking/services.html"

    def __init__(self, flow: Flow) -> None:
        super().__init__()
        self.services = {each.id: each for each in flow.combinable}

    def create_option(self, name: str, value: Any, *args: Any, **kwargs: Any) -> dict[str, Any]:
        """Add the service itself."""
        option = super().create_option(name, value, *args, **kwargs)
        return {**option, "service": self.services[int(value)]}


class SeveralForm(PageForm):
    """What else is done in the visit."""

    def __init__(self, flow: Flow, data: Any = None) -> None:
        super().__init__(data, initial={"further": [each.id for each in flow.further]})
        self.fields["further"] = IdsField(
            label=gettext_lazy("What else?"),
            choices=[(each.id, each.name) for each in flow.combinable],
            required=False,
            widget=ServiceInput(flow),
        )

    def clean(self) -> dict[str, Any]:
        """Refuse a visit of more services than one books alone."""
        data = self.cleaned_data
        if len(data.get("further", ())) > MOST_FURTHER:
            self.add_error("further", str(TOO_MANY) % {"most": MOST_FURTHER})
        return data


@open_to_anyone
@while_bookings_are_taken
def choose_further(request: HttpRequest) -> HttpResponse:
    """Ask what else is done in the visit, and go on where this was asked."""
    flow = load_flow(request)
    if not flow.combinable:
        return HttpResponseRedirect(flow.link(flow.find_missing_step()))
    if request.method != "POST":
        return _render(request, flow, SeveralForm(flow))
    form = SeveralForm(flow, request.POST)
    if not form.is_valid():
        return _render(request, flow, form, status=422)
    chosen = _add(flow, tuple(form.cleaned_data["further"]))
    return HttpResponseRedirect(chosen.link(_find_next(chosen)))


@open_to_anyone
@require_safe
@while_bookings_are_taken
def show_total(request: HttpRequest) -> HttpResponse:
    """Answer the line with length and price of the visit, for what is ticked on a page and not sent yet.

    ``field`` is ``further`` or ``add_ons``, and each ``id`` a row of it; what cannot be chosen counts nothing.
    """
    flow = load_flow(request)
    ids = tuple(each for each in map(read_row_id, request.GET.getlist("id")) if each is not None)
    draft = flow.draft
    if request.GET.get("field") == "further":
        draft = draft.choose_further(ids)
    elif request.GET.get("field") == "add_ons":
        draft = replace(draft, add_on_ids=ids)
    shown = {"flow": _look_again(flow, draft)}
    return keep_private(render(request, "booking/summary_line.html", shown))


def _add(flow: Flow, service_ids: tuple[int, ...]) -> Flow:
    """Return the flow with other services after the first; whatever they ask, and did not before, is asked."""
    chosen = _look_again(flow, flow.draft.choose_further(service_ids))
    draft = chosen.draft
    added = [each for each in chosen.further if each not in flow.further]
    if any(each.add_ons or each.questions for each in added):
        draft = replace(draft, is_visit_told=False)
    if draft.resource_id not in {each.id for each in chosen.resources}:
        draft = replace(draft, resource_id=None)
    return chosen.with_draft(
        replace(
            draft,
            add_on_ids=tuple(each.id for each in chosen.add_ons),
            party_size=min(draft.party_size, chosen.largest_party),
        )
    )


def _look_again(flow: Flow, draft: Draft) -> Flow:
    return make_flow(flow.tenant, draft, flow.offer, now=flow.now, is_test=flow.is_test)


def _find_next(flow: Flow) -> StepKey:
    """Return the step from which one comes to this page, or the open one before it."""
    missing = flow.find_missing_step()
    return StepKey.TIME if missing is StepKey.DETAILS else missing


def _render(request: HttpRequest, flow: Flow, form: SeveralForm, *, status: int = 200) -> HttpResponse:
    back = _find_next(flow)
    return render_step(
        request,
        "booking/several.html",
        flow,
        back,
        status=status,
        form=form,
        back_url=flow.link(back),
        language_url=flow.link(PAGE, lang=""),
        total_url=flow.link("total"),
    )
