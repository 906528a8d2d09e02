"""The form of a new booking beside the board: one form, in three frames."""

from __future__ import annotations

import json

import pytest

from scheduling.models import Booking
from tests.integration.web.workspace.test_bookings import new_booking, some_start

NEW = "/workspace/bookings/new/"
PART = {"HTTP_HX_REQUEST": "true", "HTTP_HX_TARGET": "choose"}
DRAWER = {"HTTP_HX_REQUEST": "true", "HTTP_HX_TARGET": "panel-body"}
SENT_HERE = 'hx-post="/workspace/bookings/new/" hx-target="#panel-body"'


def book_at_a_free_time() -> dict[str, str]:
    values = new_booking()
    return values | {"starts_at": some_start(values["service"])}


@pytest.mark.parametrize(
    ("asked", "frame"),
    [({}, (True, False, False)), (PART, (False, False, False)), (DRAWER, (False, True, True))],
    ids=["page", "part", "drawer"],
)
def test_the_same_form_is_a_page_a_drawer_and_what_a_choice_changes(owner_client, asked, frame):
    page = owner_client.get(NEW, **asked).content.decode()

    assert ("<html" in page, 'id="panel-title"' in page, SENT_HERE in page) == frame
    assert (page.count('id="new"'), page.count('id="choose"'), page.count('id="f-service"')) == (1, 1, 1)


def test_what_was_typed_stays_in_the_drawer(owner_client):
    answer = owner_client.post(NEW, new_booking(name="", phone="12", note="Rechina"), **DRAWER)

    page = answer.content.decode()
    assert answer.status_code == 422
    assert SENT_HERE in page
    assert "Rechina" in page
    assert 'value="12"' in page
    assert Booking.objects.count() == 0


def test_what_was_booked_in_the_drawer_stands_there(owner_client):
    answer = owner_client.post(NEW, book_at_a_free_time(), **DRAWER)

    made = Booking.objects.get()
    assert answer.status_code == 200
    assert f'id="booking" data-id="{made.pk}"' in answer.content.decode()
    told = json.loads(answer.headers["HX-Trigger"])
    assert told["turnero:toast"]["text"].startswith(made.customer_name)
    assert "board:refresh" in told


def test_a_taken_time_says_so_in_the_drawer(owner_client):
    values = book_at_a_free_time()
    while owner_client.post(NEW, values).status_code == 302:
        assert Booking.objects.count() < 9
    rows = Booking.objects.count()

    answer = owner_client.post(NEW, values, **DRAWER)

    assert answer.status_code == 409
    assert SENT_HERE in answer.content.decode()
    assert Booking.objects.count() == rows
