"""Where pictures are sent: a card with what is shown now, what became of the newest, and a button."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from django.http import HttpRequest
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext, gettext_lazy

from accounts.policies import has_permission
from files.engine import LARGEST_UPLOAD_BYTES
from files.hooks import get_kind
from files.selectors.files import find_upload
from files.services.brand import BUSINESS_PHOTO, LOGO
from scheduling.selectors.catalog.photos import LOCATION_PHOTO, RESOURCE_PHOTO
from tenants.enums import Ability
from tenants.policies import may_business
from web.parts.pictures import ShownPicture, show_picture

Text = str | Promise


@dataclass(frozen=True, slots=True)
class Place:
    """The words of a place; ``width`` is about how many pixels wide the picture is drawn."""

    title: Text
    hint: Text
    width: int
    back: str


PLACES: Mapping[str, Place] = {
    LOGO: Place(
        gettext_lazy("Logo"),
        gettext_lazy("JPEG, PNG or WebP, up to 15 MB. It is shown whole, on a square background that suits it."),
        96,
        "workspace:settings_business",
    ),
    BUSINESS_PHOTO: Place(
        gettext_lazy("Photo of the business"),
        gettext_lazy(
            "JPEG, PNG or WebP, up to 15 MB. It is shown on your page beside the address and hours, unless the "
            "location has its own photo. The place where it was taken is removed from it."
        ),
        480,
        "workspace:settings_business",
    ),
    RESOURCE_PHOTO: Place(
        gettext_lazy("Photo"),
        gettext_lazy(
            "JPEG, PNG or WebP, up to 15 MB. Customers see it when they choose. "
            "It is cropped to a square, and the place where it was taken is removed from it."
        ),
        96,
        "workspace:resources_change",
    ),
    LOCATION_PHOTO: Place(
        gettext_lazy("Photo"),
        gettext_lazy(
            "JPEG, PNG or WebP, up to 15 MB. Customers see it on your page, and when they choose the location. "
            "The place where it was taken is removed from it."
        ),
        480,
        "workspace:locations_change",
    ),
}


@dataclass(frozen=True, slots=True)
class PictureCard:
    """A place as it is drawn.

    Attributes:
        problem: Why the newest was not taken, translated; empty when it was.
        most_bytes: What the script refuses before it is sent.
    """

    kind: str
    owner_id: int
    place: Place
    shown: ShownPicture | None
    is_waiting: bool
    problem: str
    may_change: bool
    url: str
    remove_url: str
    back_url: str
    most_bytes: int = LARGEST_UPLOAD_BYTES

    @property
    def id(self) -> str:
        """Return the id of its element."""
        return f"picture-{self.kind}-{self.owner_id}"


def make_card(request: HttpRequest, kind: str, owner_id: int, *, problem: str = "") -> PictureCard:
    """Return the card of an owner's picture; ``problem`` is what was wrong with what was just sent."""
    upload = find_upload(kind, owner_id)
    place = PLACES[kind]
    args = [kind, owner_id]
    return PictureCard(
        kind=kind,
        owner_id=owner_id,
        place=place,
        shown=show_picture(upload.picture, width=place.width),
        is_waiting=upload.is_waiting,
        problem=problem or (gettext(upload.failure) if upload.failure else ""),
        may_change=has_permission(request.user, get_kind(kind).changed_by) and may_business(Ability.WRITE),
        url=reverse("workspace:picture_place", args=args),
        remove_url=reverse("workspace:picture_remove", args=args),
        back_url=reverse(place.back, args=[owner_id] if owner_id else []),
    )
