"""Photos that were sent before somebody joined the waitlist wait along."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from scheduling.models import VisitPhoto, WaitlistEntry
from scheduling.services.photos import add_photo, drop_in_time
from scheduling.services.waitlist.answering import accept_offer
from scheduling.services.waitlist.joining import join_waitlist, leave_waitlist
from scheduling.services.waitlist.matching import match_waitlist
from scheduling.types import WaitlistWish
from tenants.errors import RetryLater
from tenants.services.erasures.erasing import erase
from tests.factories.pictures import make_scene, save
from tests.factories.scheduling import DETAILS, NOW, make_wish
from tests.integration.scheduling.waitlist.test_waitlist import DAY, MORNING, entry_of, free, free_shop, offer_of, shop

__all__ = ["free_shop", "shop"]

TOMORROW = NOW + timedelta(days=1)


@pytest.fixture
def photo(tenant) -> int:
    return add_photo(run="run", content=save(make_scene(64, 64), "PNG"), now=NOW)


@pytest.fixture
def token(shop, photo) -> str:
    asked = WaitlistWish(make_wish(shop), from_on=DAY, to_on=DAY)
    return join_waitlist(asked=asked, details=replace(DETAILS, photo_run="run"), join_key="run", now=NOW)


def test_photos_become_those_of_the_visit_that_was_waited_for(token, photo):
    with pytest.raises(RetryLater):
        drop_in_time(photo, TOMORROW)
    free(1)
    match_waitlist(1, MORNING)
    accept_offer(token=offer_of(token), now=MORNING)

    assert VisitPhoto.objects.get(pk=photo).booking_id == entry_of(token).offered_booking_id


def test_photos_of_who_waits_no_more_go(token, photo):
    leave_waitlist(token=token, now=MORNING)

    drop_in_time(photo, TOMORROW)

    assert not VisitPhoto.objects.exists()


def test_photos_of_another_run_go_as_ever(token):
    other = add_photo(run="other", content=save(make_scene(64, 64), "PNG"), now=NOW)

    drop_in_time(other, TOMORROW)

    assert VisitPhoto.objects.count() == 1


def test_who_is_erased_leaves_no_photo(token):
    erase(kind="scheduling.Customer", row_ids=[WaitlistEntry.objects.get().customer_id], now=MORNING)

    assert not VisitPhoto.objects.exists()
