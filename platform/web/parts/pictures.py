"""How pictures get into pages: their addresses, and the answer of an address."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.cache import get_conditional_response
from django.utils.http import quote_etag

from files.types import FileContent, Picture, Rendition

FOR_EVER = "public, max-age=31536000, immutable"
ASKED_EACH_TIME = "private, no-cache"
SHOWN = frozenset({"image/webp", "image/png"})
"""What browsers show; anything else is saved."""


@dataclass(frozen=True, slots=True)
class ShownPicture:
    """A picture as a page names it.

    Attributes:
        src: For browsers that do not choose from ``srcset``, which has every size.
        largest: The size in which one looks at it closely.
    """

    src: str
    srcset: str
    width: int
    height: int
    largest: str


def show_picture(
    picture: Picture | None,
    *,
    width: int = 480,
    is_public: bool = True,
    find_address: Callable[[Rendition], str] | None = None,
) -> ShownPicture | None:
    """Return how a page shows a picture that is about ``width`` pixels wide; None where there is none, or a PDF.

    ``find_address`` says where a size of it is, when it is at none of the usual places.
    """
    if picture is None or not picture.sizes:
        return None
    find = find_address or partial(make_address, picture, is_public=is_public)
    chosen = picture.find_size(width)
    return ShownPicture(
        src=find(chosen),
        srcset=", ".join(f"{find(each)} {each.width}w" for each in picture.sizes),
        width=chosen.width,
        height=chosen.height,
        largest=find(picture.sizes[-1]),
    )


def make_address(picture: Picture, size: Rendition, *, is_public: bool = True) -> str:
    """Return the path of a stored object: public ones never change, so a browser asks once."""
    width, _, kind = size.name.partition(".")
    return reverse("booking:picture" if is_public else "workspace:picture", args=[picture.key, width, kind])


def answer_picture(request: HttpRequest, found: FileContent, *, caching: str) -> HttpResponse:
    """Answer a stored object, or that the browser has it already."""
    etag = quote_etag(found.sha256)
    response = HttpResponse(found.content, content_type=found.media_type)
    answer = get_conditional_response(request, etag=etag, response=response)
    assert isinstance(answer, HttpResponse)
    answer.headers["ETag"] = etag
    answer.headers["Cache-Control"] = caching
    # Whatever a browser makes of the bytes: it does not look for anything else in them, and runs nothing.
    answer.headers["X-Content-Type-Options"] = "nosniff"
    answer.headers["Content-Security-Policy"] = "default-src 'none'; sandbox"
    if found.media_type not in SHOWN:
        answer.headers["Content-Disposition"] = "attachment"
    return answer
