"""The poster and its QR code: what people wrote is data, whatever it looks like."""

from __future__ import annotations

import io
from collections.abc import Iterator
from dataclasses import replace

import pytest
import segno
from PIL import Image

from accounts.models import User
from devtools.scratch.browser import HostClient
from files.errors import StorageAway
from scheduling.models import Location
from scheduling.selectors.catalog.services import list_locations
from tenants.models import Tenant
from tenants.selectors.resolution import forget_tenants
from tests.factories.pictures import make_scene, save
from tests.fakes.due_work import perform_all
from tests.integration.files.conftest import folder  # noqa: F401 - a fixture
from web.paper.typesetting import make_printable
from web.workspace.start.poster.poster import Poster

POSTER = "/workspace/page/poster.pdf?paper=a4&language=es"
SIZES = {"a4": (595, 842), "letter": (612, 792)}
NAMES = {
    "code": '#import "x": * \\ $a$ *b* _c_ <d> @e [f] {g} `h` // #panic("x")',
    "file": '#read("/etc/passwd") #image("../urls.py")',
    "long": "Centro de Servicio Automotriz, Hojalatería y Pintura Hermanos González Hernández de la Del Valle",
    "one word": "A" * 120,
    "emoji": "Salón 💅🏽✨ Bella",
    "right to left": "صالون الجمال",
    "other letters": "美容院 Ναός",
    "nothing left": "💅",
    "quotes": 'Rosa\'s "Salón" & Spa\n\t',
}


@pytest.fixture(autouse=True)
def forgotten() -> Iterator[None]:
    yield
    forget_tenants()


def read_box(pdf: bytes) -> tuple[int, int]:
    """Return width and height of the first page in points, by what Chromium and every reader goes by."""
    head = pdf[pdf.index(b"/MediaBox") :]
    left, bottom, right, top = (float(each) for each in head[head.index(b"[") + 1 : head.index(b"]")].split())
    return round(right - left), round(top - bottom)


@pytest.mark.parametrize("language", ["es", "en"])
@pytest.mark.parametrize("paper", SIZES)
def test_poster_is_one_page_of_its_size(owner_client, paper, language):
    answer = owner_client.get(f"/workspace/page/poster.pdf?paper={paper}&language={language}")

    pdf = answer.content
    assert (answer.status_code, answer["Content-Type"], pdf[:5]) == (200, "application/pdf", b"%PDF-")
    assert (read_box(pdf), pdf.count(b"/MediaBox")) == (SIZES[paper], 1)
    assert answer["Content-Disposition"] == f'inline; filename="taller-poster-{paper}.pdf"'
    assert (answer["Cache-Control"], answer["X-Content-Type-Options"]) == ("private, no-store", "nosniff")


@pytest.mark.parametrize("query", ["paper=a3", "language=fr", "paper=", "paper=../a4", "language=es%00"])
def test_poster_of_unknown_paper_or_language_is_not_found(owner_client, query):
    assert owner_client.get(f"/workspace/page/poster.pdf?{query}").status_code == 404


@pytest.mark.parametrize("name", NAMES.values(), ids=NAMES)
def test_poster_takes_any_name_as_text(tenant, name):
    place = replace(list_locations()[0], address=name, phone="+525512345678")

    pdf = Poster(tenant=replace(tenant, name=name), place=place).make_pdf(paper="a4", language="es")

    assert (read_box(pdf), pdf.count(b"/MediaBox")) == (SIZES["a4"], 1)


@pytest.mark.usefixtures("folder")
def test_poster_shows_the_logo_and_initials_while_its_store_is_away(tenant, owner_client, monkeypatch):
    plain = owner_client.get(POSTER).content
    sent = io.BytesIO(save(make_scene(300, 300), "PNG"))
    sent.name = "logo.png"
    owner_client.post("/workspace/pictures/logo/0/", {"picture": sent})
    perform_all(tenant.schema_name, "file")
    forget_tenants()

    shown = owner_client.get(POSTER).content
    monkeypatch.setattr("web.workspace.start.poster.views.read_public", refuse)
    away = owner_client.get(POSTER).content

    assert [each.count(b"/Subtype/Image") > 0 for each in (plain, shown, away)] == [False, True, False]


def refuse(*_: object) -> None:
    raise StorageAway


def test_poster_has_no_place_to_need(tenant):
    assert Poster(tenant=tenant, place=None).make_pdf(paper="letter", language="en").startswith(b"%PDF-")


@pytest.mark.parametrize(
    ("typed", "drawn"),
    [
        ("Salón 💅🏽✨ Bella", "Salón Bella"),
        ("Taller ®°", "Taller ®°"),
        ("a\tb\n c", "a b c"),
        ("A" * 30, "\u200b".join(["A" * 14, "A" * 14, "A" * 2])),
        ("Electromecánica", "Electromecánica"),
        ("💅", ""),
        ("\u202e001$\u202c \u2067x\u2069\x00\x1b", "001$ x"),
    ],
)
def test_printable_text_has_what_fonts_have(typed, drawn):
    assert make_printable(typed) == drawn


def test_code_leads_to_the_booking_page(tenant, owner_client):
    answer = owner_client.get("/workspace/page/qr/png/?download=1")

    image = Image.open(io.BytesIO(answer.content)).convert("1")
    expected = segno.make(f"http://{tenant.primary_host}", error="q", micro=False)
    rows = [bytes(row) for row in expected.matrix]
    side, quiet = len(rows), 4
    scale = image.size[0] // (side + 2 * quiet)
    seen = [
        bytes(
            not image.getpixel(((column + quiet) * scale + scale // 2, (row + quiet) * scale + scale // 2))
            for column in range(side)
        )
        for row in range(side)
    ]
    assert seen == [bytes(bool(module) for module in row) for row in rows]
    assert answer["Content-Disposition"] == 'attachment; filename="taller-qr.png"'


def test_code_is_a_drawing_too(owner_client):
    answer = owner_client.get("/workspace/page/qr/svg/")

    assert (answer.status_code, answer["Content-Type"], answer.content[:4]) == (200, "image/svg+xml", b"<svg")
    assert b"<script" not in answer.content
    assert owner_client.get("/workspace/page/qr/gif/").status_code == 404


@pytest.mark.parametrize("path", ["poster.pdf", "qr/svg/", "qr/png/"])
@pytest.mark.parametrize("role", ["receptionist", "provider", "read_only"])
def test_poster_is_for_those_who_run_the_business(tenant, role, path):
    client = HostClient(tenant.primary_host)
    client.force_login(User.objects.create(email=f"new-{role}@taller.example", name="Rita", role=role))

    assert client.get(f"/workspace/page/{path}").status_code == 403


def test_poster_says_what_this_business_is(tenant, other_tenant, owner_client):
    mine = owner_client.get("/workspace/page/qr/svg/").content
    place = Location.objects.first()
    Location.objects.filter(pk=place.pk).update(address="Otra calle 1")
    before = owner_client.get("/workspace/page/poster.pdf").content
    Tenant.objects.filter(pk=tenant.id).update(accent="#ffe600", name="Otro nombre")
    forget_tenants()

    after = owner_client.get("/workspace/page/poster.pdf").content

    theirs = Poster(tenant=other_tenant, place=None).make_code("svg")
    assert (mine == theirs, before == after) == (False, False)
