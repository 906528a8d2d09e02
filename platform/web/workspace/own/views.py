"""One's own account: name, language, e-mail, ways in, sessions, notices; and leaving."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext, override
from django.views.decorators.http import require_POST

from accounts.policies import Permission, has_permission
from accounts.selectors.sessions import list_sessions
from accounts.services import own_account, second_step, sessions, team
from accounts.services.passkeys import list_passkeys
from edge.access import requires
from edge.statuses import get_status
from kernel.clock import utc_now
from kernel.errors import Conflict, Invalid, LimitReached, NotFound
from scheduling.selectors.catalog.staff import find_own_reach
from tenants.context import current_tenant
from web.errors import add_wait, translate_error
from web.formats import format_phone
from web.parts.proofs import PasswordForm, make_proof
from web.parts.toasts import Toast, go_on
from web.workspace.own.forms import DetailsForm, EmailForm, NoticesForm, OwnWorkForm
from web.workspace.people.views import make_session_rows


@requires(Permission.BOARD_VIEW)
def show(request: HttpRequest) -> HttpResponse:
    """Show one's account; a POST changes name and language."""
    user: Any = request.user
    if request.method != "POST":
        return _render(request, DetailsForm(initial={"name": user.name, "locale": user.locale}))
    form = DetailsForm(request.POST)
    if not form.is_valid():
        return _render(request, form, status=422)
    language = form.cleaned_data["locale"]
    try:
        own_account.change_details(user, name=form.cleaned_data["name"], locale=language)
    except Invalid as error:
        form.refuse(error)
        return _render(request, form, status=get_status(error))
    with override(language):
        toast = Toast(title=gettext("Saved"))
    return go_on(request, toast, to=f"{reverse('workspace:own')}?lang={language}")


@requires(Permission.BOARD_VIEW)
def change_email(request: HttpRequest) -> HttpResponse:
    """Ask for another e-mail and the password, and write to both mailboxes."""
    user: Any = request.user
    form = EmailForm(request.POST if request.method == "POST" else None, user=user)
    if request.method != "POST" or not form.is_valid():
        return _render_email(request, form, status=422 if form.is_bound else 200)
    try:
        email = own_account.ask_for_email(user, email=form.cleaned_data["email"], proof=form.prove(request))
    except Invalid as error:
        form.refuse(error)
        return _render_email(request, form, status=get_status(error))
    except LimitReached as error:
        form.add_error(None, translate_error(error))
        return add_wait(_render_email(request, form, status=get_status(error)), error)
    toast = Toast(title=gettext("Open the link that we sent to your new e-mail"), text=email)
    return go_on(request, toast, to=reverse("workspace:own"))


@requires(Permission.SETTINGS_MANAGE)
@require_POST
def choose_notices(request: HttpRequest) -> HttpResponse:
    """Get e-mails of what is ticked, and of nothing else."""
    user: Any = request.user
    form = NoticesForm(request.POST)
    if not form.is_valid():
        return _render(request, DetailsForm(initial={"name": user.name, "locale": user.locale}), form, status=422)
    own_account.choose_notices(user, wanted=form.cleaned_data["notices"])
    return go_on(request, Toast(title=gettext("Saved")), to=reverse("workspace:own"))


@requires(Permission.BOARD_VIEW)
@require_POST
def choose_own_work(request: HttpRequest) -> HttpResponse:
    """Hear of one's own appointments by e-mail, by SMS, or not at all."""
    user: Any = request.user
    form = _make_work_form(user, request.POST)
    if form is None or not form.is_valid():
        return _render(request, DetailsForm(initial={"name": user.name, "locale": user.locale}), work=form, status=422)
    own_account.choose_own_work(user, channel=form.cleaned_data["channel"])
    return go_on(request, Toast(title=gettext("Saved")), to=reverse("workspace:own"))


@requires(Permission.BOARD_VIEW)
@require_POST
def end_sessions(request: HttpRequest) -> HttpResponse:
    """End one of one's sessions, by its name, or all others."""
    user, name = request.user, request.POST.get("session", "")
    try:
        if name:
            sessions.end_session(user.pk, name)  # type: ignore[arg-type]
        else:
            sessions.end_sessions(user.pk, but=request.session.session_key)  # type: ignore[arg-type]
    except NotFound as error:
        toast = Toast(title=translate_error(error), tone="bad")
    else:
        toast = Toast(title=gettext("The session was ended") if name else gettext("The other sessions were ended"))
    return go_on(request, toast, to=reverse("workspace:own"))


@requires(Permission.BOARD_VIEW)
def leave(request: HttpRequest) -> HttpResponse:
    """Ask for the password, and let oneself in no more; the last owner stays."""
    user: Any = request.user
    form = PasswordForm(request.POST if request.method == "POST" else None)
    if request.method != "POST" or not form.is_valid():
        return _render_leave(request, form, status=422 if form.is_bound else 200)
    try:
        team.leave(user, proof=make_proof(request, password=form.cleaned_data["password"]))
    except Invalid as error:
        form.refuse(error)
        return _render_leave(request, form, status=get_status(error))
    except (Conflict, LimitReached) as error:
        form.add_error(None, translate_error(error))
        return add_wait(_render_leave(request, form, status=get_status(error)), error)
    request.session.flush()
    return go_on(
        request, Toast(title=gettext("You have left. An owner can let you in again")), to=reverse("account_login")
    )


def _make_work_form(user: Any, typed: QueryDict | None = None) -> OwnWorkForm | None:
    reach = find_own_reach(user_id=user.pk)
    if reach is None:
        return None
    email, phone = reach[0] or user.email, format_phone(reach[1], current_tenant().country) if reach[1] else ""
    chosen = own_account.find_own_work_channel(user)
    return OwnWorkForm(typed, email=email, phone=phone, initial={"channel": chosen})


def _render(
    request: HttpRequest,
    form: DetailsForm,
    notices: NoticesForm | None = None,
    *,
    work: OwnWorkForm | None = None,
    status: int = 200,
) -> HttpResponse:
    user: Any = request.user
    now = utc_now()
    gets_notices = has_permission(user, Permission.SETTINGS_MANAGE)
    wanted = own_account.list_wanted_notices(user) if gets_notices else ()
    context = {
        "form": form,
        "notices": (notices or NoticesForm(initial={"notices": wanted})) if gets_notices else None,
        "work": work or _make_work_form(user),
        "pending_email": own_account.find_pending_email(user, now=now),
        "codes_left": second_step.count_recovery_codes(user) if user.second_step else 0,
        "passkeys": list_passkeys(user, host=request.get_host()),
        "sessions": make_session_rows(list_sessions(user.pk, here=request.session.session_key, now=now)),
    }
    return render(request, "workspace/own/account.html", context, status=status)


def _render_email(request: HttpRequest, form: EmailForm, *, status: int) -> HttpResponse:
    return render(request, "workspace/own/email.html", {"form": form}, status=status)


def _render_leave(request: HttpRequest, form: PasswordForm, *, status: int) -> HttpResponse:
    return render(request, "workspace/own/leave.html", {"form": form}, status=status)
