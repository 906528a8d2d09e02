"""Who waits hears of every time that is kept for them, and that they are off the list."""

from __future__ import annotations

from keyvalue.throttle import get_limit
from notifications.models import Message
from notifications.services.recipients import may_get_one_more
from scheduling.models import Booking
from scheduling.services.waitlist.answering import decline_offer, lapse_offer
from scheduling.services.waitlist.matching import match_waitlist
from tests.factories.scheduling import hours_later
from tests.integration.scheduling.waitlist.test_waitlist import (
    HALF_HOUR,
    HOURS,
    MORNING,
    entry_of,
    free,
    free_shop,
    join,
    list_standings,
    offer_of,
    shop,
)

__all__ = ["free_shop", "shop"]


def test_whoever_declines_all_day_hears_of_each_time(shop):
    token = join(shop)
    for hour in range(HOURS):
        free(hour)
        match_waitlist(1, MORNING)
        decline_offer(token=offer_of(token), now=MORNING)

    told = Message.objects.filter(template="waitlist_offer").values_list("status", flat=True)
    assert list(told) == ["queued"] * HOURS


def test_whoever_is_taken_off_since_they_did_not_answer_is_told_once(shop):
    entry_id = entry_of(join(shop)).pk
    free(1)
    free(2)
    told = []
    for step in range(2):
        now = MORNING + step * HALF_HOUR
        match_waitlist(1, now)
        for _ in range(2):
            lapse_offer(entry_id, now + HALF_HOUR)
        told.append(Message.objects.filter(template="waitlist_removed").count())

    message = Message.objects.get(template="waitlist_removed")
    assert told == [0, 1]
    assert (message.to, message.role, message.status) == ("berta@example.com", "customer_talk", "queued")
    assert "/w/" in message.body_text


def test_whoever_no_message_can_tell_is_offered_nothing_and_the_next_is(shop):
    join(shop, "Ulla")
    join(shop, "Carla")
    for _ in range(get_limit("messages_changes").size):
        assert may_get_one_more("ulla@example.com", limit="messages_changes", now=MORNING)

    free(1)
    match_waitlist(1, MORNING)

    assert list_standings() == [("Ulla", "waiting", None), ("Carla", "offered", hours_later(1))]
    assert Booking.objects.filter(status="held").count() == 1
    told = Message.objects.filter(template="waitlist_offer").values_list("to", "status")
    assert list(told) == [("carla@example.com", "queued")]
