"""What fits those who wait, as staff sees it beside the board."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.core.cache import cache

from scheduling.selectors.waitlist import fits as selector
from scheduling.selectors.waitlist.fits import list_fits
from scheduling.services.waitlist.answering import decline_offer
from scheduling.services.waitlist.matching import match_waitlist
from tests.factories.scheduling import hours_later
from tests.integration.scheduling.waitlist.test_waitlist import DAY, MORNING, free, free_shop, join, offer_of, shop

__all__ = ["free_shop", "shop"]


def test_staff_see_what_fits_however_soon_and_passed(shop):
    token = join(shop, "Berta")
    join(shop, "Carla", shortest_notice_minutes=(hours_later(2) - MORNING) // timedelta(minutes=1))
    free(1)
    match_waitlist(1, MORNING)
    decline_offer(token=offer_of(token), now=MORNING)

    fits = list_fits(on=DAY, location_id=None, now=MORNING).rows

    assert [(fit.entry.name, fit.starts_at) for fit in fits] == [("Berta", hours_later(1)), ("Carla", hours_later(1))]


def test_staff_see_an_offer_on_its_own_day_only(shop):
    tomorrow = DAY + timedelta(days=1)
    join(shop, to_on=tomorrow)
    match_waitlist(1, MORNING)  # Monday is full, Tuesday is not
    free(1)

    days = [list_fits(on=on, location_id=None, now=MORNING).rows for on in (DAY, tomorrow)]

    assert [[fit.starts_at for fit in rows] for rows in days] == [[], [hours_later(24)]]


def test_many_boards_ask_for_free_times_once_in_a_while(shop, monkeypatch):
    join(shop, "Berta", from_minute=600, to_minute=660)
    join(shop, "Carla")
    asked: list[object] = []
    ask = selector.get_availability
    monkeypatch.setattr(selector, "get_availability", lambda **words: asked.append(words) or ask(**words))

    first = list_fits(on=DAY, location_id=None, now=MORNING)
    free(1)
    second = list_fits(on=DAY, location_id=None, now=MORNING)
    cache.clear()  # as some seconds do
    third = list_fits(on=DAY, location_id=None, now=MORNING)

    assert [(len(each.rows), each.is_fresh) for each in (first, second, third)] == [(0, True), (0, False), (2, True)]
    assert len(asked) == 2


def test_who_waits_is_read_each_time(free_shop):
    join(free_shop, "Berta")
    list_fits(on=DAY, location_id=None, now=MORNING)
    join(free_shop, "Carla")

    fits = list_fits(on=DAY, location_id=None, now=MORNING)

    assert ([fit.entry.name for fit in fits.rows], fits.is_fresh) == (["Berta", "Carla"], False)


@pytest.mark.parametrize("count", [1, 3])
def test_who_waits_is_read_once(shop, django_assert_num_queries, count):
    for number in range(count):
        join(shop, f"Berta{number}")
    list_fits(on=DAY, location_id=None, now=MORNING)

    with django_assert_num_queries(2):
        list_fits(on=DAY, location_id=None, now=MORNING)
