"""The logo of a business, whose addresses stand in the tenant's own row, so that no page asks for them; its photo."""

from __future__ import annotations

from accounts.policies import Permission
from files.engine import Shape, Target
from files.hooks import FileKind, register_kind
from files.types import Picture
from tenants.services.business import change_logo
from tenants.types import Logo

BUSINESS = 0
"""The owner of what belongs to the business as a whole."""
LOGO = "logo"
BUSINESS_PHOTO = "business"


def register() -> None:
    """Take logos, in sizes for pages and as PNG for mails, posters and the icon of the page, and photos as they are."""
    register_kind(
        FileKind(
            name=LOGO,
            target=Target(Shape.TILE, widths=(96, 192, 384), png_widths=(192,)),
            changed_by=Permission.SETTINGS_MANAGE,
            has_owner=lambda owner_id: owner_id == BUSINESS,
            seen_by=None,
            on_change=_note,
        )
    )
    register_kind(
        FileKind(
            name=BUSINESS_PHOTO,
            target=Target(Shape.WHOLE, widths=(480, 960, 1600)),
            changed_by=Permission.SETTINGS_MANAGE,
            has_owner=lambda owner_id: owner_id == BUSINESS,
            seen_by=None,
        )
    )


def _note(_owner_id: int, picture: Picture | None) -> None:
    png = picture.find_png() if picture else None
    if picture is None or png is None:
        change_logo(None)
    else:
        change_logo(Logo(str(picture.key), tuple(each.width for each in picture.sizes), png.width))
