"""What a customer may ask for by name."""

from __future__ import annotations

from scheduling.errors import ResourceNotFound
from scheduling.selectors.catalog.services import list_choosable_resources


def check_choosable(*, service_id: int, resource_id: int | None) -> None:
    """Refuse a resource that customers are not offered for a service; None asks for nobody.

    Raises:
        ResourceNotFound: It is not among those of ``GET resources``.
    """
    if resource_id is None:
        return
    if resource_id not in {each.id for each in list_choosable_resources(service_id=service_id)}:
        raise ResourceNotFound
