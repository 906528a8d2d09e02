"""What staff does about a request; each comes from a form on its page, and leads back there."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext
from django.views.decorators.http import require_POST

from accounts.policies import Permission
from edge.access import requires
from edge.downloads import answer_zip
from edge.statuses import get_status
from kernel.clock import utc_now
from kernel.errors import DomainError, Invalid
from kernel.ids import read_row_id
from privacy.enums import IdentityCheck
from privacy.selectors.requests import get_request
from privacy.services import carrying, deciding, exporting, identity
from web.errors import translate_error
from web.parts.forms import PageForm
from web.parts.toasts import Toast, go_on
from web.workspace.actors import make_actor
from web.workspace.privacy.forms import AnswerForm, CheckForm, CodeForm, ContactForm, EraseForm, ExtendForm
from web.workspace.privacy.views import find_person, render_request

Act = Callable[[HttpRequest, int, PageForm], str]
"""Does it and returns what to say about it."""


def _check(request: HttpRequest, request_id: int, form: PageForm) -> str:
    check, note = IdentityCheck(form.cleaned_data["check"]), form.cleaned_data["note"]
    identity.note_identity(request_id=request_id, check=check, note=note, by=make_actor(request), now=utc_now())
    return gettext("Noted who asks")


def _send(request: HttpRequest, request_id: int, form: PageForm) -> str:
    contact = form.cleaned_data["contact"]
    identity.send_code(request_id=request_id, contact=contact, by=make_actor(request), now=utc_now())
    return gettext("The code is on its way: ask them to read it out")


def _prove(request: HttpRequest, request_id: int, form: PageForm) -> str:
    contact, code = form.cleaned_data["contact"], form.cleaned_data["code"]
    identity.prove_code(request_id=request_id, contact=contact, code=code, by=make_actor(request), now=utc_now())
    return gettext("Noted who asks")


def _choose(request: HttpRequest, request_id: int, _form: PageForm) -> str:
    customer_id = read_row_id(request.POST.get("customer")) or 0
    identity.choose_person(request_id=request_id, customer_id=customer_id, by=make_actor(request), now=utc_now())
    return gettext("Customer chosen")


def _extend(request: HttpRequest, request_id: int, form: PageForm) -> str:
    deciding.extend(request_id=request_id, reason=form.cleaned_data["reason"], by=make_actor(request), now=utc_now())
    return gettext("There is more time, and whoever asked is told")


def _agree(request: HttpRequest, request_id: int, _form: PageForm) -> str:
    deciding.grant(request_id=request_id, by=make_actor(request), now=utc_now())
    return gettext("Agreed: now do it")


def _refuse(request: HttpRequest, request_id: int, form: PageForm) -> str:
    deciding.refuse(request_id=request_id, reason=form.cleaned_data["answer"], by=make_actor(request), now=utc_now())
    return gettext("Refused, and whoever asked is told why")


def _finish(request: HttpRequest, request_id: int, form: PageForm) -> str:
    deciding.finish(request_id=request_id, answer=form.cleaned_data["answer"], by=make_actor(request), now=utc_now())
    return gettext("Done, and whoever asked is told")


def _withdraw(request: HttpRequest, request_id: int, _form: PageForm) -> str:
    deciding.withdraw(request_id=request_id, by=make_actor(request), now=utc_now())
    return gettext("Taken back")


def _erase(request: HttpRequest, request_id: int, form: PageForm) -> str:
    carrying.carry_out_erasure(
        request_id=request_id,
        is_company_meant=form.cleaned_data.get("is_company_meant", False),
        by=make_actor(request),
        now=utc_now(),
    )
    is_blocked = get_request(request_id=request_id).law.blocks_first
    return gettext("Blocked, and the person is told") if is_blocked else gettext("Erased, and the person is told")


def _export(request: HttpRequest, request_id: int, _form: PageForm) -> str:
    exporting.ask_for_export(request_id=request_id, by=make_actor(request), now=utc_now())
    return gettext("The file is being made; it is here in a moment")


ACTS: Mapping[str, tuple[type[PageForm], Act]] = {
    "check": (CheckForm, _check),
    "send": (ContactForm, _send),
    "prove": (CodeForm, _prove),
    "choose": (PageForm, _choose),
    "extend": (ExtendForm, _extend),
    "agree": (PageForm, _agree),
    "refuse": (AnswerForm, _refuse),
    "finish": (AnswerForm, _finish),
    "withdraw": (PageForm, _withdraw),
    "erase": (EraseForm, _erase),
    "export": (PageForm, _export),
}
"""What a form does, by the last part of its address."""


@requires(Permission.PRIVACY_MANAGE)
@require_POST
def do(request: HttpRequest, request_id: int, act: str) -> HttpResponse:
    """Do one step; where something is wrong, show the request with what was typed."""
    if act not in ACTS:
        raise Http404
    kind, run = ACTS[act]
    form = _bind(request, request_id, act, kind)
    status = 422
    if form.is_valid():
        try:
            toast = Toast(title=run(request, request_id, form))
            return go_on(request, toast, to=reverse("workspace:privacy_request", args=[request_id]))
        except Invalid as error:
            form.refuse(error)
            status = get_status(error)
        except DomainError as error:
            form.add_error(None, translate_error(error))
            status = get_status(error)
    return render_request(request, request_id, bound={act: form}, status=status)


@requires(Permission.PRIVACY_MANAGE)
@require_POST
def take(request: HttpRequest, request_id: int) -> HttpResponse:
    """Answer the file of a request, for somebody who hands it over; that is written down."""
    found = exporting.take_file(request_id=request_id, by=make_actor(request), now=utc_now())
    return answer_zip(found.content, name=found.name)


def _bind(request: HttpRequest, request_id: int, act: str, kind: type[PageForm]) -> PageForm:
    if kind in {ContactForm, CodeForm, EraseForm}:
        view = get_request(request_id=request_id)
        person = find_person(view)
        if kind is EraseForm:
            return EraseForm(request.POST, auto_id=f"{act}-%s", is_company=bool(person and person.is_company))
        contacts = identity.list_reachable(person, asked_at=view.asked_at) if person else ()
        form = CodeForm if kind is CodeForm else ContactForm
        return form(request.POST, auto_id=f"{act}-%s", contacts=contacts)
    return kind(request.POST, auto_id=f"{act}-%s")
