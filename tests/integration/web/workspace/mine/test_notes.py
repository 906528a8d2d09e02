"""Notes and photos from the phone and the desk's panel: kept once, seen by the team, refused with what was typed."""

from __future__ import annotations

import json
from urllib.parse import urlsplit

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.models import User
from files.models import StoredFile
from files.services.rendering import render_file
from kernel.clock import utc_now
from scheduling.models import Booking, VisitNote, VisitPhoto
from scheduling.selectors.bookings.views import get_booking
from scheduling.services.messages.manage_tokens import make_manage_token, make_manage_url
from tests.factories.pictures import make_scene, save
from tests.integration.web.workspace.mine.test_mine import FRAGMENT, provider, visits
from tests.integration.web.workspace.test_board import day_of
from verticals.registry import get_vertical

__all__ = ["provider", "visits"]
PICTURE = save(make_scene(64, 64), "PNG")


def send(client, booking_id: int, *, photo: bytes | None = None, fragment: bool = False, **data):
    if photo is not None:
        data["photo"] = SimpleUploadedFile("foto.png", photo)
    extra = FRAGMENT if fragment else {}
    return client.post(f"/workspace/bookings/{booking_id}/notes/?lang=es", data, **extra)


def list_all() -> tuple[list[tuple[str, bool]], int]:
    return list(VisitNote.objects.values_list("text", "is_pinned")), VisitPhoto.objects.count()


def test_mechanic_writes_and_takes_a_photo_and_the_desk_sees_both(provider, visits, owner_client):
    mine = visits[0]

    answer = send(provider, mine, photo=PICTURE, text="Faltó\nuna pieza", is_pinned="on", **{"from": "mine"})

    assert (answer.status_code, answer.url) == (302, f"/workspace/bookings/{mine}/notes/?from=mine")
    assert list_all() == ([("Faltó\nuna pieza", True)], 1)
    waiting = provider.get(answer.url).content.decode()
    assert "La imagen se está preparando" in waiting
    assert 'hx-trigger="load delay:2s"' in waiting
    assert f'href="/workspace/mine/?date={day_of(mine)}"' in waiting
    render_file(StoredFile.objects.get().pk, utc_now())
    panel = owner_client.get(f"/workspace/bookings/{mine}/?lang=es", **FRAGMENT).content.decode()
    assert panel.count("Faltó<br>una pieza") == 2
    assert "Foto 1 del equipo" in panel
    src = panel.partition('srcset="')[2].partition(" ")[0]
    assert owner_client.get(src).headers["Content-Type"] == "image/webp"
    card = provider.get(f"/workspace/mine/?date={day_of(mine)}&lang=es")
    assert card.context["day"].cards[0].kept == 2
    assert "Faltó<br>una pieza" in card.content.decode()


def test_page_of_the_customer_shows_neither(provider, visits, customer_client):
    send(provider, visits[0], photo=PICTURE, text="Solo para el equipo")
    render_file(StoredFile.objects.get().pk, utc_now())
    url = make_manage_url(make_manage_token(get_booking(booking_id=visits[0])))

    page = customer_client.get(f"{urlsplit(url).path}?lang=es")

    assert page.status_code == 200
    assert "Solo para el equipo" not in page.content.decode()
    assert page.content.decode().count("/photos/") == 0


def test_visit_of_somebody_else_does_not_exist(provider, visits):
    other = visits[1]

    assert provider.get(f"/workspace/bookings/{other}/notes/").status_code == 404
    assert send(provider, other, photo=PICTURE, text="x").status_code == 404
    note = VisitNote.objects.create(booking_id=other, text="Suya", written_at=utc_now())
    for name in ("pin", "remove", "remove_photo"):
        assert send(provider, other, **{name: note.pk}).status_code == 404
    assert list_all() == ([("Suya", False)], 0)


def test_who_only_reads_may_not_write(staff_client, visits):
    reader = staff_client("read_only")

    assert send(reader, visits[0], text="x").status_code == 403
    panel = reader.get(f"/workspace/bookings/{visits[0]}/", **FRAGMENT).content.decode()
    assert 'id="do-note"' not in panel
    assert list_all() == ([], 0)


def test_provider_reads_in_the_panel_of_others_but_gets_no_button(provider, visits):
    VisitNote.objects.create(booking_id=visits[1], text="Suya", written_at=utc_now())

    panel = provider.get(f"/workspace/bookings/{visits[1]}/", **FRAGMENT).content.decode()

    assert "Suya" in panel
    assert f"/workspace/bookings/{visits[1]}/notes/" not in panel


@pytest.mark.parametrize(
    ("photo", "text", "said"),
    [
        (b"%PDF-1.7", "Se queda", "JPEG"),
        (b"", "Se queda", ""),
        (None, "", "Escribe algo o toma una foto"),
        (None, "x" * 10_000, "caracteres"),
        (PICTURE, "x" * 10_000, "caracteres"),
    ],
)
def test_what_cannot_be_is_said_and_what_was_typed_stays(provider, visits, photo, text, said):
    answer = send(provider, visits[0], photo=photo, text=text)

    page = answer.content.decode()
    assert 400 <= answer.status_code < 500
    assert said in page
    assert text in page
    assert list_all() == ([], 0)


