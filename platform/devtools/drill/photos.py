"""``./dev drill photos``: what people send as a picture is refused in words or clean, in bounded time and memory.

Each case has a process of its own, so that its peak of memory is its own.
"""

from __future__ import annotations

import argparse
import multiprocessing
import re
import struct
import time
import zlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path

from PIL import Image

from devtools.terminal import say
from files.engine import PictureRefused, Shape, Target, make_pictures

MOST_SECONDS, MOST_MEGABYTES = 10.0, 400.0
PHOTO, LOGO = Target(Shape.WHOLE, (480, 960, 1600)), Target(Shape.TILE, (96, 192, 384), (192,))
PLACE = b"GPS-19.4284"
"""What stands for the place where a photo was taken; nothing of it may be left."""
SCRIPT = b"<script>alert(1)</script>"


@dataclass(frozen=True, slots=True)
class Case:
    """A file, what is made of it, and how it has to end: empty is that pictures are made, else the refusal."""

    content: bytes
    refusal: str
    target: Target = PHOTO


@dataclass(frozen=True, slots=True)
class Outcome:
    """How a file ended, and what it cost beyond what the process had before."""

    refusal: str
    is_clean: bool
    seconds: float
    megabytes: float


def run(argv: Sequence[str]) -> int:
    """Try every file, print what it cost, and return 1 when one ended otherwise or cost too much."""
    argparse.ArgumentParser(prog="./dev drill photos").parse_args(argv)
    wrong = 0
    say(f"{'file':<34} {'outcome':<18} {'seconds':>8} {'MB more':>8}")
    for name, make in list_cases().items():
        case = make()
        with multiprocessing.get_context("spawn").Pool(1) as process:
            outcome = process.apply(measure, (case,))
        is_right = outcome.refusal == case.refusal and outcome.is_clean
        is_cheap = outcome.seconds <= MOST_SECONDS and outcome.megabytes <= MOST_MEGABYTES
        wrong += not (is_right and is_cheap)
        ended = outcome.refusal or ("clean" if outcome.is_clean else "NOT CLEAN")
        said = "" if is_right else f"  wanted: {case.refusal or 'clean'}"
        say(f"{name:<34} {ended:<18} {outcome.seconds:>8.2f} {outcome.megabytes:>8.0f}{said}")
    return 1 if wrong else 0


def measure(case: Case) -> Outcome:
    """Make the pictures of a case in this process, and say what it cost."""
    make_pictures(_save(_make_scene(64, 64), "PNG"), case.target)  # what Pillow loads once is not the file's
    before, began = _read_peak(), time.perf_counter()
    refusal, is_clean = "", True
    try:
        for made in make_pictures(case.content, case.target):
            picture = Image.open(BytesIO(made.content))
            kept = set(picture.info) - {"loop", "background", "timestamp", "duration"}
            is_clean = is_clean and not kept and PLACE not in made.content and SCRIPT not in made.content
    except PictureRefused as error:
        refusal = error.refusal.value
    return Outcome(refusal, is_clean, time.perf_counter() - began, _read_peak() - before)


def list_cases() -> Mapping[str, Callable[[], Case]]:
    """Return what makes the files, by their names: some take a second and 75 MB, so each is made when it is tried."""
    return {
        "PNG named .jpg": lambda: Case(_make_small("PNG"), ""),
        "12 MP JPEG with GPS": lambda: Case(_make_photo(4000, 3000), ""),
        "50 MP JPEG with GPS": lambda: Case(_make_photo(8160, 6120), ""),
        "25 MP PNG with transparency": lambda: Case(_save(_make_scene(5000, 5000).convert("RGBA"), "PNG"), "", LOGO),
        "14.9 MB PNG of noise": lambda: Case(_make_noise(2600, 1900), ""),
        "JPEG and ZIP in one (polyglot)": lambda: Case(_make_small("JPEG") + b"PK\x03\x04" + SCRIPT + PLACE, ""),
        "PNG with a script in its texts": lambda: Case(_with_text(_make_small("PNG")), ""),
        "PNG of 30,000 x 30,000": lambda: Case(_make_bomb(30_000), "too_many_pixels"),
        "PNG of 5,001 x 5,001": lambda: Case(_make_bomb(5_001), "too_many_pixels"),
        "40 MB": lambda: Case(_make_small("JPEG") + b"\0" * 40_000_000, "too_many_bytes"),
        "SVG with a script": lambda: Case(b'<svg xmlns="http://www.w3.org/2000/svg">' + SCRIPT + b"</svg>", "svg"),
        "HEIC": lambda: Case(b"\x00\x00\x00\x18ftypheic\x00\x00\x00\x00mif1heic" + b"\0" * 200, "heic"),
        "half a JPEG": lambda: Case(_make_photo(4000, 3000)[:200_000], "damaged"),
        "HTML named .png": lambda: Case(b"<!doctype html>" + SCRIPT, "other"),
    }


def _read_peak() -> float:
    """Return the most memory that this process had, in MB: Linux's ``VmHWM``, as ``ru_maxrss`` has the parent's."""
    found = re.search(r"VmHWM:\s+(\d+) kB", Path("/proc/self/status").read_text())
    assert found is not None
    return int(found[1]) / 1024


def _make_scene(width: int, height: int) -> Image.Image:
    ramp = Image.linear_gradient("L")
    across, down = ramp.rotate(90).resize((width, height)), ramp.resize((width, height))
    return Image.merge("RGB", (down, across, down))


def _make_small(kind: str) -> bytes:
    return _save(_make_scene(800, 600), kind)


def _make_noise(width: int, height: int) -> bytes:
    return _save(Image.merge("RGB", [Image.effect_noise((width, height), 120) for _ in "RGB"]), "PNG")


def _make_photo(width: int, height: int) -> bytes:
    exif = Image.Exif()
    exif[0x0112], exif[0x010E] = 6, PLACE.decode()
    exif.get_ifd(0x8825).update({1: "N", 2: (19.0, 25.0, 42.0), 3: "W", 4: (99.0, 7.0, 40.0)})
    return _save(_make_scene(width, height), "JPEG", quality=90, exif=exif)


def _save(picture: Image.Image, kind: str, **options: object) -> bytes:
    out = BytesIO()
    picture.save(out, kind, **options)
    return out.getvalue()


def _make_bomb(side: int) -> bytes:
    """Return a small PNG that says it has so many pixels on each side."""
    header = _write_chunk(b"IHDR", struct.pack(">IIBBBBB", side, side, 8, 2, 0, 0, 0))
    body = _write_chunk(b"IDAT", zlib.compress(b"\0" * 9999))
    return b"\x89PNG\r\n\x1a\n" + header + body + _write_chunk(b"IEND", b"")


def _with_text(png: bytes) -> bytes:
    at = 8 + 25  # after the signature and IHDR
    return png[:at] + _write_chunk(b"tEXt", b"Comment\0" + SCRIPT + PLACE) + png[at:]


def _write_chunk(name: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))
