"""Which resources are which people who sign in."""

from __future__ import annotations

from scheduling.models import Resource


def list_own_resource_ids(*, user_id: int) -> tuple[int, ...]:
    """List the active resources that stand for this user (usually one; none for a receptionist)."""
    return tuple(Resource.objects.filter(user_id=user_id, is_active=True).order_by("id").values_list("id", flat=True))
