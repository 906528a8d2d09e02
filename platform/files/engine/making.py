"""New pictures from one that was sent: upright, of the sizes that pages use, and nothing in them but pixels.

What is stored is what Pillow's encoder wrote from decoded pixels. Whatever else the file held (a
place where it was taken, a second file behind the picture, a program) does not get that far.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from io import BytesIO

from PIL import Image, ImageCms, ImageStat

from files.engine.errors import PictureRefused, Refusal
from files.engine.looking import UNREADABLE, look_at, open_picture
from kernel.colors import get_contrast

QUALITY = 82
SOLID = 250
"""Of 255: what is less covered counts as transparent."""
FACES_STAND_AT = 0.35
"""Of the height that is cut away, this share is cut above: people look out of the upper half."""
LIGHT_TILE, DARK_TILE = (255, 255, 255), (16, 23, 32)
EIGHT_BITS = 1 / 256
ORIENTATION = 0x0112
"""The tag of Exif that says how the camera was held; its values are CIPA DC-008's."""
TURNS = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}


class Shape(StrEnum):
    """What becomes of a picture that has not the shape it is shown in."""

    WHOLE = "whole"
    """It keeps its own."""
    SQUARE = "square"
    """What stands out is cut off: a face."""
    TILE = "tile"
    """It is put on a square of its own color, whole: a logo. Where it is transparent, on white or near-black,
    whichever it is seen better on."""


@dataclass(frozen=True, slots=True)
class Target:
    """What is made of a picture.

    Attributes:
        widths: Of the WebP files, in pixels, rising; none is wider than the original, save one that is.
        png_widths: Of PNG files besides, for programs that do not read WebP: mail readers.
    """

    shape: Shape
    widths: tuple[int, ...]
    png_widths: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class MadePicture:
    """One file: ``name`` is its width and format, such as ``480.webp``; ``sha256`` in hexadecimal digits."""

    name: str
    width: int
    height: int
    content: bytes
    sha256: str


def make_pictures(content: bytes, target: Target) -> tuple[MadePicture, ...]:
    """Make every size of a picture, the narrowest first, PNG after WebP.

    Memory is bounded: a JPEG is decoded at a fraction of its size, anything else has at most 25
    million pixels.

    Raises:
        PictureRefused: It may not be taken, or cannot be decoded.
    """
    look_at(content)
    try:
        with open_picture(content) as opened:
            picture = _shape(
                _decode(opened, largest=max(target.widths + target.png_widths), shape=target.shape), target
            )
        made = [_encode(picture, width, "WEBP") for width in _choose_widths(target.widths, picture.width)]
        made += [_encode(picture, width, "PNG") for width in _choose_widths(target.png_widths, picture.width)]
    except UNREADABLE as error:
        raise PictureRefused(Refusal.DAMAGED) from error
    return tuple(made)


def _decode(picture: Image.Image, *, largest: int, shape: Shape) -> Image.Image:
    """Return the first frame as RGB or RGBA, upright, hardly larger than needed."""
    width, height = picture.size
    # Of all but a logo the shorter side may be what becomes the width: cut to it, or turned.
    scale = largest / (max(width, height) if shape is Shape.TILE else min(width, height))
    wanted = (max(1, round(width * scale)), max(1, round(height * scale)))
    if scale < 1:
        picture.draft(picture.mode, wanted)
    picture.load()
    turn = TURNS.get(picture.getexif().get(ORIENTATION, 1))
    plain = _make_plain(picture)
    if scale < 1:
        plain.thumbnail(wanted, Image.Resampling.LANCZOS, reducing_gap=2.0)
    return plain if turn is None else plain.transpose(turn)


def _make_plain(picture: Image.Image) -> Image.Image:
    """Return the picture as RGB or RGBA in the colors of a screen (sRGB)."""
    profile = picture.info.get("icc_profile")
    if picture.mode.startswith("I"):  # gray with 16 bits: to have it as 8, Pillow would cut off what is bright
        plain = picture.convert("I").point(lambda value: value * EIGHT_BITS).convert("L").convert("RGB")
    else:
        wanted = "RGBA" if picture.has_transparency_data else "RGB"
        plain = picture if picture.mode == wanted else picture.convert(wanted)  # no second copy of what is large
    if profile and picture.mode in {"RGB", "RGBA"}:
        try:
            source = ImageCms.ImageCmsProfile(BytesIO(profile))
            ImageCms.profileToProfile(plain, source, ImageCms.createProfile("sRGB"), inPlace=True)
        except (ImageCms.PyCMSError, OSError, ValueError):
            return plain  # a profile that nobody can read: the colors as they are
    return plain


def _shape(picture: Image.Image, target: Target) -> Image.Image:
    width, height = picture.size
    if target.shape is Shape.SQUARE:
        side = min(width, height)
        left, top = (width - side) // 2, round((height - side) * FACES_STAND_AT)
        return picture.crop((left, top, left + side, top + side))
    if target.shape is Shape.TILE:
        side = max(width, height)
        tile = Image.new("RGB", (side, side), _choose_tile(picture))
        covers = picture.getchannel("A") if picture.mode == "RGBA" else None
        tile.paste(picture, ((side - width) // 2, (side - height) // 2), covers)
        return tile
    return picture


def _choose_tile(picture: Image.Image) -> tuple[int, int, int]:
    """Return the color of a logo's square: its edge's, or, where that is transparent, what it is seen on."""
    covers = picture.getchannel("A") if picture.mode == "RGBA" else None
    if covers is not None and any(covers.histogram()[:SOLID]):
        seen = ImageStat.Stat(picture.convert("RGB"), mask=covers)
        if not seen.count[0]:
            return LIGHT_TILE
        color = _name_color(seen.mean)
        return max((LIGHT_TILE, DARK_TILE), key=lambda tile: get_contrast(color, _name_color(tile)))
    edge = Image.new("L", picture.size, 255)
    edge.paste(0, (1, 1, picture.width - 1, picture.height - 1))
    red, green, blue = ImageStat.Stat(picture.convert("RGB"), mask=edge).median
    return int(red), int(green), int(blue)


def _name_color(channels: Sequence[float]) -> str:
    return "#" + "".join(f"{round(each):02x}" for each in channels)


def _choose_widths(widths: tuple[int, ...], actual: int) -> list[int]:
    """Return the widths that need no enlarging, and the actual one where they leave some of it out."""
    if not widths:
        return []
    fitting = [width for width in widths if width <= actual]
    return fitting if len(fitting) == len(widths) else [*fitting, actual] if actual not in fitting else fitting


def _encode(picture: Image.Image, width: int, kind: str) -> MadePicture:
    height = max(1, round(picture.height * width / picture.width))
    sized = picture.resize((width, height), Image.Resampling.LANCZOS, reducing_gap=2.0)
    sized.info = {}
    out = BytesIO()
    if kind == "WEBP":
        sized.save(out, "WEBP", quality=QUALITY, method=4)
    else:
        sized.save(out, "PNG", optimize=True)
    content = out.getvalue()
    digest = hashlib.sha256(content).hexdigest()
    return MadePicture(f"{width}.{kind.lower()}", width, height, content, digest)
