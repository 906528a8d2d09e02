"""The page that asks for the code that was sent to a contact, where too much was booked without one."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils.translation import gettext, gettext_lazy

from edge.access import open_to_anyone
from edge.limits import count_write
from edge.statuses import get_status
from kernel.errors import LimitReached
from scheduling.errors import WRONG_CODE, AlreadyBooked, VerificationRequired
from web.booking.details import DetailsForm
from web.booking.flow import Flow, StepKey, link_in_language, load_flow
from web.booking.pages import render_step, while_bookings_are_taken
from web.booking.submission import find_made, submit
from web.errors import add_wait, translate_error
from web.formats import format_phone
from web.parts.fields import TextField
from web.parts.forms import PageForm

PAGE = "verify"


class CodeForm(PageForm):
    """The six digits."""

    focus_first = "code"

    code = TextField(
        label=gettext_lazy("Code"),
        max_length=20,
        attrs={"inputmode": "numeric", "autocomplete": "one-time-code", "class": "number short"},
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        hint = gettext("Six digits. It works for %(minutes)s minutes, once.")
        self.fields["code"].help_text = hint % {"minutes": settings.CODE_MINUTES}


@open_to_anyone
@while_bookings_are_taken
def verify(request: HttpRequest) -> HttpResponse:
    """Ask for the code, and book with it; everything typed before is kept."""
    flow = load_flow(request)
    details = DetailsForm.of_draft(flow)
    if flow.is_too_early_for(StepKey.DETAILS) or not flow.draft.code_to or not details.is_valid():
        return HttpResponseRedirect(flow.link(flow.find_missing_step()))
    if request.method != "POST":
        return find_made(request, flow) or _render(request, flow, CodeForm())
    if "go" in request.POST:
        is_back = request.POST["go"] == "back"
        return HttpResponseRedirect(
            flow.link(StepKey.DETAILS) if is_back else link_in_language(flow, PAGE, request.POST["go"])
        )
    return _send(request, flow, details)


def _send(request: HttpRequest, flow: Flow, details: DetailsForm) -> HttpResponse:
    """Book with the code, or send another one."""
    count_write(request, [details.cleaned_data["phone"], details.cleaned_data["email"]])
    is_again = "again" in request.POST
    form = CodeForm(None if is_again else request.POST)
    if not is_again and not form.is_valid():
        return _render(request, flow, form, status=422)
    code = "" if is_again else form.cleaned_data["code"]
    try:
        return submit(request, flow, details, code=code, is_new_wanted=is_again)
    except VerificationRequired as required:
        return _render_again(request, flow, form, required)
    except AlreadyBooked as error:
        return _render(request, flow, form, status=get_status(error), already=error)
    except LimitReached as error:
        refusal = _render(request, flow, form, status=get_status(error), refusal=translate_error(error))
        return add_wait(refusal, error)


def _render_again(request: HttpRequest, flow: Flow, form: CodeForm, required: VerificationRequired) -> HttpResponse:
    """Say what is wrong with the code, and whether another one is on its way."""
    if required.is_wrong:
        form.add_error("code", gettext(WRONG_CODE))
    note = ""
    if required.is_new:
        note = gettext("We sent another code.")
    elif not required.is_wrong and required.again_at and flow.now < required.again_at:
        note = gettext("The last code was sent just now. It may still be on its way.")
    elif not required.is_wrong:
        note = gettext("Today we cannot send another code to this contact. The last one still works.")
    kept = flow.with_draft(replace(flow.draft, code_to=required.to))
    return _render(request, kept, form, status=422 if required.is_wrong else 200, note=note)


def _render(
    request: HttpRequest,
    flow: Flow,
    form: CodeForm,
    *,
    status: int = 200,
    note: str = "",
    refusal: str = "",
    already: AlreadyBooked | None = None,
) -> HttpResponse:
    to = flow.draft.code_to
    return render_step(
        request,
        "booking/verify.html",
        flow,
        StepKey.DETAILS,
        status=status,
        form=form,
        hold=flow.draft.hold,
        to=to if "@" in to else format_phone(to, flow.tenant.country),
        note=note,
        refusal=refusal,
        already=already,
        language_url=flow.link(PAGE, lang=""),
    )
