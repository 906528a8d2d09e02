"""Why a picture is not taken, in words that say what to do instead."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType

from kernel.errors import Invalid
from kernel.text import mark


class Refusal(StrEnum):
    """What is wrong with a file that was meant to be a picture."""

    EMPTY = "empty"
    TOO_MANY_BYTES = "too_many_bytes"
    TOO_MANY_PIXELS = "too_many_pixels"
    TOO_SMALL = "too_small"
    TOO_NARROW = "too_narrow"
    DAMAGED = "damaged"
    TOO_HEAVY = "too_heavy"
    SVG = "svg"
    HEIC = "heic"
    GIF = "gif"
    PDF = "pdf"
    PDF_DAMAGED = "pdf_damaged"
    PDF_ACTIVE = "pdf_active"
    OTHER = "other"


TEXTS: Mapping[str, str] = MappingProxyType(
    {
        Refusal.EMPTY: mark("The file is empty. Please choose it again."),
        Refusal.TOO_MANY_BYTES: mark("The file is larger than 15 MB. Please send a smaller picture."),
        Refusal.TOO_MANY_PIXELS: mark(
            "The picture has too many pixels: a JPEG may have 50 million, a PNG or WebP 25 million. "
            "Please send a smaller one."
        ),
        Refusal.TOO_SMALL: mark("The picture is too small to be seen: at least 32 pixels on each side, please."),
        Refusal.TOO_NARROW: mark("The picture is far too long and narrow. Please crop it first."),
        Refusal.DAMAGED: mark(
            "The picture is damaged or was not sent completely. Please open it, save it again and send that."
        ),
        Refusal.TOO_HEAVY: mark("The picture could not be prepared. Please save it as a JPEG and send that."),
        Refusal.SVG: mark("SVG drawings are not taken, as they can hold programs. Please export it as PNG."),
        Refusal.HEIC: mark(
            "HEIC pictures cannot be shown by every browser. Please send it as JPEG: on an iPhone, choose "
            "“Most Compatible” in Settings, Camera, Formats, or share the picture by e-mail to yourself."
        ),
        Refusal.GIF: mark("GIF pictures are not taken. Please save it as PNG or JPEG."),
        Refusal.PDF: mark("This is a PDF and not a picture. Please save the page as PNG or JPEG."),
        Refusal.PDF_DAMAGED: mark("The PDF was not sent completely. Please send it again, or a photo of it."),
        Refusal.PDF_ACTIVE: mark("PDFs with programs or other files in them are not taken. Please send a photo of it."),
        Refusal.OTHER: mark("This is no picture that we can read. Please send a JPEG, PNG or WebP."),
    }
)
"""Refusal → English sentence, a msgid."""


class PictureRefused(Invalid):
    """A file is not taken as a picture.

    Attributes:
        refusal: Why not.
    """

    code = "picture_refused"

    def __init__(self, refusal: Refusal) -> None:
        self.text = TEXTS[refusal]
        super().__init__(errors={"picture": (self.text,)})
        self.refusal = refusal


class TableRefused(Invalid):
    """A file that was meant to be a table cannot be read as one; ``text`` says why, and what to do instead."""

    code = "table_refused"

    def __init__(self, text: str, **params: object) -> None:
        self.text = text
        super().__init__(errors={"file": (text,)}, **params)
