from __future__ import annotations

import random

import pytest

from files.engine import LARGEST_UPLOAD_BYTES, PictureRefused, Refusal, Shape, Target, look_at, make_pictures
from files.engine.errors import TEXTS
from tests.factories.pictures import make_bomb, make_photo, make_scene, save

HEIC = b"\x00\x00\x00\x18ftypheic\x00\x00\x00\x00mif1heic" + b"\x00" * 200
SCRIPT = b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'
SMALL = Target(Shape.WHOLE, (64,))


def find_refusal(content: bytes) -> Refusal:
    with pytest.raises(PictureRefused) as refused:
        look_at(content)
    assert refused.value.errors == {"picture": (TEXTS[refused.value.refusal],)}
    return refused.value.refusal


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
def test_format_is_told_by_the_content(kind):
    assert look_at(save(make_scene(), kind)) == kind


def test_camera_file_of_several_pictures_is_a_jpeg():
    content = save(make_scene(), "MPO", save_all=True, append_images=[make_scene(64, 48)])

    assert look_at(content) == "JPEG"


@pytest.mark.parametrize(
    ("content", "refusal"),
    [
        (b"", Refusal.EMPTY),
        (save(make_scene(), "JPEG") + b"\0" * LARGEST_UPLOAD_BYTES, Refusal.TOO_MANY_BYTES),
        (b"\0" * 40_000_000, Refusal.TOO_MANY_BYTES),
        (make_bomb(), Refusal.TOO_MANY_PIXELS),
        (make_bomb(5001), Refusal.TOO_MANY_PIXELS),
        (save(make_scene(31, 31), "PNG"), Refusal.TOO_SMALL),
        (save(make_scene(1, 1), "WEBP"), Refusal.TOO_SMALL),
        (save(make_scene(1000, 40), "PNG"), Refusal.TOO_NARROW),
        (SCRIPT, Refusal.SVG),
        (b'<?xml version="1.0"?>\n<!-- a drawing -->' + SCRIPT, Refusal.SVG),
        (SCRIPT.decode().encode("utf-16"), Refusal.SVG),
        (HEIC, Refusal.HEIC),
        (b"\x00\x00\x00\x1cftypavif" + b"\x00" * 90, Refusal.HEIC),
        (save(make_scene(), "GIF"), Refusal.GIF),
        (b"%PDF-1.7\n%x", Refusal.PDF),
        (save(make_scene(), "BMP"), Refusal.OTHER),
        (save(make_scene(), "TIFF"), Refusal.OTHER),
        (b"PK\x03\x04" + b"x" * 100, Refusal.OTHER),
        (b"<!doctype html><script>alert(1)</script>", Refusal.OTHER),
        (b"MZ" + b"\x90" * 400, Refusal.OTHER),
        (b"\xff\xd8\xff", Refusal.DAMAGED),
        (b"\x89PNG\r\n\x1a\n", Refusal.DAMAGED),
        (b"RIFF\x10\x00\x00\x00WEBPVP8 ", Refusal.DAMAGED),
    ],
    ids=lambda value: value if isinstance(value, Refusal) else str(len(value)),
)
def test_what_is_no_picture_of_ours_is_refused_in_words(content, refusal):
    assert find_refusal(content) is refusal


def test_jpeg_may_have_more_pixels_than_what_is_decoded_whole():
    assert look_at(save(make_scene(64, 64).resize((7000, 7000)), "JPEG", quality=20)) == "JPEG"
    assert find_refusal(make_bomb(7000)) is Refusal.TOO_MANY_PIXELS


def test_every_refusal_has_a_sentence():
    assert set(TEXTS) == set(Refusal)


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
def test_broken_files_are_made_or_refused_whatever_breaks(kind):
    chance = random.Random(f"broken {kind}")
    whole = save(make_scene(200, 150), kind)
    outcomes = set()

    for _ in range(300):
        broken = bytearray(whole)
        for _ in range(chance.randint(1, 12)):
            broken[chance.randrange(len(broken) if chance.random() < 0.5 else 120)] = chance.randrange(256)
        del broken[chance.randint(20, len(broken)) :]
        try:
            outcomes.add(make_pictures(bytes(broken), SMALL)[0].name)
        except PictureRefused as refused:
            outcomes.add(refused.refusal)

    assert Refusal.DAMAGED in outcomes


def test_photo_that_was_cut_off_is_damaged():
    content = make_photo(800, 600)

    with pytest.raises(PictureRefused) as refused:
        make_pictures(content[: len(content) // 2], SMALL)

    assert refused.value.refusal is Refusal.DAMAGED


def test_bomb_is_refused_before_it_is_decoded():
    with pytest.raises(PictureRefused) as refused:
        make_pictures(make_bomb(), SMALL)

    assert refused.value.refusal is Refusal.TOO_MANY_PIXELS
