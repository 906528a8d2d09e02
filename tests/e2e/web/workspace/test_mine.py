"""One's own day on the phone: by touch and by keyboard, live on the board, and whole in every size."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

from accounts.models import User
from files.models import StoredFile
from files.services.rendering import render_file
from kernel.clock import utc_now
from scheduling.models import Allocation, Booking, ConversationLine, Resource, VisitNote, VisitPhoto
from tenants.context import tenant_scope
from tests.e2e.sight import PHONE, check_everywhere
from tests.e2e.web.workspace.conftest import wait_until_live
from tests.e2e.web.workspace.test_board import book_at
from tests.factories.pictures import make_scene, save

pytestmark = [pytest.mark.e2e, pytest.mark.usefixtures("unblocked")]
TOUCH = {"viewport": PHONE, "has_touch": True, "is_mobile": True}


@pytest.fixture
def mechanic(houses):
    """A visit that is given to whoever signs in, who is a provider meanwhile."""
    booking_id, on = book_at(houses[0], "Mónica Prieto")
    with tenant_scope(houses[0]):
        row = Allocation.objects.get(booking_id=booking_id, resource__resource_type__is_person=True)
        owner = User.objects.get(role="owner")
        Resource.objects.filter(pk=row.resource_id).update(user=owner)
        User.objects.filter(pk=owner.pk).update(role="provider")
    yield booking_id, on
    with tenant_scope(houses[0]):
        Booking.objects.update(pause_state="", paused_at=None)
        VisitNote.objects.all().delete()
        VisitPhoto.objects.all().delete()
        Resource.objects.filter(user=owner).update(user=None)
        User.objects.filter(pk=owner.pk).update(role="owner")


def read(house, booking_id: int) -> tuple[str, str, int]:
    with tenant_scope(house):
        return Booking.objects.values_list("status", "pause_state", "late_minutes").get(pk=booking_id)


def test_a_thumb_does_the_work_and_the_board_shows_it(houses, open_workspace, mechanic):
    booking_id, on = mechanic
    phone = open_workspace(houses[0], f"/workspace/mine/?date={on}&lang=es", **TOUCH)
    board = open_workspace(houses[0], f"/workspace/?date={on}&who=all&type=all&lang=es")
    wait_until_live(board)
    expect(phone.locator("#live.is-on")).to_be_attached()
    card = phone.locator(f"#v{booking_id}")
    visit = board.locator(f"[data-booking='{booking_id}']").first
    expect(phone.locator(".tab[aria-current=page]")).to_have_text("Mi día")
    expect(card.locator("a[href^='tel:']")).to_be_visible()

    for button, badge in (("Empezar", "En curso"), ("Pausar", "Pausada"), ("Continuar", "En curso")):
        card.get_by_role("button", name=button).first.tap()
        expect(card.locator(".badge")).to_contain_text(badge)
        expect(visit.locator(".state .word")).to_contain_text(badge)
    card.get_by_role("button", name="20 min tarde").tap()
    expect(card.locator(".note.warn")).to_contain_text("20 min")
    expect(visit.locator(".lateness")).to_contain_text("20")
    card.get_by_text("Por qué espera").tap()
    card.get_by_role("button", name="En espera de piezas").tap()
    expect(visit.locator(".state .word")).to_contain_text("En espera de piezas")
    card.get_by_role("button", name="Terminar").tap()
    expect(phone.locator(".mine-done")).to_be_visible()

    assert read(houses[0], booking_id) == ("completed", "", 20)
    with tenant_scope(houses[0]):
        assert ConversationLine.objects.filter(booking_id=booking_id, author="staff").count() == 1


def test_keyboard_does_it_too_and_another_time_takes_a_line(houses, open_workspace, mechanic):
    booking_id, on = mechanic
    page = open_workspace(houses[0], f"/workspace/mine/?date={on}&lang=es")
    card = page.locator(f"#v{booking_id}")
    expect(page.locator("#live.is-on")).to_be_attached()
    card.get_by_role("button", name="Empezar").focus()
    page.keyboard.press("Enter")
    expect(card.locator(".badge")).to_contain_text("En curso")
    card.get_by_role("link", name="Otro tiempo").focus()
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile(r"/late/"))
    found = check_everywhere(page)
    page.get_by_label("45 min").focus()
    page.keyboard.press("Space")
    page.locator("[name=line]").fill("Faltó una pieza")
    page.keyboard.press("Enter")
    expect(card.locator(".note.warn")).to_contain_text("45 min")

    assert found == []
    assert check_everywhere(page) == []
    assert read(houses[0], booking_id) == ("in_progress", "", 45)


def test_note_and_photo_from_the_phone_are_in_the_panel_of_the_desk(houses, open_workspace, mechanic):
    booking_id, on = mechanic
    phone = open_workspace(houses[0], f"/workspace/mine/?date={on}&lang=es", **TOUCH)
    phone.locator(f"#notes-{booking_id}").tap()
    expect(phone).to_have_url(re.compile(r"/notes/\?from=mine"))
    phone.get_by_label("Nueva nota").fill("La banda está gastada")
    phone.get_by_label("Fijarla").check()
    photo = {"name": "banda.png", "mimeType": "image/png", "buffer": save(make_scene(320, 240), "PNG")}
    phone.get_by_label("Foto", exact=True).set_input_files(photo)
    phone.get_by_role("button", name="Guardar").tap()

    expect(phone.locator("#notes-title")).to_be_visible()
    expect(phone.get_by_text("La imagen se está preparando")).to_be_visible()
    assert check_everywhere(phone) == []
    with tenant_scope(houses[0]):
        render_file(StoredFile.objects.get(kind="work_photo").pk, utc_now())
    expect(phone.locator("#photos img")).to_be_visible()
    assert check_everywhere(phone) == []
    with tenant_scope(houses[0]):
        User.objects.filter(role="provider").update(role="owner")
    board = open_workspace(houses[0], f"/workspace/?date={on}&who=all&type=all&lang=es")
    wait_until_live(board)
    board.locator(f"a[data-booking='{booking_id}']").first.click()
    panel = board.locator("#booking")
    expect(panel.locator(".note.warn").get_by_text("La banda está gastada")).to_be_visible()
    expect(panel.get_by_alt_text("Foto 1 del equipo")).to_be_visible()
    for name in ("#do-late", "#do-note"):
        panel.locator(f"{name} summary").focus()
        board.keyboard.press("Enter")
        expect(panel.locator(f"{name}[open]")).to_be_attached()
    assert check_everywhere(board) == []
    panel.get_by_label("Nueva nota").fill("Pedir la banda")
    panel.locator("#do-note").get_by_role("button", name="Guardar").click()
    expect(panel.locator(".log").get_by_text("Pedir la banda", exact=True)).to_be_visible()

    with tenant_scope(houses[0]):
        assert list(VisitNote.objects.filter(booking_id=booking_id).values_list("text", "is_pinned")) == [
            ("La banda está gastada", True),
            ("Pedir la banda", False),
        ]


def test_board_of_who_was_signed_out_leads_to_the_sign_in_page_and_keeps_what_was_typed(
    houses, open_workspace, mechanic
):
    booking_id, on = mechanic
    with tenant_scope(houses[0]):
        User.objects.filter(role="provider").update(role="owner")
    board = open_workspace(houses[0], f"/workspace/?date={on}&who=all&type=all&lang=es", forgives="401")
    board.locator(f"a[data-booking='{booking_id}']").first.click()
    panel = board.locator("#booking")
    panel.locator("#do-note summary").click()
    panel.get_by_label("Nueva nota").fill("Sigue aquí")
    board.context.clear_cookies(name=re.compile("session"))

    panel.locator("#do-note").get_by_role("button", name="Guardar").click()

    notice = board.locator(".toast.bad")
    expect(notice).to_contain_text("Tu sesión se cerró")
    expect(panel.get_by_label("Nueva nota")).to_have_value("Sigue aquí")
    expect(board.locator("#panel form[action*='login']")).to_have_count(0)
    notice.get_by_role("link", name="Iniciar sesión").click()
    expect(board).to_have_url(re.compile(r"/accounts/login/\?next="))
    expect(board.locator("#board")).to_have_count(0)
    with tenant_scope(houses[0]):
        assert not VisitNote.objects.filter(text="Sigue aquí").exists()
