"""What a file is, told by its content: names and declared types are not believed.

Nothing is decoded here. Pillow reads the header only, with the three formats named to it, so that
none of its forty other readers ever sees what a stranger sent.
"""

from __future__ import annotations

import struct
import warnings
import zlib
from io import BytesIO

from PIL import Image

from files.engine.errors import PictureRefused, Refusal

LARGEST_UPLOAD_BYTES = 15_000_000
MOST_PIXELS_OF_JPEG = 50_000_000
"""Its decoder can make it smaller on the way (`Image.draft`)."""
MOST_PIXELS = 25_000_000
"""Of PNG and WebP, which are decoded whole: 100 MB at four bytes each."""
SMALLEST_SIDE = 32
LONGEST_RATIO = 10
"""A WebP of 1600 pixels across may not be higher than 16383."""
FORMATS = ("JPEG", "PNG", "WEBP")
UNREADABLE = (
    OSError,
    ValueError,
    SyntaxError,
    EOFError,
    TypeError,
    KeyError,
    IndexError,
    AttributeError,
    OverflowError,
    struct.error,
    zlib.error,
    Image.DecompressionBombError,
    Image.DecompressionBombWarning,
)
"""What Pillow's readers raise at broken files."""

_HEIF_BRANDS = (b"heic", b"heix", b"hevc", b"heim", b"heis", b"mif1", b"msf1", b"avif", b"avis")


def look_at(content: bytes) -> str:
    """Return the format of a picture that may be taken: one of `FORMATS`.

    Raises:
        PictureRefused: It is none, or too large in bytes or pixels, or too small.
    """
    if not content:
        raise PictureRefused(Refusal.EMPTY)
    if len(content) > LARGEST_UPLOAD_BYTES:
        raise PictureRefused(Refusal.TOO_MANY_BYTES)
    if not _begins_like_one(content):
        raise PictureRefused(_name_other(content))
    with open_picture(content) as picture:
        _check_sides(picture)
        return "JPEG" if picture.format == "MPO" else str(picture.format)


def open_picture(content: bytes) -> Image.Image:
    """Open a picture without decoding it.

    Raises:
        PictureRefused: Nobody can.
    """
    try:
        with warnings.catch_warnings():
            # Our own limits are lower, and told in words.
            warnings.simplefilter("ignore", Image.DecompressionBombWarning)
            return Image.open(BytesIO(content), formats=FORMATS)
    except Image.DecompressionBombError as error:
        raise PictureRefused(Refusal.TOO_MANY_PIXELS) from error
    except UNREADABLE as error:
        raise PictureRefused(Refusal.DAMAGED) from error


def _check_sides(picture: Image.Image) -> None:
    width, height = picture.size
    short, long = sorted((width, height))
    most = MOST_PIXELS_OF_JPEG if picture.format in {"JPEG", "MPO"} else MOST_PIXELS
    if width * height > most:
        raise PictureRefused(Refusal.TOO_MANY_PIXELS)
    if short < SMALLEST_SIDE:
        raise PictureRefused(Refusal.TOO_SMALL)
    if long > short * LONGEST_RATIO:
        raise PictureRefused(Refusal.TOO_NARROW)


def _begins_like_one(content: bytes) -> bool:
    is_webp = content[:4] == b"RIFF" and content[8:12] == b"WEBP"
    return is_webp or content.startswith((b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n"))


def _name_other(content: bytes) -> Refusal:
    """Say what else it is, as far as there is something better to advise than "no picture"."""
    if content[4:8] == b"ftyp" and content[8:12] in _HEIF_BRANDS:
        return Refusal.HEIC
    if content.startswith((b"GIF87a", b"GIF89a")):
        return Refusal.GIF
    if content.startswith(b"%PDF-"):
        return Refusal.PDF
    # UTF-16 has a zero beside each letter.
    start = content[:4096].replace(b"\x00", b"").lower()
    return Refusal.SVG if b"<svg" in start else Refusal.OTHER
