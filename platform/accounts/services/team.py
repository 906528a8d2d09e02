"""The people of a business: what each may do, and who may not sign in any more.

A business always has an owner. Whoever changes an owner locks all of them first, in one order: of two
owners who take the rights off each other at once, the second waits, and then has no right to do it.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from django.db import transaction
from django.db.models import Q

from accounts import hooks
from accounts.enums import AccountMessageKind, Role
from accounts.errors import LastOwner, OwnRights, PermissionMissing, PersonInvalid, PersonUnknown
from accounts.models import User
from accounts.models.invitation import INVITED_ROLES
from accounts.policies import Permission, has_permission
from accounts.services.invitations import ROLE_UNKNOWN, revoke_all_by
from accounts.services.keys import revoke_keys_of
from accounts.services.second_step import check_password, check_steps
from accounts.services.sessions import end_sessions
from accounts.types import AccountMessage, PersonChange, Proof
from tenants.enums import Ability
from tenants.policies import check_business_may
from tenants.services.ideas import forget_author
from tenants.services.workplaces import forget_workplace, note_workplace


def change_role(
    person_id: int, *, role: str, by: User, proof: Proof, together: Callable[[], object] = lambda: None
) -> bool:
    """Let somebody do more, or less, and return whether the role changed; open pages ask again within seconds.

    Whoever makes an owner types their own password, and the code of their second step if they have one. ``together``
    is what a room above saves in the same transaction, also when the role stays: what it raises leaves everything as
    it was.

    Raises:
        PersonInvalid: There is no such role.
        OwnRights: It is one's own.
        ProofWrong: The password or the code, when somebody becomes an owner.
        PersonUnknown, PermissionMissing, LastOwner, StatusForbids: As `deactivate`.
    """
    check_business_may(Ability.WRITE, is_staff=True)
    if role not in INVITED_ROLES:
        raise PersonInvalid(errors={"role": (ROLE_UNKNOWN,)})
    known = User.objects.filter(pk=person_id).first()
    if known is None:
        raise PersonUnknown
    is_other = known.role != role
    if is_other and person_id == by.pk:
        raise OwnRights
    if is_other and role == Role.OWNER:
        check_steps(by, proof=proof)
    with transaction.atomic():
        person = _lock(person_id, by=by)
        # One who was made something else a moment ago: only what was asked for, with what was proven.
        is_changed = is_other and _set_role(person, role, by=by, now=proof.now)
        together()
    return is_changed


@transaction.atomic
def deactivate(person_id: int, *, by: User, now: datetime) -> str:
    """Let somebody in no more, and return their name: their sessions end, and what they have open within seconds.

    Raises:
        PersonUnknown: There is no such person.
        OwnRights: It is oneself.
        PermissionMissing: Whoever does it is no owner any more.
        LastOwner: The business would have no owner.
    """
    if person_id == by.pk:
        raise OwnRights
    person = _lock(person_id, by=by)
    if not person.is_active:
        return person.name
    _switch_off(person, by_id=by.pk, now=now)
    return person.name


@transaction.atomic
def reactivate(person_id: int, *, by: User, now: datetime) -> str:
    """Let somebody in again, with the role and the password of before, and return their name.

    Raises:
        PersonUnknown, PermissionMissing: As `deactivate`.
        StatusForbids: The business may change nothing.
    """
    check_business_may(Ability.WRITE, is_staff=True)
    person = _lock(person_id, by=by)
    if not person.is_active:
        person.is_active = True
        person.save(update_fields=["is_active"])
        note_workplace(person.email)
        hooks.note_change(PersonChange(person.pk, by.pk, {"is_active": (False, True)}, now))
    return person.name


def hand_over(person_id: int, *, by: User, proof: Proof) -> str:
    """Make somebody an owner in one's own place, and return their name; oneself is a manager then.

    Raises:
        OwnRights: It is oneself.
        ProofWrong: The password of whoever hands over, or the code of their second step.
        PersonUnknown, PermissionMissing: As `deactivate`.
    """
    if person_id == by.pk:
        raise OwnRights
    check_steps(by, proof=proof)
    with transaction.atomic():
        person = _lock(person_id, by=by)
        if not person.is_active:
            raise PersonUnknown
        _set_role(person, Role.OWNER, by=by, now=proof.now)
        _set_role(User.objects.get(pk=by.pk), Role.MANAGER, by=by, now=proof.now)
    return person.name


def leave(user: User, *, proof: Proof) -> None:
    """Let oneself in no more: of owners who leave at once, the last one stays.

    Raises:
        ProofWrong: The password.
        LastOwner: The business would have no owner.
    """
    check_password(user, proof=proof)
    with transaction.atomic():
        owners_and_self = Q(role=Role.OWNER) | Q(pk=user.pk)
        people = {each.pk: each for each in User.objects.select_for_update().filter(owners_and_self).order_by("pk")}
        _switch_off(people[user.pk], by_id=user.pk, now=proof.now)


def _lock(person_id: int, *, by: User) -> User:
    """Lock all owners, the person and whoever acts, in the order of their numbers; return the person as they are.

    What was read before the lock may be over: who acts must be an owner still.
    """
    wanted = Q(role=Role.OWNER) | Q(pk__in=[person_id, by.pk])
    people = {each.pk: each for each in User.objects.select_for_update().filter(wanted).order_by("pk")}
    acting = people.get(by.pk)
    if acting is None or not acting.is_active or acting.role != Role.OWNER:
        raise PermissionMissing
    if person_id not in people:
        raise PersonUnknown
    return people[person_id]


def _switch_off(person: User, *, by_id: int, now: datetime) -> None:
    _keep_an_owner(person)
    person.is_active = False
    person.save(update_fields=["is_active"])
    end_sessions(person.pk)
    forget_workplace(person.email)
    revoke_all_by(person, now=now)
    revoke_keys_of(person, by_id=by_id, now=now)
    forget_author(person.pk)
    hooks.note_change(PersonChange(person.pk, by_id, {"is_active": (True, False)}, now))


def _keep_an_owner(person: User) -> None:
    """Refuse to take the last owner away; all owners are locked."""
    others = User.objects.filter(role=Role.OWNER, is_active=True).exclude(pk=person.pk)
    if person.role == Role.OWNER and not others.exists():
        raise LastOwner


def _set_role(person: User, role: str, *, by: User, now: datetime) -> bool:
    if person.role == role:
        return False
    _keep_an_owner(person)
    before, person.role = person.role, role
    person.save(update_fields=["role"])
    hooks.note_change(PersonChange(person.pk, by.pk, {"role": (before, role)}, now))
    if before == Role.OWNER:
        revoke_all_by(person, now=now)
    if not has_permission(person, Permission.KEY_MANAGE):
        revoke_keys_of(person, by_id=by.pk, now=now)
    if role == Role.OWNER:
        _tell_owners(person, now=now)
    return True


def _tell_owners(person: User, *, now: datetime) -> None:
    for owner in User.objects.filter(role=Role.OWNER, is_active=True).exclude(pk=person.pk).order_by("pk"):
        message = AccountMessage(
            kind=AccountMessageKind.OWNER_ADDED,
            email=owner.email,
            locale=owner.locale,
            user_id=owner.pk,
            about_name=person.name,
        )
        hooks.tell(message, now=now)
