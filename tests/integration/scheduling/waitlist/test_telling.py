"""Who waits hears of every time that is kept for them."""

from __future__ import annotations

from notifications.models import Message
from scheduling.services.waitlist.answering import decline_offer
from scheduling.services.waitlist.matching import match_waitlist
from tests.integration.scheduling.waitlist.test_waitlist import HOURS, MORNING, free, free_shop, join, offer_of, shop

__all__ = ["free_shop", "shop"]


def test_whoever_declines_all_day_hears_of_each_time(shop):
    token = join(shop)
    for hour in range(HOURS):
        free(hour)
        match_waitlist(1, MORNING)
        decline_offer(token=offer_of(token), now=MORNING)

    told = Message.objects.filter(template="waitlist_offer").values_list("status", flat=True)
    assert list(told) == ["queued"] * HOURS
