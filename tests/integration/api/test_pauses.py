"""Programs pause, go on and say that it gets late: by the services of the pages, and refused as these refuse."""

from __future__ import annotations

from scheduling.models import Booking, ConversationLine
from scheduling.services.bookings import transitions
from tests.factories.scheduling import STAFF
from tests.integration.api.test_staff import booking, post

__all__ = ["booking"]


def test_work_is_paused_and_goes_on_and_the_booking_says_so(owner_client, booking):
    transitions.start_visit(booking_id=booking.pk, now=booking.starts_at, by=STAFF)

    answers = [
        post(owner_client, f"{booking.pk}/pause"),
        post(owner_client, f"{booking.pk}/pause", {"state": "waiting_parts"}),
    ]
    seen = owner_client.get(f"/api/v1/bookings/{booking.pk}").json()
    answers.append(post(owner_client, f"{booking.pk}/resume"))

    booking.refresh_from_db()
    assert [answer.status_code for answer in answers] == [200, 200, 200]
    assert (seen["pause"], seen["status"], booking.pause_state) == ("waiting_parts", "in_progress", "")


def test_pause_that_the_trade_has_not_and_of_what_has_not_begun_is_refused(owner_client, booking):
    before = Booking.objects.values().get(pk=booking.pk)

    answers = [
        post(owner_client, f"{booking.pk}/pause", {"state": "ready"}),
        post(owner_client, f"{booking.pk}/pause"),
        post(owner_client, f"{booking.pk}/resume"),
    ]

    assert [(answer.status_code, answer.json()["code"]) for answer in answers] == [
        (422, "pause_unknown"),
        (409, "transition_refused"),
        (409, "transition_refused"),
    ]
    assert Booking.objects.values().get(pk=booking.pk) == before


def test_delay_is_told_once_unless_it_is_not_to_be(owner_client, booking):
    for _ in range(2):
        told = post(owner_client, f"{booking.pk}/delay", {"minutes": 20, "line": "Ya casi"})
    silent = post(owner_client, f"{booking.pk}/delay", {"minutes": 30, "tell": False})
    wrong = post(owner_client, f"{booking.pk}/delay", {"minutes": 481})

    seen = owner_client.get(f"/api/v1/bookings/{booking.pk}").json()
    assert [told.status_code, silent.status_code, wrong.status_code] == [200, 200, 422]
    assert seen["late_minutes"] == 30
    assert ConversationLine.objects.filter(booking=booking).count() == 1
