"""The place of a deposit that is paid by card: of a price that was corrected, and of what the waitlist offered."""

from __future__ import annotations

from datetime import timedelta

import pytest

from billing.errors import CardNotOffered
from scheduling.enums import DepositKind
from scheduling.models import WaitlistEntry
from scheduling.selectors.bookings.views import get_booking
from scheduling.services.bookings.cancellations import cancel_booking
from scheduling.services.bookings.submissions import book_slot
from scheduling.services.waitlist.answering import accept_offer
from scheduling.services.waitlist.joining import join_waitlist
from scheduling.services.waitlist.matching import match_waitlist
from scheduling.services.waitlist.queue import make_offer_token
from scheduling.types import DepositChoice, SlotRequest, WaitlistWish
from tests.factories.billing import correct_price, take_transfers
from tests.factories.cards import Till, book_with_deposit, list_payments, status_of
from tests.factories.scheduling import DETAILS, MONDAY, NOW, STAFF, hours_later, make_shop, make_wish

DAYTIME = NOW + timedelta(hours=2)
TURN = timedelta(minutes=30)


def take_offer(till: Till, *, after: timedelta = timedelta()) -> int:
    """Accept what the waitlist offers, so long after it was offered; return the booking."""
    service_id, _ = make_shop(price_minor=100_000, deposit_kind=DepositKind.FIXED, deposit_minor=30_000)
    full = [
        book_slot(
            request=SlotRequest(make_wish(service_id), hours_later(hour)), details=DETAILS, now=till.moment,
            source="workspace", by=STAFF, deposit=DepositChoice(is_asked=False, reason="De siempre"),
        )
        for hour in range(8)
    ]  # fmt: skip
    wish = WaitlistWish(make_wish(service_id), from_on=MONDAY.date(), to_on=MONDAY.date())
    join_waitlist(asked=wish, details=DETAILS, join_key="a", now=till.moment)
    cancel_booking(booking_id=full[0].booking_id, by=STAFF, cause="told", now=till.moment)
    match_waitlist(1, till.moment)
    till.pass_by(after)
    accept_offer(token=make_offer_token(WaitlistEntry.objects.get()), now=till.moment)
    till.work()
    return WaitlistEntry.objects.get().offered_booking_id


def kept_until(booking_id: int):
    return get_booking(booking_id=booking_id).hold_expires_at


def test_page_of_the_card_is_closed_and_another_one_asks_for_what_is_due(till, account_id):
    booking_id = book_with_deposit(till)
    session = till.start(booking_id)

    correct_price(booking_id, 20_000)
    till.work()
    other = till.start(booking_id)
    till.stand_in.pay(other)
    till.post_all()
    till.work()

    assert till.stand_in.world.things[session]["status"] == "expired"
    assert list_payments(booking_id) == [("stripe", "closed", 30_000, 0), ("stripe", "received", 20_000, 0)]
    assert status_of(booking_id) == "confirmed"


@pytest.mark.parametrize("after", [timedelta(), timedelta(minutes=29)])
def test_offer_that_is_taken_waits_for_a_transfer_one_turn(till, after):
    till.moment = DAYTIME
    take_transfers()  # usually four hours

    booking_id = take_offer(till, after=after)

    assert (status_of(booking_id), kept_until(booking_id)) == ("pending_payment", till.moment + TURN)


def test_offer_of_the_night_waits_until_it_ends(till):
    till.moment = NOW - timedelta(hours=2)  # 6:00
    take_transfers()

    booking_id = take_offer(till)

    assert kept_until(booking_id) == NOW + timedelta(hours=1)  # 9:00, as it was offered


def test_offer_that_is_taken_waits_for_a_card_as_long_as_its_page(till, account_id):
    till.moment = DAYTIME

    booking_id = take_offer(till, after=timedelta(minutes=29))

    assert kept_until(booking_id) == till.moment + timedelta(minutes=40)


def test_offer_is_kept_longer_once_while_somebody_pays(till, account_id):
    till.moment = DAYTIME
    booking_id = take_offer(till)
    till.pass_by(timedelta(minutes=39))
    session = till.start(booking_id)
    longer = kept_until(booking_id)
    assert longer > till.moment + timedelta(minutes=25)

    # Whoever comes back finds the same page, and asks for no more time.
    till.pass_by(timedelta(minutes=20))
    assert (till.start(booking_id), kept_until(booking_id)) == (session, longer)
    till.stand_in.world.things[session]["status"] = "expired"
    with pytest.raises(CardNotOffered):
        till.start(booking_id)
    assert kept_until(booking_id) == longer
    till.pass_by(timedelta(hours=1))
    till.work()
    assert (status_of(booking_id), {each[1] for each in list_payments(booking_id)}) == ("expired", {"expired"})
