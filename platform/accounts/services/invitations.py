"""Inviting people by e-mail: a link that works once, for seven days, for whoever reads that mailbox."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import IntegrityError, models, transaction
from django.urls import reverse

from accounts import hooks
from accounts.enums import AccountMessageKind, InvitationEnd, Role
from accounts.errors import (
    InvitationEnded,
    InvitationForAnother,
    InvitationLate,
    InvitationReplaced,
    InvitationRevoked,
    InvitationUnknown,
    InvitationUsed,
    PermissionMissing,
    PersonInvalid,
)
from accounts.models import Invitation, User
from accounts.models.invitation import INVITED_ROLES
from accounts.policies import Permission, has_permission
from accounts.services.people import add_person
from accounts.services.second_step import check_steps
from accounts.types import AccountMessage, Joined, NewPerson, PersonChange, Proof
from kernel.emails import clean_email
from kernel.errors import LimitReached
from kernel.identity.names import clean_person_name
from kernel.identity.recipients import name_recipient
from kernel.ids import hash_token, new_token
from kernel.limits import Ask
from kernel.text import mark
from tenants.context import current_tenant
from tenants.enums import Ability
from tenants.hosts import make_base_url
from tenants.policies import check_business_may
from tenants.services.counts import count_up, take_back

LINK_LIFE = timedelta(days=7)

EMAIL_WRONG = mark("Enter an e-mail address like name@example.com.")
ALREADY_HERE = mark("This person signs in here already.")
SWITCHED_OFF = mark("This person was here before and is switched off. Switch them on again instead.")
ALREADY_INVITED = mark("This person is invited already. Send the invitation again, or take it back first.")
ROLE_UNKNOWN = mark("Choose what this person may do.")
NAME_MISSING = mark("Enter your name.")
ENDS = {
    InvitationEnd.ACCEPTED: InvitationUsed,
    InvitationEnd.REVOKED: InvitationRevoked,
    InvitationEnd.REPLACED: InvitationReplaced,
}


def invite(person: NewPerson, *, by: User, proof: Proof) -> int:
    """Write to somebody that they may join, and return the number of the invitation.

    Whoever is to be an owner is invited with the password of an owner, and the code of their second step.

    Raises:
        PersonInvalid: The e-mail is none, or somebody here has it or is invited with it; or the role is none.
        ProofWrong: The password of whoever invites an owner, or the code.
        PermissionMissing: Whoever invites may not any more.
        LimitReached: Too many invitations, from here or to this mailbox.
        StatusForbids: The business may change nothing.
    """
    check_business_may(Ability.WRITE, is_staff=True)
    email = _check(person, now=proof.now)
    if person.role == Role.OWNER:
        check_steps(by, proof=proof)
    asks = _count(email, proof.now)
    try:
        with transaction.atomic():
            _lock_inviting(by)
            _check(person, now=proof.now)
            _end(Invitation.objects.filter(email__iexact=email), InvitationEnd.REPLACED, now=proof.now)
            return _send(email, person, by=by, now=proof.now)
    except IntegrityError as error:  # another one was sent to them in this very moment
        take_back(asks)
        raise PersonInvalid(errors={"email": (ALREADY_INVITED,)}) from error
    except (PermissionMissing, PersonInvalid):
        take_back(asks)
        raise


def send_again(invitation_id: int, *, by: User, now: datetime) -> str:
    """Send an open invitation anew, also one that is late, and return its e-mail; the link of before ends.

    Raises:
        InvitationUnknown: There is none.
        InvitationEnded: It was accepted or taken back.
        PermissionMissing, LimitReached, StatusForbids: As `invite`.
    """
    check_business_may(Ability.WRITE, is_staff=True)
    with transaction.atomic():
        _lock_inviting(by)
        row = _lock_open(invitation_id)
        _count(row.email, now)
        _end(Invitation.objects.filter(pk=row.pk), InvitationEnd.REPLACED, now=now)
        again = NewPerson(email=row.email, role=row.role, locale=row.locale, resource_id=row.resource_id)
        _send(row.email, again, by=by, now=now)
    return row.email


@transaction.atomic
def revoke(invitation_id: int, *, now: datetime) -> str:
    """Take an open invitation back, and return its e-mail.

    Raises:
        InvitationUnknown: There is none.
        InvitationEnded: It was accepted or taken back.
    """
    row = _lock_open(invitation_id)
    _end(Invitation.objects.filter(pk=row.pk), InvitationEnd.REVOKED, now=now)
    return row.email


def revoke_all_by(user: User, *, now: datetime) -> None:
    """Take back what somebody sent who may invite nobody any more."""
    _end(Invitation.objects.filter(invited_by=user), InvitationEnd.REVOKED, now=now)


def check_invitation(token: str, *, user: object, now: datetime) -> Invitation:
    """Return the open invitation of a link, for whoever is signed in or nobody; changes nothing.

    Raises:
        InvitationUnknown, InvitationUsed, InvitationLate, InvitationRevoked, InvitationReplaced: It opens nothing.
        InvitationForAnother: Somebody is signed in.
    """
    row = Invitation.objects.select_related("invited_by").filter(token_hash=hash_token(token)).first()
    return _check_open(row, user=user, now=now)


@transaction.atomic
def accept(token: str, *, name: str, password: str, user: object, now: datetime) -> User:
    """Make the person who was invited, and return them; the link has worked.

    Raises:
        PersonInvalid: The name is none.
        EmailTaken: Somebody here signs in with the e-mail by now.
        StatusForbids: The business may change nothing.
        InvitationUnknown: And the others, as `check_invitation`.
    """
    row = Invitation.objects.select_for_update().filter(token_hash=hash_token(token)).first()
    row = _check_open(row, user=user, now=now)
    check_business_may(Ability.WRITE, is_staff=True)
    cleaned = clean_person_name(name)
    if not cleaned:
        raise PersonInvalid(errors={"name": (NAME_MISSING,)})
    made = add_person(name=cleaned, email=row.email, role=Role(row.role), locale=row.locale, password=password)
    _end(Invitation.objects.filter(pk=row.pk), InvitationEnd.ACCEPTED, now=now)
    by_id = row.invited_by_id
    hooks.note_change(PersonChange(made.id, by_id, {"role": (None, made.role)}, now))
    hooks.welcome(Joined(made.id, made.email, made.role, row.resource_id, by_id, now))
    return User.objects.get(pk=made.id)


def describe_newcomer(*, name: str, email: str) -> User:
    """Return somebody who is not kept: a password is compared with what is known of a person."""
    return User(name=name, email=email)


def _check(person: NewPerson, *, now: datetime) -> str:
    """Return the e-mail as it is stored.

    Invitations are read before people: whoever accepts meanwhile is found as the one or as the other.
    """
    email = clean_email(person.email)
    errors: dict[str, tuple[str, ...]] = {}
    if email is None:
        errors["email"] = (EMAIL_WRONG,)
    else:
        is_invited = Invitation.objects.filter(email__iexact=email, ended_at=None, expires_at__gt=now).exists()
        known = User.objects.filter(email__iexact=email).first()
        if known is not None:
            errors["email"] = (ALREADY_HERE if known.is_active else SWITCHED_OFF,)
        elif is_invited:
            errors["email"] = (ALREADY_INVITED,)
    if person.role not in INVITED_ROLES:
        errors["role"] = (ROLE_UNKNOWN,)
    if errors or email is None:
        raise PersonInvalid(errors=errors)
    return email


def _count(email: str, now: datetime) -> list[Ask]:
    """Count a mail to a stranger, for the mailbox and for the business."""
    asks = [Ask("invitation_mails", name_recipient(email)), Ask("invitations", "")]
    full = count_up(asks, now=now)
    if full:
        take_back(asks)
        raise LimitReached(wait_seconds=max(wait.total_seconds() for wait in full.values()))
    return asks


def _send(email: str, person: NewPerson, *, by: User, now: datetime) -> int:
    token = new_token()
    row = Invitation.objects.create(
        email=email,
        role=person.role,
        resource_id=person.resource_id,
        locale=person.locale,
        token_hash=hash_token(token),
        invited_by=by,
        created_at=now,
        expires_at=now + LINK_LIFE,
    )
    path = reverse("account_invitation", args=[token])
    message = AccountMessage(
        kind=AccountMessageKind.INVITATION,
        email=email,
        locale=person.locale,
        url=make_base_url(current_tenant().home_host) + path,
        url_life=LINK_LIFE,
        about_name=by.name,
        role=person.role,
    )
    hooks.tell(message, now=now)
    return int(row.pk)


def _lock_inviting(by: User) -> None:
    """Refuse who may invite nobody any more; whoever takes that right away waits, and takes the invitation back."""
    acting = User.objects.select_for_update().filter(pk=by.pk).first()
    if not has_permission(acting, Permission.TEAM_MANAGE):
        raise PermissionMissing


def _lock_open(invitation_id: int) -> Invitation:
    row = Invitation.objects.select_for_update().filter(pk=invitation_id).first()
    if row is None:
        raise InvitationUnknown
    if row.ended_at is not None:
        raise InvitationEnded
    return row


def _end(rows: models.QuerySet[Invitation], end: InvitationEnd, *, now: datetime) -> None:
    rows.filter(ended_at=None).update(ended_at=now, end=end)


def _check_open(row: Invitation | None, *, user: object, now: datetime) -> Invitation:
    if row is None:
        raise InvitationUnknown
    if row.ended_at is not None:
        raise ENDS[InvitationEnd(row.end)]
    if row.expires_at <= now:
        raise InvitationLate
    if getattr(user, "is_authenticated", False):
        raise InvitationForAnother
    return row
