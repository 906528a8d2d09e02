"""What staff does about what customers say; each comes from a form on a list or in a booking, and leads back there."""

from __future__ import annotations

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext
from django.views.decorators.http import require_POST

from accounts.policies import Permission
from edge.access import requires
from edge.statuses import get_status
from kernel.clock import utc_now
from kernel.errors import Forbidden, Invalid, NotFound
from scheduling.services.aftercare import answers, conversations, data_requests
from web.errors import translate_error
from web.parts.forms import PageForm
from web.parts.toasts import Toast, find_return_address, go_on
from web.workspace.actors import make_actor
from web.workspace.voices.forms import AnswerForm, HideForm, MessageForm, SeenForm

Act = Callable[[], str]
"""Does it and returns what to say about it."""


@requires(Permission.BOOKING_MANAGE)
@require_POST
def answer(request: HttpRequest, booking_id: int) -> HttpResponse:
    """Answer an opinion."""
    form = AnswerForm(request.POST)

    def act() -> str:
        text, by = form.cleaned_data["answer"], make_actor(request)
        answers.answer_feedback(booking_id=booking_id, text=text, now=utc_now(), by=by)
        return gettext("The customer reads your answer")

    return _do(request, form, act, back=reverse("workspace:voices"), title=gettext("Your answer"))


@requires(Permission.CUSTOMER_MANAGE)
@require_POST
def hide(request: HttpRequest, booking_id: int) -> HttpResponse:
    """Take an opinion off the booking page, for a reason."""
    form = HideForm(request.POST)

    def act() -> str:
        reason, by = form.cleaned_data["reason"], make_actor(request)
        answers.hide_feedback(booking_id=booking_id, reason=reason, now=utc_now(), by=by)
        return gettext("It is not shown on your page any more")

    return _do(request, form, act, back=reverse("workspace:voices"), title=gettext("Do not show it"))


@requires(Permission.CUSTOMER_MANAGE)
@require_POST
def show(request: HttpRequest, booking_id: int) -> HttpResponse:
    """Let an opinion be read again that was hidden."""

    def act() -> str:
        answers.show_feedback(booking_id=booking_id, now=utc_now(), by=make_actor(request))
        return gettext("It is shown again, if its customer lets it be")

    return _do(request, PageForm(request.POST), act, back=reverse("workspace:voices"), title=gettext("Show it again"))


@requires(Permission.BOOKING_MANAGE)
@require_POST
def write(request: HttpRequest, booking_id: int) -> HttpResponse:
    """Write to the customer of a booking."""
    form = MessageForm(request.POST)

    def act() -> str:
        text, by = form.cleaned_data["text"], make_actor(request)
        seen = form.read_seen()
        conversations.write_as_staff(booking_id=booking_id, text=text, seen_line_id=seen, now=utc_now(), by=by)
        return gettext("Sent to the customer")

    back = reverse("workspace:booking", args=[booking_id])
    return _do(request, form, act, back=back, title=gettext("Write to the customer"))


@requires(Permission.BOOKING_MANAGE)
@require_POST
def settle(request: HttpRequest, booking_id: int) -> HttpResponse:
    """Say that what the customer wrote needs no answer."""
    form = SeenForm(request.POST)

    def act() -> str:
        conversations.settle_conversation(booking_id=booking_id, seen_line_id=form.read_seen(), now=utc_now())
        return gettext("Put away")

    back = reverse("workspace:voices_waiting")
    return _do(request, form, act, back=back, title=gettext("No answer needed"))


@requires(Permission.CUSTOMER_MANAGE)
@require_POST
def finish(request: HttpRequest, request_id: int) -> HttpResponse:
    """Answer a wish about own data."""
    form = AnswerForm(request.POST)

    def act() -> str:
        text, by = form.cleaned_data["answer"], make_actor(request)
        data_requests.finish_request(request_id=request_id, answer=text, now=utc_now(), by=by)
        return gettext("Answered")

    return _do(request, form, act, back=reverse("workspace:voices_waiting"), title=gettext("Your answer"))


def _do(request: HttpRequest, form: PageForm, act: Act, *, back: str, title: str) -> HttpResponse:
    """Do it and go back; where something is wrong, show the form by itself with what was typed."""
    address = find_return_address(request, default=back)
    status = 422
    if form.is_valid():
        try:
            return go_on(request, Toast(title=act()), to=address)
        except Invalid as error:
            form.refuse(error)
            status = get_status(error)
        except (Forbidden, NotFound) as error:
            form.add_error(None, translate_error(error))
            status = get_status(error)
    context = {"form": form, "title": title, "back_url": address}
    return render(request, "workspace/voices/form.html", context, status=status)
