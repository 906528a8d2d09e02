"""The page that puts somebody on the waitlist, from any day or service without a time that suits."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext

from edge.access import open_to_anyone
from edge.limits import count_write
from edge.reading import read_date
from edge.requests import find_block
from edge.statuses import get_status
from kernel.errors import Invalid, LimitReached
from kernel.text import mark
from scheduling.errors import WRONG_CODE, VerificationRequired
from scheduling.services.bookings.guards import admit, open_guard, send_code
from scheduling.services.waitlist.joining import join_waitlist
from web.booking.flow import Flow, StepKey, link_in_language, load_flow
from web.booking.pages import render_step, while_bookings_are_taken
from web.booking.submission import make_details
from web.booking.waiting.forms import WaitlistForm
from web.errors import add_wait, translate_error
from web.formats import format_phone

PAGE = "waitlist"
AGAIN = "again"
"""Name of the button that asks for another code."""
ONLY_TRIED = mark("A test joins no waitlist.")
FIELD_OF = {
    "contact": "phone",
    "from_minute": "part",
    "to_minute": "part",
    "shortest_notice_minutes": "notice",
}
"""Where the page shows a finding of the service under another name."""


@open_to_anyone
@while_bookings_are_taken
def join(request: HttpRequest) -> HttpResponse:
    """Ask when somebody can come and how to reach them, and put them on the list."""
    flow = load_flow(request)
    if flow.is_too_early_for(StepKey.TIME):
        return HttpResponseRedirect(flow.link(flow.find_missing_step()))
    if request.method != "POST":
        return _render(request, flow, WaitlistForm(flow, asked=read_date(request.GET.get("on", ""))))
    form = WaitlistForm(flow, request.POST)
    kept = flow.with_draft(form.draft)
    if "go" in request.POST:
        is_back = request.POST["go"] == "back"
        return HttpResponseRedirect(
            kept.link(StepKey.TIME) if is_back else link_in_language(kept, PAGE, request.POST["go"])
        )
    if not form.is_valid():
        return _render(request, kept, form, status=422)
    if flow.is_test:
        form.add_error(None, gettext(ONLY_TRIED))
        return _render(request, kept, form, status=422)
    return _join(request, kept, form)


def _join(request: HttpRequest, flow: Flow, form: WaitlistForm) -> HttpResponse:
    details = make_details(flow, form.cleaned_data)
    try:
        count_write(request, [form.cleaned_data["phone"], form.cleaned_data["email"]])
        # An offer keeps a time: whoever joins counts as whoever books, by contact and by network.
        code = "" if AGAIN in request.POST else form.cleaned_data["code"]
        guard = open_guard(customer=details.customer, block=find_block(request), code=code, now=flow.now)
        try:
            with admit(guard) as proven:
                asked, run = form.wished, flow.draft.visit
                token = join_waitlist(asked=asked, details=details, join_key=run, is_proven=bool(proven), now=flow.now)
        except VerificationRequired as required:
            sent = send_code(guard, required, is_new_wanted=AGAIN in request.POST)
            return _ask_code(request, flow, form, sent)
    except Invalid as error:
        if any(name.startswith(("answers.", "asset.")) for name in error.errors):
            return HttpResponseRedirect(flow.link(StepKey.VISIT))
        form.refuse(error, names=FIELD_OF)
        return _render(request, flow, form, status=422)
    except LimitReached as error:
        form.add_error(None, translate_error(error))
        return add_wait(_render(request, flow, form, status=get_status(error)), error)
    return HttpResponseRedirect(reverse("booking:waiting", args=[token]) + "?new=1")


def _ask_code(request: HttpRequest, flow: Flow, form: WaitlistForm, sent: VerificationRequired) -> HttpResponse:
    """Show the form again with the field for the code that is on its way."""
    if sent.is_wrong:
        form.add_error("code", gettext(WRONG_CODE))
    to = sent.to if "@" in sent.to else format_phone(sent.to, flow.tenant.country)
    return _render(request, flow, form, status=422 if sent.is_wrong else 200, code_to=to)


def _render(
    request: HttpRequest, flow: Flow, form: WaitlistForm, *, status: int = 200, code_to: str = ""
) -> HttpResponse:
    return render_step(
        request,
        "booking/waitlist/join.html",
        flow,
        StepKey.TIME,
        status=status,
        form=form,
        code_to=code_to,
        back_url=flow.link(StepKey.TIME),
    )
