"""Photos of what a visit is about, sent before it is booked: the name of their set is the permission."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from drf_spectacular.types import OpenApiTypes
from rest_framework import status
from rest_framework.request import Request
from rest_framework.response import Response

from api.choices import takes_photos
from api.document import describe_call
from api.parsers import PictureParser
from api.v1.photos.serializers import PhotoSetShape
from api.views import OpenView, Result, answer_once
from edge.limits import check_limits
from edge.requests import find_block
from files.engine import PictureRefused, Refusal
from files.errors import StorageFull
from kernel.clock import utc_now
from kernel.errors import Conflict, DomainError
from kernel.ids import new_token, read_row_id
from kernel.limits import Ask
from kernel.text import mark
from scheduling.errors import RequestInvalid, TooManyPhotos
from scheduling.selectors.bookings.photos import list_run_photos
from scheduling.services.photos import add_photo, remove_photo
from scheduling.types import MOST_PHOTOS
from tenants.context import current_tenant
from tenants.errors import NotPublished

NO_PHOTOS = mark("This business takes no photos.")
REFUSED: tuple[type[DomainError], ...] = (NotPublished, RequestInvalid, PictureRefused, TooManyPhotos)


class NoRoom(Conflict):
    """No more photos are kept of customers now; how much room there is, is not their affair."""

    code = StorageFull.code
    text = mark("No more photos can be taken here now. Please bring them along, or show what it is about there.")


class PicturesView(OpenView):
    """A view whose bodies are pictures."""

    parser_classes = (PictureParser,)


class NewSetView(PicturesView):
    """``POST photos``."""

    @describe_call(
        "start_photos",
        fails=(*REFUSED, NoRoom),
        request={PictureParser.media_type: OpenApiTypes.BINARY},
        responses={201: PhotoSetShape},
    )
    def post(self, request: Request) -> HttpResponse:
        """Send the first photo, as the body: JPEG, PNG or WebP of at most 15 MB. Without a booking it is kept a day."""
        return _take(request, new_token(), is_personal=False)


class SetView(PicturesView):
    """``GET`` and ``POST photos/{set}``."""

    @describe_call("list_photos", responses=PhotoSetShape)
    def get(self, request: Request, photo_set: str) -> Response:  # noqa: ARG002
        """List the photos of a set that belong to no booking yet."""
        return Response(_describe(photo_set))

    @describe_call(
        "add_photo",
        fails=(*REFUSED, NoRoom),
        request={PictureParser.media_type: OpenApiTypes.BINARY},
        responses={201: PhotoSetShape},
    )
    def post(self, request: Request, photo_set: str) -> HttpResponse:
        """Send another photo, at most five."""
        return _take(request, photo_set, is_personal=True)


class PhotoView(OpenView):
    """``DELETE photos/{set}/{id}``."""

    @describe_call("remove_photo", responses={204: None})
    def delete(self, request: Request, photo_set: str, photo_id: str) -> Response:  # noqa: ARG002
        """Remove a photo that belongs to no booking yet; removing it again changes nothing."""
        number = read_row_id(photo_id)
        if number is not None:
            remove_photo(run=photo_set, photo_id=number, now=utc_now())
        return Response(status=status.HTTP_204_NO_CONTENT)


def _take(request: Request, photo_set: str, *, is_personal: bool) -> HttpResponse:
    if not takes_photos():
        raise RequestInvalid(errors={"picture": (NO_PHOTOS,)})
    body: Any = request.data
    sent = body.get("picture")
    if sent is None:  # no body, of no kind
        raise PictureRefused(Refusal.EMPTY)
    check_limits(Ask("photos_address", find_block(request)), Ask("photos_business", current_tenant().schema_name))

    def run() -> Result:
        try:
            add_photo(run=photo_set, content=sent.content, now=utc_now())
        except StorageFull as error:
            raise NoRoom from error
        return Result(status=status.HTTP_201_CREATED, body=_describe(photo_set))

    return answer_once(request, run, is_personal=is_personal)


def _describe(photo_set: str) -> dict[str, Any]:
    photos = list_run_photos(run=photo_set)
    return {"set": photo_set, "photos": [str(each) for each in photos], "left": max(0, MOST_PHOTOS - len(photos))}
