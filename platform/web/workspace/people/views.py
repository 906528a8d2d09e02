"""Who signs in, with which second step, and what the owner does for somebody who lost their phone."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext
from django.views.decorators.http import require_safe

from accounts.enums import Role
from accounts.policies import Permission
from accounts.selectors.staff import list_staff
from accounts.services import second_step
from accounts.types import StaffMember
from audit.selectors.log import list_latest
from audit.services.resets import PERSON
from edge.access import requires
from edge.statuses import get_status
from kernel.errors import Conflict, Forbidden, Invalid, LimitReached
from web.errors import translate_error
from web.parts.proofs import PasswordForm, make_proof
from web.parts.toasts import Toast, go_on

LATEST = 10


@dataclass(frozen=True, slots=True)
class PersonRow:
    """Somebody who signs in; ``reset_url`` is empty where there is nothing to take off, and for oneself."""

    person: StaffMember
    role: str | Promise
    reset_url: str


@requires(Permission.TEAM_MANAGE)
@require_safe
def list_people(request: HttpRequest) -> HttpResponse:
    """List who signs in, and whose second step was taken off."""
    people = list_staff()
    names = {each.id: each.name for each in people}
    context = {
        "rows": [
            PersonRow(
                person=each,
                role=Role(each.role).label,
                reset_url=reverse("workspace:people_reset", args=[each.id])
                if each.has_second_step and each.id != request.user.pk
                else "",
            )
            for each in people
        ],
        "resets": [(names.get(row_id, ""), change) for row_id, change in list_latest(noun=PERSON, limit=LATEST)],
    }
    return render(request, "workspace/people/list.html", context)


@requires(Permission.TEAM_MANAGE)
def reset_second_step(request: HttpRequest, person_id: int) -> HttpResponse:
    """Ask for the owner's own password, and take off somebody's second step."""
    person = next((each for each in list_staff() if each.id == person_id), None)
    if person is None:
        raise Http404
    form = PasswordForm(request.POST if request.method == "POST" else None)
    if request.method != "POST" or not form.is_valid():
        return _render(request, person, form, status=422 if form.is_bound else 200)
    owner: Any = request.user
    proof = make_proof(request, password=form.cleaned_data["password"])
    try:
        second_step.reset(person_id, by=owner, proof=proof)
    except Invalid as error:
        form.refuse(error)
        return _render(request, person, form, status=get_status(error))
    except (Conflict, Forbidden, LimitReached) as error:
        form.add_error(None, translate_error(error))
        return _render(request, person, form, status=get_status(error))
    toast = Toast(title=gettext("The second step was taken off"), text=person.name)
    return go_on(request, toast, to=reverse("workspace:people"))


def _render(request: HttpRequest, person: StaffMember, form: PasswordForm, *, status: int) -> HttpResponse:
    return render(request, "workspace/people/reset.html", {"person": person, "form": form}, status=status)