def test_photo_that_is_too_large_is_not_read(provider, visits, monkeypatch):
    monkeypatch.setattr("web.workspace.bookings.alongside.views.LARGEST_UPLOAD_BYTES", 10)

    answer = send(provider, visits[0], photo=PICTURE, text="Se queda")

    assert "Se queda" in answer.content.decode()
    assert "15 MB" in answer.content.decode()
    assert (400 <= answer.status_code < 500, list_all()) == (True, ([], 0))


def test_eleventh_photo_is_refused(provider, visits):
    for position in range(5, 15):
        VisitPhoto.objects.create(
            booking_id=visits[0], run_hash="x", position=position, created_at=utc_now(), is_from_staff=True
        )

    page = provider.get(f"/workspace/bookings/{visits[0]}/notes/").content.decode()
    answer = send(provider, visits[0], photo=PICTURE, text="Se queda")

    assert 'type="file"' not in page
    assert (answer.status_code, VisitPhoto.objects.count()) == (409, 10)
    assert "Se queda" in answer.content.decode()


def test_trade_without_photos_asks_for_none(provider, visits, monkeypatch):
    pack = get_vertical("salon")
    monkeypatch.setattr("web.workspace.bookings.working.notes.get_vertical", lambda _key: pack)
    monkeypatch.setattr("scheduling.services.aftercare.work_photos.get_vertical", lambda _key: pack)

    page = provider.get(f"/workspace/bookings/{visits[0]}/notes/").content.decode()
    answer = send(provider, visits[0], photo=PICTURE)

    assert 'type="file"' not in page
    assert (answer.status_code, list_all()) == (422, ([], 0))


def test_desk_writes_pins_and_removes_in_the_panel(owner_client, visits):
    booking_id = visits[1]
    wrong = send(owner_client, booking_id, fragment=True, text="")
    assert (wrong.status_code, 'id="do-note" open' in wrong.content.decode()) == (422, True)

    made = send(owner_client, booking_id, fragment=True, text="Trae silla")
    note = VisitNote.objects.get()
    pinned = send(owner_client, booking_id, fragment=True, pin=note.pk)
    assert list_all() == ([("Trae silla", True)], 0)
    unpinned = send(owner_client, booking_id, fragment=True, unpin=note.pk)
    assert list_all() == ([("Trae silla", False)], 0)
    gone = send(owner_client, booking_id, fragment=True, remove=note.pk)

    assert list_all() == ([], 0)
    answers = (made, pinned, unpinned, gone)
    assert all(b'id="booking"' in each.content and b"<html" not in each.content for each in answers)
    said = [json.loads(each.headers["HX-Trigger"])["turnero:toast"]["title"] for each in answers]
    assert said == ["Nota guardada", "Nota fijada", "La nota ya no está fijada", "Nota quitada"]


def test_panel_without_script_leads_back_to_the_booking(owner_client, visits):
    page = f"/workspace/bookings/{visits[0]}/"

    assert send(owner_client, visits[0], text="Hola", next=page).url == page


def test_provider_removes_own_things_alone(provider, visits):
    user = User.objects.get(email="provider@taller.example")
    send(provider, visits[0], photo=PICTURE, text="Mía")
    theirs = VisitNote.objects.create(booking_id=visits[0], text="De otro", written_at=utc_now())
    mine, photo = VisitNote.objects.get(user=user), VisitPhoto.objects.get(user=user)

    page = provider.get(f"/workspace/bookings/{visits[0]}/notes/").content.decode()
    refused = send(provider, visits[0], remove=theirs.pk)
    refused_in_panel = send(provider, visits[0], fragment=True, remove=theirs.pk)
    done = [send(provider, visits[0], remove=mine.pk), send(provider, visits[0], remove_photo=photo.pk)]

    assert page.count('name="remove"') == 1
    assert [refused.status_code, refused_in_panel.status_code] == [403, 403]
    assert "Lo agregó otra persona" in refused.content.decode()
    assert [each.status_code for each in done] == [302, 302]
    assert list_all() == ([("De otro", False)], 0)


def test_broken_photo_says_so_and_can_be_removed(provider, visits):
    send(provider, visits[0], photo=PICTURE)
    row = StoredFile.objects.get()
    StoredFile.objects.filter(pk=row.pk).update(incoming=PICTURE[:60])
    render_file(row.pk, utc_now())

    page = provider.get(f"/workspace/bookings/{visits[0]}/notes/?lang=es").content.decode()

    assert "note bad" in page
    assert "La imagen se está preparando" not in page
    send(provider, visits[0], remove_photo=VisitPhoto.objects.get().pk)
    assert list_all() == ([], 0)


@pytest.mark.parametrize("count", [1, 3])
def test_page_and_panel_take_as_many_queries_however_much_there_is(owner_client, visits, count):
    for number in range(count):
        send(owner_client, visits[0], photo=PICTURE, text=f"Nota {number}")
    for row in StoredFile.objects.all():
        render_file(row.pk, utc_now())
    asked = []
    for path in (f"/workspace/bookings/{visits[0]}/notes/", f"/workspace/bookings/{visits[0]}/"):
        owner_client.get(path)
        with CaptureQueriesContext(connection) as found:
            owner_client.get(path)
        asked.append(len([each for each in found if "stored" in each["sql"] or "visit" in each["sql"]]))

    assert asked == [4, 4]


def test_note_of_what_is_only_held_is_refused(owner_client, visits):
    Booking.objects.filter(pk=visits[0]).update(status="expired", is_active=False)

    answer = send(owner_client, visits[0], text="Se queda")

    assert (answer.status_code, list_all()) == (409, ([], 0))
