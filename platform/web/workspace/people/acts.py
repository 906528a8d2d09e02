"""What the owner does to people who sign in, and to invitations: each a click, what matters most with the password."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

from allauth.account.forms import ResetPasswordForm
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext
from django.views.decorators.http import require_POST

from accounts.policies import Permission
from accounts.selectors.team import get_person
from accounts.services import invitations, second_step, sessions, team
from accounts.types import Person
from edge.access import requires
from edge.statuses import get_status
from kernel.clock import utc_now
from kernel.errors import Conflict, DomainError, Forbidden, Invalid, LimitReached, NotFound
from web.errors import add_wait, translate_error
from web.parts.proofs import PasswordForm, StepForm, make_proof
from web.parts.toasts import Toast, go_on


@requires(Permission.TEAM_MANAGE)
@require_POST
def send_again(request: HttpRequest, invitation_id: int) -> HttpResponse:
    """Send an invitation anew."""
    user: Any = request.user
    return _act(
        request,
        lambda: invitations.send_again(invitation_id, by=user, now=utc_now()),
        said=gettext("The invitation was sent again; the earlier link no longer works"),
    )


@requires(Permission.TEAM_MANAGE)
@require_POST
def revoke(request: HttpRequest, invitation_id: int) -> HttpResponse:
    """Take an invitation back."""
    return _act(
        request,
        lambda: invitations.revoke(invitation_id, now=utc_now()),
        said=gettext("The invitation was taken back"),
    )


@requires(Permission.TEAM_MANAGE)
@require_POST
def send_password_link(request: HttpRequest, person_id: int) -> HttpResponse:
    """Have a mail sent to somebody with the link that sets a new password; it is limited where it is written.

    Raises:
        PersonUnknown: There is no such person.
    """
    person = get_person(person_id)
    form = ResetPasswordForm({"email": person.email})
    if form.is_valid() and person.is_active:
        form.save(request)
    toast = Toast(title=gettext("The link for a new password is on its way"), text=person.email)
    return go_on(request, toast, to=reverse("workspace:people_change", args=[person_id]))


@requires(Permission.TEAM_MANAGE)
@require_POST
def deactivate(request: HttpRequest, person_id: int) -> HttpResponse:
    """Let somebody in no more."""
    user: Any = request.user
    return _act(request, lambda: team.deactivate(person_id, by=user, now=utc_now()), said=gettext("Switched off"))


@requires(Permission.TEAM_MANAGE)
@require_POST
def reactivate(request: HttpRequest, person_id: int) -> HttpResponse:
    """Let somebody in again."""
    user: Any = request.user
    return _act(request, lambda: team.reactivate(person_id, by=user, now=utc_now()), said=gettext("Switched on again"))


@requires(Permission.TEAM_MANAGE)
@require_POST
def end_sessions(request: HttpRequest, person_id: int) -> HttpResponse:
    """End one session of somebody, by its name, or all of them; never the one that asks."""
    person, name = get_person(person_id), request.POST.get("session", "")

    def end() -> str:
        if name:
            sessions.end_session(person_id, name)
        else:
            sessions.end_sessions(person_id, but=request.session.session_key)
        return person.name

    said = gettext("The session was ended") if name else gettext("All sessions were ended")
    return _act(request, end, said=said, to=reverse("workspace:people_change", args=[person_id]))


@requires(Permission.TEAM_MANAGE)
def reset_second_step(request: HttpRequest, person_id: int) -> HttpResponse:
    """Ask for the owner's own password, and remove somebody's second step.

    Raises:
        PersonUnknown: There is no such person.
    """
    user: Any = request.user
    return _act_with_password(
        request,
        get_person(person_id),
        "workspace/people/reset.html",
        PasswordForm,
        lambda form: second_step.reset(person_id, by=user, proof=_prove(request, form)),
        said=gettext("The second step was removed"),
        to=reverse("workspace:people"),
    )


@requires(Permission.TEAM_MANAGE)
def hand_over(request: HttpRequest, person_id: int) -> HttpResponse:
    """Ask for the owner's own password and code, and make somebody the owner in their place.

    Raises:
        PersonUnknown: There is no such person.
    """
    user: Any = request.user
    return _act_with_password(
        request,
        get_person(person_id),
        "workspace/people/hand_over.html",
        partial(StepForm, user=user),
        lambda form: team.hand_over(person_id, by=user, proof=_prove(request, form)),
        said=gettext("Handed over. You are a manager now"),
        to=reverse("workspace:board"),
    )


def _act(request: HttpRequest, act: Callable[[], str], *, said: str, to: str = "") -> HttpResponse:
    """Do something to somebody and say so on the next page, or why it cannot be."""
    target = to or reverse("workspace:people")
    try:
        toast = Toast(title=said, text=act())
    except (Conflict, Forbidden, NotFound, LimitReached) as error:
        toast = Toast(title=translate_error(error), tone="bad")
    return go_on(request, toast, to=target)


def _act_with_password(
    request: HttpRequest,
    person: Person,
    template: str,
    make_form: Callable[[QueryDict | None], PasswordForm],
    act: Callable[[PasswordForm], str],
    *,
    said: str,
    to: str,
) -> HttpResponse:
    form = make_form(request.POST if request.method == "POST" else None)
    if request.method != "POST" or not form.is_valid():
        return _render(request, template, person, form, status=422 if form.is_bound else 200)
    try:
        name = act(form)
    except Invalid as error:
        form.refuse(error)
        return _render(request, template, person, form, status=get_status(error))
    except (Conflict, Forbidden, LimitReached) as error:
        return _refuse(request, template, person, form, error)
    return go_on(request, Toast(title=said, text=name), to=to)


def _refuse(
    request: HttpRequest, template: str, person: Person, form: PasswordForm, error: DomainError
) -> HttpResponse:
    form.add_error(None, translate_error(error))
    return add_wait(_render(request, template, person, form, status=get_status(error)), error)


def _prove(request: HttpRequest, form: PasswordForm) -> Any:
    return make_proof(request, password=form.cleaned_data["password"], code=form.cleaned_data.get("code"))


def _render(request: HttpRequest, template: str, person: Person, form: PasswordForm, *, status: int) -> HttpResponse:
    return render(request, template, {"person": person, "form": form}, status=status)
