from __future__ import annotations

import hashlib
import random
import zipfile
from io import BytesIO

import pytest
from PIL import Image, ImageDraw

from files.engine import Shape, Target, make_pictures
from kernel.colors import get_contrast
from tests.factories.pictures import make_photo, make_profile, make_scene, open_made, save

WHOLE = Target(Shape.WHOLE, (160, 480, 960))
SQUARE = Target(Shape.SQUARE, (96, 192))
TILE = Target(Shape.TILE, (96, 192), png_widths=(192,))


def list_names(content: bytes, target: Target) -> list[tuple[str, int, int]]:
    return [(each.name, each.width, each.height) for each in make_pictures(content, target)]


def make_one(picture: Image.Image, kind: str = "PNG", target: Target = WHOLE, **options) -> Image.Image:
    return open_made(make_pictures(save(picture, kind, **options), target)[-1].content)


def is_near(one: tuple[int, ...], other: tuple[int, ...], most: int = 12) -> bool:
    return all(abs(a - b) <= most for a, b in zip(one, other, strict=True))


def test_photo_of_a_phone_is_upright_and_says_nothing_of_where_it_was_taken():
    content = make_photo()
    assert b"Exif" in content
    assert b"Fairphone" in content

    made = make_pictures(content, WHOLE)

    assert [(each.name, each.width, each.height) for each in made] == [
        ("160.webp", 160, 213), ("480.webp", 480, 640), ("960.webp", 960, 1280),
    ]  # fmt: skip
    for each in made:
        picture = open_made(each.content)
        assert (picture.format, picture.size) == ("WEBP", (each.width, each.height))
        assert (dict(picture.getexif()), set(picture.info) & {"exif", "xmp", "icc_profile"}) == ({}, set())
        assert not any(mark in each.content for mark in (b"EXIF", b"Exif", b"XMP ", b"ICCP", b"Fairphone"))
        assert each.sha256 == hashlib.sha256(each.content).hexdigest()


@pytest.mark.parametrize("orientation", range(1, 9))
def test_picture_stands_upright_however_the_camera_was_held(orientation):
    upright = Image.new("RGB", (80, 60), "white")
    upright.paste("red", (0, 0, 40, 30))
    back = {
        1: None, 2: Image.Transpose.FLIP_LEFT_RIGHT, 3: Image.Transpose.ROTATE_180,
        4: Image.Transpose.FLIP_TOP_BOTTOM, 5: Image.Transpose.TRANSPOSE, 6: Image.Transpose.ROTATE_90,
        7: Image.Transpose.TRANSVERSE, 8: Image.Transpose.ROTATE_270,
    }[orientation]  # fmt: skip
    exif = Image.Exif()
    exif[0x0112] = orientation
    held = upright if back is None else upright.transpose(back)

    picture = make_one(held, "JPEG", exif=exif, quality=95)

    assert picture.size == (80, 60)
    assert is_near(picture.getpixel((10, 10)), (255, 0, 0), 40)
    assert is_near(picture.getpixel((70, 50)), (255, 255, 255), 40)


def test_what_hides_behind_a_picture_is_gone():
    archive = BytesIO()
    with zipfile.ZipFile(archive, "w") as zipped:
        zipped.writestr("index.html", "<script>alert(1)</script>")
    content = save(make_scene(), "JPEG", comment=b"<script>alert(2)</script>")
    content += b"<!doctype html><script>alert(3)</script>" + archive.getvalue()
    assert zipfile.is_zipfile(BytesIO(content))

    made = make_pictures(content, WHOLE)

    assert not any(mark in each.content for each in made for mark in (b"script", b"PK\x03\x04", b"html"))


@pytest.mark.parametrize(
    ("mode", "kind"),
    [
        ("RGB", "JPEG"), ("L", "JPEG"), ("CMYK", "JPEG"),
        ("RGB", "PNG"), ("RGBA", "PNG"), ("L", "PNG"), ("LA", "PNG"), ("P", "PNG"), ("1", "PNG"), ("I;16", "PNG"),
        ("RGB", "WEBP"), ("RGBA", "WEBP"),
    ],
)  # fmt: skip
def test_every_kind_of_pixel_becomes_one_that_browsers_show(mode, kind):
    scene = make_scene(640, 480, "L" if mode == "I;16" else "RGB")
    deep = mode == "I;16"
    picture = scene.convert("I").point(lambda value: value * 257).convert("I;16") if deep else scene.convert(mode)

    made = make_one(picture, kind)

    assert made.size == (640, 480)
    # The corners keep their light: nothing is black, inverted or washed out.
    gray, wanted = made.convert("L"), scene.convert("L")
    for corner in ((5, 5), (634, 5), (5, 474), (634, 474)):
        if mode != "1":
            assert abs(gray.getpixel(corner) - wanted.getpixel(corner)) < 30


def test_palette_with_a_transparent_color_stays_transparent():
    picture = Image.new("P", (64, 64), 0)
    picture.putpalette([255, 0, 255, 0, 128, 0])
    picture.paste(1, (16, 16, 48, 48))

    made = make_one(picture, transparency=0)

    assert made.mode == "RGBA"
    assert (made.getpixel((2, 2))[3], made.getpixel((32, 32))[3]) == (0, 255)


