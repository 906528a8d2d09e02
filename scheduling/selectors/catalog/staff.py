"""Which resources are which people who sign in."""

from __future__ import annotations

from collections.abc import Collection

from scheduling.models import Resource
from scheduling.types import BookablePerson


def list_own_resource_ids(*, user_id: int) -> tuple[int, ...]:
    """List the active resources that stand for this user (usually one; none for a receptionist)."""
    return tuple(Resource.objects.filter(user_id=user_id, is_active=True).order_by("id").values_list("id", flat=True))


def name_resources(ids: Collection[int]) -> dict[int, str]:
    """Return the names of resources by their ids, of archived ones as well; one query."""
    return dict(Resource.objects.filter(pk__in=ids).values_list("pk", "name"))


def name_own_resources(*, user_id: int) -> dict[int, str]:
    """Return the names of those that `list_own_resource_ids` lists, by their ids."""
    return dict(Resource.objects.filter(user_id=user_id, is_active=True).order_by("id").values_list("id", "name"))


def find_own_reach(*, user_id: int) -> tuple[str, str] | None:
    """Return e-mail and phone, each may be empty, of whom somebody is booked as; None: they are not booked."""
    row = Resource.objects.filter(user_id=user_id, is_active=True).order_by("pk").first()
    return (row.email, row.phone) if row else None


def list_bookable_people() -> tuple[BookablePerson, ...]:
    """Return the people who can be booked, in the business's order, with who signs in as them; one query."""
    rows = Resource.objects.filter(is_active=True, resource_type__is_person=True).select_related("resource_type")
    return tuple(
        BookablePerson(row.pk, row.name, row.resource_type.name, row.user_id, row.email)
        for row in rows.order_by("position", "pk")
    )
