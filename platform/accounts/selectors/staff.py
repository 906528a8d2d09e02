"""Reading the staff of the current tenant."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from accounts.enums import NoticeChannel, Role
from accounts.errors import PersonUnknown
from accounts.models import SilencedNotice, User
from accounts.types import StaffMember


def list_staff(*, roles: tuple[str, ...] = (), notice: str = "") -> tuple[StaffMember, ...]:
    """Return active people of the current schema in the order of their names.

    ``roles`` narrows, and so does ``notice``: to those who get e-mails of this kind.
    """
    people = User.objects.filter(is_active=True)
    if roles:
        people = people.filter(role__in=roles)
    if notice:
        silent = SilencedNotice.objects.filter(notice=notice, channel=NoticeChannel.EMAIL)
        people = people.exclude(pk__in=silent.values("user_id"))
    return tuple(
        StaffMember(
            id=person.pk,
            name=person.name,
            email=person.email,
            role=person.role,
            locale=person.locale,
            has_second_step=bool(person.second_step),
        )
        for person in people.order_by("name", "pk")
    )


def list_managers(*, notice: str = "") -> tuple[StaffMember, ...]:
    """Return owners and managers, whom the business's own notices go to; of one kind, those who want it."""
    return list_staff(roles=(Role.OWNER, Role.MANAGER), notice=notice)


def get_member(user_id: int) -> StaffMember:
    """Return an active person of the current schema.

    Raises:
        PersonUnknown: There is none with this id.
    """
    found = next((each for each in list_staff() if each.id == user_id), None)
    if found is None:
        raise PersonUnknown
    return found


def list_silent_channels(user_ids: Collection[int], *, notice: str) -> Mapping[int, frozenset[str]]:
    """Map people to the channels by which they want nothing of a kind; who has none is left out. One query, if any."""
    silent: dict[int, frozenset[str]] = {}
    if user_ids:
        rows = SilencedNotice.objects.filter(user__in=user_ids, notice=notice)
        for user_id, channel in rows.values_list("user_id", "channel"):
            silent[user_id] = silent.get(user_id, frozenset()) | {channel}
    return silent


def get_user_by_email(email: str) -> User:
    """Return the active person of the current schema who signs in with ``email``.

    Raises:
        PersonUnknown: There is none.
    """
    user = User.objects.filter(email__iexact=email, is_active=True).first()
    if user is None:
        raise PersonUnknown
    return user


def name_people(user_ids: Collection[int]) -> Mapping[int, str]:
    """Map ids of the current schema's people to their names, also of those who cannot sign in any more."""
    return dict(User.objects.filter(pk__in=user_ids).values_list("pk", "name")) if user_ids else {}
