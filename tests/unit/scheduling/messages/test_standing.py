from __future__ import annotations

from datetime import UTC, datetime

import pytest

from scheduling.services.messages.standing import (
    find_previous,
    is_same,
    pick_for_business,
    pick_for_customer,
    pick_for_worker,
)

NINE, TEN = "2026-11-24T15:00:00+00:00", "2026-11-24T16:00:00+00:00"
STATE = {"status": "confirmed", "starts_at": NINE, "ends_at": TEN, "location": 1, "people": [3], "previous": ""}
STATE["contents"] = [1, ["Corte"]]


def state(**changes: object) -> dict[str, object]:
    return STATE | changes


@pytest.mark.parametrize(
    ("change", "same"),
    [
        ({}, True),
        ({"previous": TEN}, True),
        ({"starts_at": TEN}, False),
        ({"ends_at": NINE}, False),
        ({"location": 2}, False),
        ({"people": [4]}, False),
        ({"contents": [1, ["Corte", "Lavado"]]}, False),
        ({"contents": [2, ["Corte"]]}, False),
        ({"status": "cancelled"}, False),
    ],
)
def test_news_is_another_time_place_people_or_status(change, same):
    assert is_same(state(), state(**change)) is same


def test_who_was_told_before_contents_were_kept_hears_nothing_anew():
    before = {key: value for key, value in STATE.items() if key != "contents"}

    assert is_same(before, state()) is True


def test_a_cancelled_visit_has_neither_time_nor_people():
    assert is_same(state(status="cancelled"), state(status="cancelled", starts_at=TEN, people=[])) is True


@pytest.mark.parametrize(
    ("told", "status", "template"),
    [
        (None, "requested", "booking_requested"),
        (None, "confirmed", "booking_confirmed"),
        (None, "cancelled", "booking_cancelled"),
        ("requested", "confirmed", "booking_approved"),
        ("confirmed", "confirmed", "booking_moved"),
        ("cancelled", "confirmed", "booking_confirmed"),
        ("declined", "confirmed", "booking_confirmed"),
        ("requested", "declined", "booking_declined"),
        ("confirmed", "cancelled", "booking_cancelled"),
    ],
)
def test_message_is_picked_by_what_was_known(told, status, template):
    assert pick_for_customer(None if told is None else state(status=told), state(status=status)) == template


@pytest.mark.parametrize(
    ("knows_it", "status", "template"),
    [
        (False, "requested", "business_new_request"),
        (False, "confirmed", "business_new_booking"),
        (True, "confirmed", "business_booking_moved"),
        (True, "cancelled", "business_booking_cancelled"),
        (False, "cancelled", ""),
        (True, "declined", ""),
        (True, "", ""),
    ],
)
def test_business_hears_what_it_does_not_know(knows_it, status, template):
    assert pick_for_business(knows_it=knows_it, present=state(status=status)) == template


@pytest.mark.parametrize(
    ("told", "status", "template"),
    [
        (None, "confirmed", "worker_booked"),
        ("confirmed", "confirmed", "worker_moved"),
        ("cancelled", "confirmed", "worker_booked"),
        ("confirmed", "cancelled", "worker_cancelled"),
        (None, "cancelled", ""),
        ("cancelled", "cancelled", ""),
    ],
)
def test_worker_hears_of_work_that_comes_moves_and_goes(told, status, template):
    assert pick_for_worker(None if told is None else state(status=told), state(status=status)) == template


def test_time_before_is_the_one_that_was_told():
    assert find_previous(state(), state(starts_at=TEN)) == datetime(2026, 11, 24, 15, tzinfo=UTC)
    assert find_previous(state(), state()) is None
    assert find_previous(state(status="cancelled"), state(starts_at=TEN)) is None
    assert find_previous(None, state()) is None
    assert find_previous({"status": "confirmed"}, state()) is None
