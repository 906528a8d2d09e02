"""Who waits hears of every time that is kept for them, and that they are off the list."""

from __future__ import annotations

from notifications.models import Message
from scheduling.services.waitlist.answering import decline_offer, lapse_offer
from scheduling.services.waitlist.matching import match_waitlist
from tests.integration.scheduling.waitlist.test_waitlist import (
    HALF_HOUR,
    HOURS,
    MORNING,
    entry_of,
    free,
    free_shop,
    join,
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
