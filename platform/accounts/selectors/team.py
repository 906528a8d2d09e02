"""Reading the people of a business, as whoever manages them sees them."""

from __future__ import annotations

from datetime import datetime

from accounts.errors import PersonUnknown
from accounts.models import Invitation, User
from accounts.types import InvitationView, Person


def list_people() -> tuple[Person, ...]:
    """Return everybody in the order of their names, those who were switched off as well; one query."""
    return tuple(_describe(user) for user in User.objects.order_by("name", "pk"))


def get_person(person_id: int) -> Person:
    """Return one person.

    Raises:
        PersonUnknown: There is none.
    """
    user = User.objects.filter(pk=person_id).first()
    if user is None:
        raise PersonUnknown
    return _describe(user)


def list_invitations(*, now: datetime) -> tuple[InvitationView, ...]:
    """Return the open invitations, the latest first; one query. Those that are late can be sent again."""
    rows = Invitation.objects.filter(ended_at=None).select_related("invited_by").order_by("-created_at", "-pk")
    return tuple(
        InvitationView(
            id=row.pk,
            email=row.email,
            role=row.role,
            resource_id=row.resource_id,
            invited_by=row.invited_by.name,
            expires_at=row.expires_at,
            is_late=row.expires_at <= now,
        )
        for row in rows
    )


def _describe(user: User) -> Person:
    return Person(
        id=user.pk,
        name=user.name,
        email=user.email,
        role=user.role,
        has_second_step=bool(user.second_step),
        is_active=user.is_active,
        last_sign_in_at=user.last_login,
        created_at=user.created_at,
        password_changed_at=user.password_changed_at,
        has_password=user.has_usable_password(),
    )