def test_first_picture_of_an_animation_is_taken():
    frames = [Image.new("RGB", (64, 64), color) for color in ("red", "green", "blue")]

    made = make_one(frames[0], "WEBP", save_all=True, append_images=frames[1:], duration=100)

    assert (getattr(made, "n_frames", 1), is_near(made.getpixel((30, 30)), (255, 0, 0))) == (1, True)


def test_colors_of_another_profile_become_those_of_a_screen():
    made = make_one(make_scene(), "PNG", icc_profile=make_profile())

    assert is_near(made.getpixel((320, 240)), make_scene().getpixel((320, 240)))


def test_profile_that_nobody_can_read_changes_nothing():
    made = make_one(make_scene(), "PNG", icc_profile=b"no profile")

    assert is_near(made.getpixel((320, 240)), make_scene().getpixel((320, 240)))


def test_nothing_is_enlarged():
    assert list_names(save(make_scene(500, 400), "PNG"), WHOLE) == [
        ("160.webp", 160, 128), ("480.webp", 480, 384), ("500.webp", 500, 400),
    ]  # fmt: skip
    assert list_names(save(make_scene(40, 40), "PNG"), WHOLE) == [("40.webp", 40, 40)]
    assert list_names(save(make_scene(480, 400), "PNG"), WHOLE) == [("160.webp", 160, 133), ("480.webp", 480, 400)]


def test_face_is_cut_to_a_square_with_its_upper_part():
    portrait = Image.new("RGB", (300, 600), "blue")
    portrait.paste("red", (0, 0, 300, 200))

    made = make_one(portrait, target=SQUARE)

    assert made.size == (192, 192)
    assert is_near(made.getpixel((96, 10)), (255, 0, 0), 40)
    assert is_near(made.getpixel((96, 180)), (0, 0, 255), 40)


def test_landscape_is_cut_in_its_middle():
    wide = Image.new("RGB", (900, 300), "blue")
    wide.paste("red", (300, 0, 600, 300))

    made = make_one(wide, target=SQUARE)

    assert [is_near(made.getpixel((x, 96)), (255, 0, 0), 40) for x in (6, 96, 185)] == [True, True, True]


def make_word(color: str, ground: str | None, size: tuple[int, int] = (800, 200)) -> Image.Image:
    picture = Image.new("RGB" if ground else "RGBA", size, ground or (0, 0, 0, 0))
    ImageDraw.Draw(picture).rectangle((100, 60, size[0] - 100, size[1] - 60), fill=color)
    return picture


@pytest.mark.parametrize(
    ("color", "ground", "tile"),
    [
        ("black", None, (255, 255, 255)),
        ("white", None, (16, 23, 32)),
        ("#ffd400", None, (16, 23, 32)),
        ("#7c2d12", None, (255, 255, 255)),
        ("black", "#ffd400", (255, 212, 0)),
        ("white", "#7c2d12", (124, 45, 18)),
    ],
)
def test_logo_is_whole_on_a_square_on_which_it_is_seen(color, ground, tile):
    made = make_pictures(save(make_word(color, ground), "PNG"), TILE)

    assert [(each.name, each.width, each.height) for each in made] == [
        ("96.webp", 96, 96), ("192.webp", 192, 192), ("192.png", 192, 192),
    ]  # fmt: skip
    png = open_made(made[-1].content)
    assert (png.format, png.mode) == ("PNG", "RGB")
    for corner in ((2, 2), (189, 2), (2, 189), (189, 189)):
        assert is_near(png.getpixel(corner), tile)
    assert not is_near(png.getpixel((96, 96)), tile, 60)


def test_500_random_logos_are_seen_on_their_squares():
    """By 3:1 at least, what WCAG 2.2 asks of graphics (1.4.11)."""
    chance = random.Random("500 logos")
    worst = 21.0
    for _ in range(500):
        color = f"#{chance.randrange(0x1000000):06x}"
        logo = Image.new("RGBA", (64, 64), (0, 0, 0, 0))
        ImageDraw.Draw(logo).ellipse((8, 8, 56, 56), fill=color)

        png = open_made(make_pictures(save(logo, "PNG"), Target(Shape.TILE, (), (64,)))[0].content)

        tile, seen = ("#{:02x}{:02x}{:02x}".format(*png.getpixel(at)) for at in ((1, 1), (32, 32)))
        assert tile in {"#ffffff", "#101720"}, color
        worst = min(worst, get_contrast(tile, seen))
    assert worst >= 3


def test_logo_without_anything_in_it_is_a_white_square():
    made = make_one(Image.new("RGBA", (64, 64), (0, 0, 0, 0)), target=TILE)

    assert made.getpixel((30, 30)) == (255, 255, 255)


def test_square_logo_keeps_its_pixels():
    made = make_one(make_scene(400, 400), target=TILE)

    assert is_near(made.getpixel((96, 96)), make_scene(192, 192).getpixel((96, 96)), 25)
