"""Who signs in, what each may do, and whom to invite."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext
from django.views.decorators.http import require_safe

from accounts.enums import Role
from accounts.policies import Permission
from accounts.selectors.sessions import list_sessions
from accounts.selectors.team import get_person, list_invitations
from accounts.selectors.team import list_people as list_everybody
from accounts.services import invitations
from accounts.types import InvitationView, NewPerson, Person, Proof, SessionView
from audit.selectors.log import list_changes, list_latest
from audit.services.resets import PERSON
from edge.access import requires
from edge.language import current_language
from edge.statuses import get_status
from kernel.clock import utc_now
from kernel.errors import Conflict, Forbidden, Invalid, LimitReached, NotFound
from kernel.ids import read_row_id
from scheduling.selectors.catalog.staff import list_bookable_people
from scheduling.services.catalog.staff import change_rights
from scheduling.types import BookablePerson
from web.errors import add_wait, translate_error
from web.parts.proofs import make_proof
from web.parts.toasts import Toast, go_on
from web.workspace.people.forms import InvitationForm, RightsForm
from web.workspace.people.history import Line, describe_changes
from web.workspace.people.words import MAY, name_agent, pick_icon

LATEST = 10


@dataclass(frozen=True, slots=True)
class PersonRow:
    """Somebody who signs in; ``calendar`` names what they are booked as, if anything."""

    person: Person
    role: str | Promise
    may: str | Promise
    calendar: str


@dataclass(frozen=True, slots=True)
class InvitationRow:
    """Somebody who was invited and has not accepted yet."""

    invitation: InvitationView
    role: str | Promise
    may: str | Promise
    calendar: str


@dataclass(frozen=True, slots=True)
class SessionRow:
    """A session as it is shown."""

    session: SessionView
    title: str
    icon: str


@requires(Permission.TEAM_MANAGE)
@require_safe
def list_people(request: HttpRequest) -> HttpResponse:
    """List who signs in, who is invited, who is booked without signing in, and who was switched off."""
    people, bookable = list_everybody(), list_bookable_people()
    rows = [_make_row(each, bookable) for each in people]
    invited = list_invitations(now=utc_now())
    asked = {each.resource_id for each in invited}
    names = {each.id: each.name for each in people}
    context = {
        "rows": [row for row in rows if row.person.is_active],
        "gone": [row for row in rows if not row.person.is_active],
        "invitations": [
            InvitationRow(
                each, Role(each.role).label, MAY[each.role], _name_calendar(bookable, resource=each.resource_id)
            )
            for each in invited
        ],
        "without": [each for each in bookable if each.user_id is None and each.id not in asked],
        "changes": [
            Line(names.get(row_id, ""), line)
            for row_id, change in list_latest(noun=PERSON, limit=LATEST)
            for line in describe_changes([change])
        ],
    }
    return render(request, "workspace/people/list.html", context)


@requires(Permission.TEAM_MANAGE)
def invite(request: HttpRequest) -> HttpResponse:
    """Invite somebody by e-mail."""
    bookable = list_bookable_people()
    if request.method != "POST":
        return _render_invite(request, _offer(request, bookable))
    form = InvitationForm(request.POST, by=request.user, people=bookable)
    if not form.is_valid():
        return _render_invite(request, form, status=422)
    typed = form.cleaned_data
    person = NewPerson(
        email=typed["email"], role=typed["role"], locale=current_language(), resource_id=typed["resource_id"]
    )
    user: Any = request.user
    try:
        invitations.invite(person, by=user, proof=_prove(request, typed))
    except Invalid as error:
        form.refuse(error)
        return _render_invite(request, form, status=get_status(error))
    except (Forbidden, LimitReached) as error:
        form.add_error(None, translate_error(error))
        return add_wait(_render_invite(request, form, status=get_status(error)), error)
    toast = Toast(title=gettext("The invitation is on its way"), text=person.email)
    return go_on(request, toast, to=reverse("workspace:people"))


@requires(Permission.TEAM_MANAGE)
def change_person(request: HttpRequest, person_id: int) -> HttpResponse:
    """Show somebody and change what they may do and as whom they are booked.

    Raises:
        PersonUnknown: There is no such person.
    """
    person, bookable = get_person(person_id), list_bookable_people()
    if request.method != "POST":
        mine = next((each.id for each in bookable if each.user_id == person_id), None)
        initial = {"role": person.role, "resource_id": mine}
        form = RightsForm(initial=initial, by=request.user, people=bookable, user_id=person_id)
        return _render_person(request, person, form)
    form = RightsForm(request.POST, by=request.user, people=bookable, user_id=person_id)
    if person_id == request.user.pk:
        form.fields["role"].required = False
    if not form.is_valid():
        return _render_person(request, person, form, status=422)
    typed = form.cleaned_data
    user: Any = request.user
    role, proof = typed["role"] or person.role, _prove(request, typed)
    try:
        change_rights(person_id, role=role, resource_id=typed["resource_id"], by=user, proof=proof)
    except Invalid as error:
        form.refuse(error)
        return _render_person(request, person, form, status=get_status(error))
    except (Conflict, Forbidden, LimitReached, NotFound) as error:
        form.add_error(None, translate_error(error))
        return add_wait(_render_person(request, person, form, status=get_status(error)), error)
    toast = Toast(title=gettext("Saved"), text=person.name)
    return go_on(request, toast, to=reverse("workspace:people"))


def make_session_rows(sessions: tuple[SessionView, ...]) -> list[SessionRow]:
    """Return sessions as they are shown."""
    return [SessionRow(each, name_agent(each), pick_icon(each)) for each in sessions]


def _offer(request: HttpRequest, bookable: tuple[BookablePerson, ...]) -> InvitationForm:
    """Return the empty form, filled in for somebody who is booked already when the address names them."""
    wanted = read_row_id(request.GET.get("resource"))
    known = next((each for each in bookable if each.id == wanted and each.user_id is None), None)
    initial = {"email": known.email, "role": Role.PROVIDER, "resource_id": known.id} if known else {}
    return InvitationForm(initial=initial, by=request.user, people=bookable)


def _prove(request: HttpRequest, typed: Mapping[str, Any]) -> Proof:
    return make_proof(request, password=typed["password"], code=typed.get("code"))


def _make_row(person: Person, bookable: tuple[BookablePerson, ...]) -> PersonRow:
    return PersonRow(person, Role(person.role).label, MAY[person.role], _name_calendar(bookable, user=person.id))


def _name_calendar(
    bookable: tuple[BookablePerson, ...], *, user: int | None = None, resource: int | None = None
) -> str:
    if user is None and resource is None:
        return ""
    found = (each.name for each in bookable if each.id == resource or (user is not None and each.user_id == user))
    return ", ".join(found)


def _render_invite(request: HttpRequest, form: InvitationForm, *, status: int = 200) -> HttpResponse:
    return render(request, "workspace/people/invite.html", {"form": form}, status=status)


def _render_person(request: HttpRequest, person: Person, form: RightsForm, *, status: int = 200) -> HttpResponse:
    here = request.session.session_key
    context = {
        "person": person,
        "form": form,
        "role": Role(person.role).label,
        "may": MAY[person.role],
        "is_self": person.id == request.user.pk,
        "sessions": make_session_rows(list_sessions(person.id, here=here, now=utc_now())),
        "changes": describe_changes(list_changes(noun=PERSON, row_id=person.id)[:LATEST]),
    }
    return render(request, "workspace/people/person.html", context, status=status)
