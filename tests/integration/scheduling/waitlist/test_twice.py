"""Who takes an offer for a time at which they come already is asked, as on every way in."""

from __future__ import annotations

from dataclasses import replace

import pytest

from scheduling.errors import AlreadyBooked
from scheduling.models import Booking, WaitlistEntry
from scheduling.services.bookings.submissions import book_slot
from scheduling.services.waitlist.answering import accept_offer
from scheduling.services.waitlist.joining import join_waitlist
from scheduling.services.waitlist.matching import match_waitlist
from scheduling.types import CUSTOMER, CustomerDetails, SlotRequest, WaitlistWish
from tests.factories.scheduling import DETAILS, NOW, hours_later, make_shop, make_wish
from tests.integration.scheduling.waitlist.test_waitlist import (
    DAY,
    MORNING,
    free,
    free_shop,
    list_standings,
    offer_of,
    shop,
)

__all__ = ["free_shop", "shop"]

BERTA = CustomerDetails(name="Berta", email="berta@example.com", locale="es")


def wait(service: int, person: CustomerDetails) -> str:
    asked = WaitlistWish(make_wish(service), from_on=DAY, to_on=DAY)
    return join_waitlist(asked=asked, details=replace(DETAILS, customer=person), join_key="run", now=NOW)


def book_elsewhere(person: CustomerDetails) -> int:
    service, _ = make_shop()
    request = SlotRequest(make_wish(service), hours_later(1))
    details = replace(DETAILS, customer=person)
    return book_slot(request=request, details=details, now=NOW, source="page", by=CUSTOMER).booking_id


def test_who_comes_then_already_is_asked_and_may_mean_both(shop):
    token = wait(shop, BERTA)
    free(1)
    book_elsewhere(BERTA)
    match_waitlist(1, MORNING)

    with pytest.raises(AlreadyBooked) as asked:
        accept_offer(token=offer_of(token), now=MORNING)
    before = list_standings()
    accept_offer(token=offer_of(token), now=MORNING, may_coincide=True)

    assert [each[1] for each in asked.value.booked] == [hours_later(1)]
    assert (before, list_standings()) == (
        [("Berta", "offered", hours_later(1))],
        [("Berta", "booked", hours_later(1))],
    )


def test_what_only_another_contact_gets_keeps_nobody_from_an_offer(shop, settings):
    settings.SMS_URL, settings.SMS_ACCOUNT, settings.SMS_SECRET = "http://127.0.0.1:1", "account", "secret"
    token = wait(shop, replace(BERTA, phone="55 1234 5678"))
    free(1)
    elsewhere = book_elsewhere(replace(BERTA, phone="55 1234 5678", email=None))
    Booking.objects.filter(pk=elsewhere).update(customer_id=WaitlistEntry.objects.get().customer_id)
    match_waitlist(1, MORNING)

    accept_offer(token=offer_of(token), now=MORNING)

    assert list_standings() == [("Berta", "booked", hours_later(1))]
