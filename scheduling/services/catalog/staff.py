"""People who sign in and are booked as well."""

from __future__ import annotations

from scheduling.errors import ResourceNotFound
from scheduling.models import Resource


def link_user(*, resource_id: int, user_id: int | None) -> None:
    """Say which user of this tenant a resource stands for; None: nobody.

    Raises:
        ResourceNotFound: There is no such resource.
    """
    resource = Resource.objects.filter(pk=resource_id).first()
    if resource is None:
        raise ResourceNotFound
    resource.user_id = user_id
    resource.save(update_fields=["user"])
