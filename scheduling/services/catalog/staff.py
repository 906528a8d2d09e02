"""People who sign in and are booked as well."""

from __future__ import annotations

from contextlib import suppress
from datetime import datetime
from typing import Any

from django.db import transaction

from accounts.hooks import register_welcomer
from accounts.selectors.staff import name_people
from accounts.services import team
from accounts.types import Joined, Proof
from kernel.text import mark
from scheduling.enums import ActorKind
from scheduling.errors import Archived, ResourceNotFound
from scheduling.models import Resource
from scheduling.selectors.catalog.staff import list_own_resource_ids
from scheduling.services.catalog.checks import CHOICE_UNKNOWN, FieldErrors
from scheduling.services.catalog.door import lock_row, write_fields
from scheduling.services.catalog.resources import NOUN
from scheduling.types import Actor

TAKEN = mark("This calendar is somebody else's by now. Choose another one.")


@transaction.atomic
def link_user(*, resource_id: int, user_id: int | None, by: Actor, now: datetime) -> int:
    """Say which user of this tenant a resource stands for (None: nobody), and return the resource's version.

    Raises:
        ResourceNotFound, Archived: As in `door.lock_row`.
        SetupInvalid: There is no such user.
    """
    row = lock_row(NOUN, resource_id, version=None)
    return _write(row, user_id, by=by, now=now)


@transaction.atomic
def choose_resource(*, user_id: int, resource_id: int | None, by: Actor, now: datetime) -> bool:
    """Say which resource a user stands for, and for no other; return whether anything changed.

    None takes all away.

    Raises:
        ResourceNotFound, Archived: As `link_user`.
        SetupInvalid: There is no such user, or the resource stands for somebody else.
    """
    mine = list_own_resource_ids(user_id=user_id)
    for each in mine:
        if each != resource_id:
            link_user(resource_id=each, user_id=None, by=by, now=now)
    if resource_id is not None and resource_id not in mine:
        row = lock_row(NOUN, resource_id, version=None)
        errors = FieldErrors()
        errors.require(row.user_id in {None, user_id}, "resource_id", TAKEN)
        errors.raise_any()
        _write(row, user_id, by=by, now=now)
    return mine != ((resource_id,) if resource_id is not None else ())


def change_rights(person_id: int, *, role: str, resource_id: int | None, by: Any, proof: Proof) -> None:
    """Say what somebody may do and as which resource they are booked; both, or neither.

    Attributes are as in `accounts.services.team.change_role`, ``by`` is who does it, and its errors are raised as
    those of `choose_resource`.
    """
    actor = Actor(ActorKind.STAFF, by.pk)

    def link() -> None:
        choose_resource(user_id=person_id, resource_id=resource_id, by=actor, now=proof.now)

    team.change_role(person_id, role=role, by=by, proof=proof, together=link)


def link_joined(joined: Joined) -> None:
    """Link whoever accepted an invitation to what they were invited as, if it can be booked and is nobody's yet."""
    if joined.resource_id is None:
        return
    by = Actor(ActorKind.STAFF, joined.invited_by_id)
    with suppress(ResourceNotFound, Archived), transaction.atomic():
        row = lock_row(NOUN, joined.resource_id, version=None)
        if row.user_id is None:
            _write(row, joined.user_id, by=by, now=joined.at)


def _write(row: Resource, user_id: int | None, *, by: Actor, now: datetime) -> int:
    errors = FieldErrors()
    errors.require(user_id is None or user_id in name_people([user_id]), "user_id", CHOICE_UNKNOWN)
    errors.raise_any()
    fields = {"user_id": (row.user_id, user_id)} if row.user_id != user_id else {}
    return write_fields(NOUN, row, fields, {"user_id": user_id}, by=by, now=now)


def register() -> None:
    """Link people when they join."""
    register_welcomer(link_joined)
