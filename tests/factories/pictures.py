"""Pictures as people and others send them, made by Pillow in the test."""

from __future__ import annotations

import struct
import zlib
from io import BytesIO

from PIL import Image, ImageCms


def save(picture: Image.Image, kind: str, **options) -> bytes:
    out = BytesIO()
    picture.save(out, kind, **options)
    return out.getvalue()


def make_scene(width: int = 640, height: int = 480, mode: str = "RGB") -> Image.Image:
    """Something with many colors: its left is dark, its right bright, its top red and its bottom blue."""
    across = Image.linear_gradient("L").rotate(90).resize((width, height))
    down = Image.linear_gradient("L").resize((width, height))
    return Image.merge("RGB", (down.point(lambda value: 255 - value), across, down)).convert(mode)


def make_photo(width: int = 4000, height: int = 3000) -> bytes:
    """A phone's photo of 12 MP: held sideways, with the place where it was taken."""
    exif = Image.Exif()
    exif[0x0112] = 6
    exif[0x010F] = "Fairphone"
    exif.get_ifd(0x8825).update({1: "N", 2: (19.0, 25.0, 42.0), 3: "W", 4: (99.0, 7.0, 40.0)})
    return save(make_scene(width, height), "JPEG", quality=90, exif=exif, icc_profile=make_profile())


def make_profile() -> bytes:
    return ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()


def make_bomb(side: int = 30_000) -> bytes:
    """A PNG of a few kilobytes that says it has ``side`` × ``side`` pixels."""

    def chunk(name: bytes, body: bytes) -> bytes:
        return struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))

    header = struct.pack(">IIBBBBB", side, side, 8, 2, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", header)
        + chunk(b"IDAT", zlib.compress(b"\0" * 9999))
        + chunk(b"IEND", b"")
    )


def open_made(content: bytes) -> Image.Image:
    picture = Image.open(BytesIO(content))
    picture.load()
    return picture
