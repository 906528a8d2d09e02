"""One's own day: what is given to others is not there, and cannot be begun, paused, finished or announced late."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.models import User
from kernel.clock import utc_now
from scheduling.models import Allocation, Booking, ConversationLine, Resource
from tests.integration.web.workspace.conftest import book
from tests.integration.web.workspace.test_board import day_of
from verticals.registry import get_vertical

FRAGMENT = {"headers": {"HX-Request": "true"}}


@pytest.fixture
def provider(staff_client):
    return staff_client("provider")


def give(booking_id: int, email: str = "provider@taller.example") -> int:
    """Let who signs in with an address be whom a booking is given to."""
    row = Allocation.objects.get(booking_id=booking_id, resource__resource_type__is_person=True)
    Resource.objects.filter(pk=row.resource_id).update(user=User.objects.get(email=email))
    return booking_id


@pytest.fixture
def visits(provider) -> tuple[int, int]:
    """A visit that is given to the provider, and one of somebody else at the same time."""
    mine, others = (book(f"Cliente {number}").booking_id for number in range(2))
    return give(mine), others


def read(booking_id: int) -> dict[str, object]:
    return Booking.objects.values("status", "pause_state", "late_minutes").get(pk=booking_id)


def post(client, booking_id: int, key: str, **data):
    return client.post(f"/workspace/mine/{booking_id}/{key}/", {"date": day_of(booking_id), **data}, **FRAGMENT)


def test_day_has_the_own_visits_with_what_the_work_needs(provider, visits):
    page = provider.get(f"/workspace/mine/?date={day_of(visits[0])}&lang=es")

    said = page.content.decode()
    assert [card.visit.id for card in page.context["day"].cards] == [visits[0]]
    for text in ("Chevrolet Spark 2018", "ABC-12-34", "Cliente 0", "Rechina al frenar", 'href="tel:', "Empezar"):
        assert text in said
    assert "Cliente 1" not in said


def test_work_begins_stands_still_goes_on_and_ends(provider, visits):
    mine = visits[0]
    seen = []
    for key, data in (
        ("start", {}),
        ("pause", {}),
        ("pause", {}),
        ("pause", {"state": "waiting_parts"}),
        ("resume", {}),
        ("finish", {}),
    ):
        answer = post(provider, mine, key, **data)
        seen.append((answer.status_code, *list(read(mine).values())[:2]))
        assert "<html" not in answer.content.decode()

    assert seen == [
        (200, "in_progress", ""),
        (200, "in_progress", "paused"),
        (200, "in_progress", "paused"),
        (200, "in_progress", "waiting_parts"),
        (200, "in_progress", ""),
        (200, "completed", ""),
    ]


def test_pausing_what_is_finished_says_why_not_and_changes_nothing(provider, visits):
    for key in ("start", "finish"):
        post(provider, visits[0], key)
    before = read(visits[0])

    refused = provider.post(f"/workspace/mine/{visits[0]}/pause/?lang=es", {"date": day_of(visits[0])})

    assert refused.status_code == 409
    assert "ya no es posible" in refused.content.decode()
    assert read(visits[0]) == before


def test_taps_too_early_are_taken_back(provider, visits):
    for key in ("start", "finish", "not-finished"):
        post(provider, visits[0], key)
    assert read(visits[0])["status"] == "in_progress"

    answer = provider.post(f"/workspace/mine/{visits[0]}/not-started/", {"date": day_of(visits[0])})

    assert answer.status_code == 302
    assert read(visits[0])["status"] == "confirmed"


@pytest.mark.parametrize("key", ["start", "pause", "resume", "finish", "not-started", "late"])
def test_visits_of_others_are_unknown_to_a_provider(provider, visits, key):
    before = read(visits[1])

    answer = post(provider, visits[1], key, minutes=20, tell="yes")

    assert answer.status_code == 404
    assert read(visits[1]) == before
    assert not ConversationLine.objects.exists()
    assert provider.get(f"/workspace/mine/{visits[1]}/late/").status_code == 404


@pytest.mark.parametrize("key", ["start", "late"])
def test_who_only_reads_may_not(staff_client, visits, key):
    client = staff_client("read_only")
    give(visits[0], "read_only@taller.example")
    before = read(visits[0])

    assert post(client, visits[0], key, minutes=20, tell="yes").status_code == 403
    assert client.get("/workspace/mine/").status_code == 403
    assert read(visits[0]) == before


def test_who_manages_bookings_may_for_everybody(owner_client, visits):
    assert post(owner_client, visits[1], "start").status_code == 200
    assert read(visits[1])["status"] == "in_progress"


def test_one_tap_tells_the_customer_once(provider, visits):
    for _ in range(2):
        answer = post(provider, visits[0], "late", minutes=20, tell="yes")

    assert answer.status_code == 200
    assert read(visits[0])["late_minutes"] == 20
    assert ConversationLine.objects.filter(booking_id=visits[0], author="staff").count() == 1
    assert "20 min" in answer.content.decode()


def test_what_was_kept_back_is_told_later_and_who_hears_nothing_new_is_not_said_to_be_told(provider, visits):
    tries = [post(provider, visits[0], "late", minutes=20, **told) for told in ({}, {"tell": "yes"}, {"tell": "yes"})]

    assert ConversationLine.objects.filter(booking_id=visits[0]).count() == 1
    said = [json.loads(each.headers["HX-Trigger"])["turnero:toast"]["title"] for each in tries]
    assert said == ["Anotado: 20 min tarde", "El cliente queda avisado", "Anotado: 20 min tarde"]


def test_other_time_with_a_line_and_what_is_wrong_stays_typed(provider, visits):
    address = f"/workspace/mine/{visits[0]}/late/?lang=es"
    assert 'name="line"' in provider.get(address).content.decode()

    wrong = provider.post(address, {"minutes": "45", "tell": "yes", "line": "x" * 10_000})
    assert (wrong.status_code, "x" * 10_000 in wrong.content.decode()) == (422, True)
    assert read(visits[0])["late_minutes"] == 0

    done = provider.post(address, {"minutes": "45", "line": "No se avisa"})

    assert (done.status_code, read(visits[0])["late_minutes"]) == (302, 45)
    assert not ConversationLine.objects.exists()


def test_unreachable_customer_is_not_said_to_be_told(provider, visits):
    Booking.objects.filter(pk=visits[0]).update(customer_phone="", customer_email="")

    page = provider.get(f"/workspace/mine/{visits[0]}/late/?lang=es").content.decode()

    assert 'name="line"' not in page
    assert 'name="tell"' not in page


def test_late_form_refuses_what_is_over(provider, visits):
    Booking.objects.filter(pk=visits[0]).update(status="completed")

    assert post(provider, visits[0], "late", minutes=20, tell="yes").status_code == 409
    assert read(visits[0])["late_minutes"] == 0


def test_trade_without_pauses_offers_none(provider, visits, monkeypatch):
    pack = get_vertical("salon")
    monkeypatch.setattr("web.workspace.mine.page.get_vertical", lambda _key: pack)
    monkeypatch.setattr("scheduling.services.bookings.transitions.get_vertical", lambda _key: pack)
    post(provider, visits[0], "start")

    page = provider.get(f"/workspace/mine/?date={day_of(visits[0])}").content.decode()
    refused = post(provider, visits[0], "pause")

    assert f"/workspace/mine/{visits[0]}/finish/" in page
    assert f"/workspace/mine/{visits[0]}/pause/" not in page
    assert (refused.status_code, read(visits[0])["pause_state"]) == (422, "")


def test_unknown_step_does_not_exist(provider, visits):
    assert post(provider, visits[0], "explode").status_code == 404


def test_whoever_nobody_books_reads_what_to_do(owner_client):
    page = owner_client.get("/workspace/mine/?lang=es&date=2026-13-45")

    assert page.context["day"].is_anybody is False
    assert "Nadie reserva contigo" in page.content.decode()


@pytest.mark.parametrize("minutes", [3, 36])
def test_card_says_how_late_it_is_and_how_long_the_work_goes_on(provider, visits, minutes):
    now = utc_now()
    ends_at = now - timedelta(minutes=minutes)
    Booking.objects.filter(pk=visits[0]).update(
        status="in_progress",
        starts_at=ends_at - timedelta(minutes=60),
        started_at=ends_at - timedelta(minutes=60),
        paused_minutes=10,
        ends_at=ends_at,
    )
    Allocation.objects.filter(booking_id=visits[0]).update(
        starts_at=ends_at - timedelta(minutes=60), ends_at=ends_at, is_override=True, lane_id=None
    )

    (card,) = provider.get(f"/workspace/mine/?date={day_of(visits[0])}").context["day"].cards

    assert (card.worked_minutes, card.planned_minutes, card.late_minutes) == (
        50 + minutes,
        60,
        36 if minutes > 5 else 0,
    )
    assert card.is_behind is (minutes > 5)


def test_queries_do_not_grow_with_visits(provider):
    counts = []
    provider.get("/workspace/mine/")
    for slot in range(2):
        booked = give(book(f"Cliente {slot}", slot=slot).booking_id)
        with CaptureQueriesContext(connection) as asked:
            page = provider.get(f"/workspace/mine/?date={day_of(booked)}")
        counts.append(len(asked))

    assert page.context["day"].count >= 1
    assert len(set(counts)) == 1
