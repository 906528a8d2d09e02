"""People who sign in and are booked as well."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from accounts.selectors.staff import name_people
from scheduling.services.catalog.checks import CHOICE_UNKNOWN, FieldErrors
from scheduling.services.catalog.door import lock_row, write_fields
from scheduling.services.catalog.resources import NOUN
from scheduling.types import Actor


@transaction.atomic
def link_user(*, resource_id: int, user_id: int | None, by: Actor, now: datetime) -> int:
    """Say which user of this tenant a resource stands for (None: nobody), and return the resource's version.

    Raises:
        ResourceNotFound, Archived: As in `door.lock_row`.
        SetupInvalid: There is no such user.
    """
    row = lock_row(NOUN, resource_id, version=None)
    errors = FieldErrors()
    errors.require(user_id is None or user_id in name_people([user_id]), "user_id", CHOICE_UNKNOWN)
    errors.raise_any()
    fields = {"user_id": (row.user_id, user_id)} if row.user_id != user_id else {}
    return write_fields(NOUN, row, fields, {"user_id": user_id}, by=by, now=now)
