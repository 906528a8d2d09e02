"""Photos of what is booked, and of where: anyone may see them."""

from __future__ import annotations

from accounts.policies import Permission
from files.engine import Shape, Target
from files.hooks import FileKind, register_kind
from scheduling.models import Location, Resource

RESOURCE_PHOTO, LOCATION_PHOTO = "resource", "location"


def register() -> None:
    """Take photos of people, bays and tools, cut to a square, and of locations, as they are."""
    register_kind(
        FileKind(
            name=RESOURCE_PHOTO,
            target=Target(Shape.SQUARE, widths=(96, 192, 384)),
            changed_by=Permission.CATALOG_MANAGE,
            has_owner=lambda owner_id: Resource.objects.filter(pk=owner_id).exists(),
            seen_by=None,
            owner_model="scheduling.Resource",
        )
    )
    register_kind(
        FileKind(
            name=LOCATION_PHOTO,
            target=Target(Shape.WHOLE, widths=(480, 960, 1600)),
            changed_by=Permission.CATALOG_MANAGE,
            has_owner=lambda owner_id: Location.objects.filter(pk=owner_id).exists(),
            seen_by=None,
        )
    )
