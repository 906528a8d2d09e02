"""Accepting an invitation: the link of a mail, a name, a password, and in."""

from __future__ import annotations

from typing import Any

from allauth.account.utils import perform_login
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache

from accounts.enums import Role
from accounts.errors import EmailTaken
from accounts.services import invitations
from edge.access import open_to_anyone
from edge.limits import check_limits
from edge.requests import find_block
from edge.statuses import get_status
from kernel.clock import utc_now
from kernel.errors import Conflict, DomainError, Forbidden, Invalid, NotFound
from kernel.limits import Ask
from web.account.forms import JoinForm
from web.errors import translate_error


@open_to_anyone
@never_cache
def join(request: HttpRequest, token: str) -> HttpResponse:
    """Show who invites to what; a POST with name and password makes the person and lets them in.

    Raises:
        LimitReached: Too many were tried from this address block.
    """
    now = utc_now()
    check_limits(Ask("resets_address", find_block(request)))
    try:
        invitation = invitations.check_invitation(token, user=request.user, now=now)
    except (Conflict, NotFound) as error:
        return _refuse(request, error)
    form = JoinForm(request.POST if request.method == "POST" else None)
    context = {"form": form, "invitation": invitation, "role": Role(invitation.role).label}
    if request.method != "POST" or not _is_filled_in(form, invitation.email):
        return render(request, "account/invitation.html", context, status=422 if form.is_bound else 200)
    typed = form.cleaned_data
    try:
        user: Any = invitations.accept(
            token, name=typed["name"], password=typed["password"], user=request.user, now=now
        )
    except Invalid as error:
        form.refuse(error)
        return render(request, "account/invitation.html", context, status=get_status(error))
    except (EmailTaken, Conflict, Forbidden, NotFound) as error:
        return _refuse(request, error)
    answer: HttpResponse = perform_login(request, user)
    return answer


def _is_filled_in(form: JoinForm, email: str) -> bool:
    """Tell whether the form can be taken; the password must not be like the name or the e-mail either."""
    if not form.is_valid():
        return False
    person = invitations.describe_newcomer(name=form.cleaned_data["name"], email=email)
    try:
        validate_password(form.cleaned_data["password"], user=person)
    except ValidationError as error:
        form.add_error("password", error)
    return form.is_valid()


def _refuse(request: HttpRequest, error: DomainError) -> HttpResponse:
    context = {"problem": translate_error(error), "code": error.code}
    return render(request, "account/invitation_over.html", context, status=get_status(error))
