"""Pauses and delays from the desk's panel: the services of the phone, whoever does the work."""

from __future__ import annotations

import json
import re

import pytest

from scheduling.models import Booking, ConversationLine
from tests.integration.web.workspace.conftest import book
from verticals.registry import get_vertical

FRAGMENT = {"headers": {"HX-Request": "true"}}


@pytest.fixture
def running(owner_client) -> int:
    booking_id = book("Cliente 0").booking_id
    for key in ("arrive", "start"):
        owner_client.post(f"/workspace/bookings/{booking_id}/{key}/")
    return booking_id


def post(client, booking_id: int, key: str, **data):
    return client.post(f"/workspace/bookings/{booking_id}/{key}/?lang=es", data, **FRAGMENT)


def read(booking_id: int) -> dict[str, object]:
    return Booking.objects.values("status", "pause_state", "late_minutes").get(pk=booking_id)


def say(answer) -> str:
    return json.loads(answer.headers["HX-Trigger"])["turnero:toast"]["title"]


def test_desk_pauses_says_why_and_goes_on(owner_client, running):
    panel = owner_client.get(f"/workspace/bookings/{running}/?lang=es", **FRAGMENT).content.decode()
    assert 'id="do-pause"' in panel
    answers, states = [], []
    for key, data in (("pause", {}), ("pause", {"state": "waiting_parts"}), ("resume", {}), ("resume", {})):
        answers.append(post(owner_client, running, key, **data))
        states.append(read(running)["pause_state"])

    assert states == ["paused", "waiting_parts", "", ""]
    assert "Continuar" in answers[1].content.decode()
    assert "En espera de piezas" in answers[1].content.decode()
    undo = json.loads(answers[0].headers["HX-Trigger"])["turnero:toast"]["undo"]
    assert undo["url"] == f"/workspace/bookings/{running}/resume/"
    assert 'action="/workspace/bookings/' + f'{running}/resume/"' not in answers[2].content.decode()


def test_pause_that_cannot_be_says_why_and_changes_nothing(owner_client, running):
    wrong = post(owner_client, running, "pause", state="ready")
    waiting = book("Cliente 1").booking_id
    early = [post(owner_client, waiting, key) for key in ("pause", "resume")]

    assert (wrong.status_code, read(running)["pause_state"]) == (422, "")
    assert [each.status_code for each in early] == [409, 409]
    assert read(waiting)["status"] == "confirmed"


def test_trade_without_pauses_has_no_button(owner_client, running, monkeypatch):
    pack = get_vertical("salon")
    monkeypatch.setattr("web.workspace.bookings.page.get_vertical", lambda _key: pack)

    panel = owner_client.get(f"/workspace/bookings/{running}/", **FRAGMENT).content.decode()

    assert 'id="do-pause"' not in panel
    assert 'id="do-late"' in panel


def test_desk_says_how_late_it_gets_now_or_tells_later(owner_client, running):
    silent = post(owner_client, running, "late", minutes="30")
    told = post(owner_client, running, "late", minutes="30", tell="yes", line="Ya casi")
    again = post(owner_client, running, "late", minutes="30", tell="yes")

    assert [say(each) for each in (silent, told, again)] == [
        "Anotado: 30 min tarde",
        "El cliente queda avisado",
        "Anotado: 30 min tarde",
    ]
    assert read(running)["late_minutes"] == 30
    (line,) = ConversationLine.objects.filter(booking_id=running)
    assert line.text.endswith("Ya casi")
    assert "30 min tarde" in told.content.decode()


def test_what_is_wrong_with_a_delay_is_said_and_what_was_typed_stays(owner_client, running):
    wrong = post(owner_client, running, "late", minutes="7", line="Se queda")
    long = post(owner_client, running, "late", minutes="30", line="x" * 10_000)

    for answer, typed in ((wrong, "Se queda"), (long, "x" * 10_000)):
        page = answer.content.decode()
        assert answer.status_code == 422
        assert 'id="do-late" open' in page
        assert typed in page
        assert 'name="tell" value="yes" checked' not in page
    assert read(running)["late_minutes"] == 0


def test_what_is_over_gets_late_no_more(owner_client, running):
    owner_client.post(f"/workspace/bookings/{running}/complete/")

    refused = post(owner_client, running, "late", minutes="30", tell="yes")

    assert (refused.status_code, read(running)["late_minutes"]) == (409, 0)
    assert 'id="do-late"' not in refused.content.decode()


def test_without_a_way_to_tell_nobody_is_asked(owner_client, running):
    Booking.objects.filter(pk=running).update(customer_phone="", customer_email="")

    panel = owner_client.get(f"/workspace/bookings/{running}/", **FRAGMENT).content.decode()

    assert 'name="minutes"' in panel
    assert 'name="tell"' not in panel
    assert say(post(owner_client, running, "late", minutes="20", tell="yes")) == "Anotado: 20 min tarde"


def test_provider_pauses_at_the_desk_only_on_the_phone(staff_client, running):
    provider = staff_client("provider")

    answers = [post(provider, running, key, minutes="20") for key in ("pause", "resume", "late")]

    assert [each.status_code for each in answers] == [403, 403, 403]
    assert read(running) == {"status": "in_progress", "pause_state": "", "late_minutes": 0}


def test_page_of_a_move_or_a_length_offers_to_take_it_back(owner_client):
    booking_id = book("Cliente 2").booking_id
    before = Booking.objects.values("starts_at", "ends_at").get(pk=booking_id)

    moved = owner_client.post(f"/workspace/bookings/{booking_id}/length/", {"length": "95"})
    page = owner_client.get(moved.url).content.decode()
    (address,) = set(re.findall(rf'action="(/workspace/bookings/{booking_id}/move/[^"]*)"', page))
    assert Booking.objects.values("starts_at", "ends_at").get(pk=booking_id) != before
    undone = owner_client.post(address)

    assert Booking.objects.values("starts_at", "ends_at").get(pk=booking_id) == before
    again = owner_client.post(address)
    assert [undone.status_code, again.status_code] == [302, 302]
    assert Booking.objects.values("starts_at", "ends_at").get(pk=booking_id) == before
    assert "?undo=" not in owner_client.get(undone.url).content.decode()
