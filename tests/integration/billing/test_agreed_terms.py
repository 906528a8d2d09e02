"""When a deposit is asked, and what goes back of it, as the service said when it was booked."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from django.utils.translation import override

from billing import policies
from billing.models import Refund
from billing.services.payments import receive_deposit
from kernel.formats import get_formats
from scheduling.enums import BookingLevel, BookingStatus, DepositKind
from scheduling.models import Booking, Contact, Customer, DateOverride, Service
from scheduling.selectors.bookings import agreed
from scheduling.selectors.bookings.agreed import describe_refunds
from scheduling.selectors.bookings.views import get_booking
from scheduling.selectors.catalog.setups import read_service
from scheduling.services.bookings.cancellations import cancel_booking
from scheduling.services.bookings.holds import hold_slot
from scheduling.services.bookings.transitions import mark_no_show
from scheduling.services.bookings.undoing import undo_step
from scheduling.types import AgreedPolicy, SlotRequest
from tests.factories.billing import make_received, take_transfers, tell_events
from tests.factories.scheduling import CUSTOMER, MONDAY, NOW, STAFF, book, make_shop, make_wish

FIXED = {"price_minor": 100000, "deposit_kind": DepositKind.FIXED, "deposit_minor": 30000}
TABLE = {"refund_free_minutes": 1440, "refund_kept_percent": 50, "refund_no_show_percent": 80}


@pytest.fixture(autouse=True)
def taking(tenant):
    take_transfers()


def book_paid(**values) -> int:
    service_id, _ = make_shop(**FIXED | values)
    booking_id = book(service_id).booking_id
    tell_events()
    receive_deposit(booking_id=booking_id, now=NOW, by=STAFF)
    tell_events()
    return booking_id


def cancel(booking_id: int, **notice) -> list[int]:
    now = MONDAY - timedelta(**notice)
    cancel_booking(booking_id=booking_id, now=now, by=CUSTOMER, reason="")
    tell_events()
    return list_back()


def list_back() -> list[int]:
    return list(Refund.objects.exclude(state="dropped").values_list("amount_minor", flat=True))


def ask(starts_at=MONDAY, **values) -> int:
    service_id, _ = make_shop(**FIXED | values)
    booking_id = book(service_id, starts_at).booking_id
    return get_booking(booking_id=booking_id).deposit_minor


LEAD = int((MONDAY - NOW).total_seconds() // 60)


@pytest.mark.parametrize(
    ("condition", "due"),
    [
        ({"deposit_above_minor": 99999}, 30000),
        ({"deposit_above_minor": 100000}, 0),
        ({"deposit_ahead_minutes": LEAD}, 30000),
        ({"deposit_ahead_minutes": LEAD + 1}, 0),
        ({"deposit_within_minutes": LEAD}, 0),
        ({"deposit_within_minutes": LEAD + 1}, 30000),
        ({"deposit_must_prepay": True}, 0),
        ({"deposit_outside_hours": True}, 0),
        ({"deposit_first_visit": True}, 30000),
        ({"deposit_above_minor": 100000, "deposit_within_minutes": LEAD + 1}, 30000),
    ],
)
def test_deposit_is_asked_when_its_condition_holds(condition, due):
    assert ask(**condition) == due


def test_deposit_of_a_first_visit_is_not_asked_of_who_was_here():
    service_id, _ = make_shop(**FIXED, deposit_first_visit=True)
    first = book(service_id)
    Booking.objects.filter(pk=first.booking_id).update(
        status="completed", starts_at=NOW - timedelta(days=3), hold_expires_at=None
    )

    again = book(service_id, MONDAY + timedelta(hours=2))

    dues = [get_booking(booking_id=each.booking_id).deposit_minor for each in (first, again)]
    assert (dues, again.status) == ([30000, 0], "confirmed")


def test_hold_says_what_a_first_visit_would_cost_in_advance():
    service_id, _ = make_shop(**FIXED, deposit_first_visit=True)
    request = SlotRequest(make_wish(service_id), MONDAY)

    held = hold_slot(request=request, now=NOW, source="page")

    assert (held.deposit_minor, held.first_deposit_minor) == (0, 30000)


def test_deposit_is_asked_of_who_must_prepay_whatever_else_holds():
    service_id, _ = make_shop(**FIXED, deposit_above_minor=100000)
    book(service_id)
    Customer.objects.update(booking_level=BookingLevel.MUST_PREPAY, level_reason="No vino")
    assert Contact.objects.exists()

    again = book(service_id, MONDAY + timedelta(hours=2))

    assert get_booking(booking_id=again.booking_id).deposit_minor == 30000


def test_deposit_is_asked_outside_the_usual_hours():
    service_id, (resource_id,) = make_shop(**FIXED, deposit_outside_hours=True)
    DateOverride.objects.create(resource_id=resource_id, on=MONDAY.date(), periods=[[0, 1440]])
    late = MONDAY.replace(hour=23, minute=0) - timedelta(hours=3)

    made = [book(service_id, at).booking_id for at in (MONDAY, late)]

    assert [get_booking(booking_id=each).deposit_minor for each in made] == [0, 30000]


def test_refund_follows_the_table_that_was_agreed_and_no_later_one():
    booking_id = book_paid(**TABLE)
    Service.objects.update(refund_kept_percent=100, refund_free_minutes=None, is_deposit_fee=True)

    assert cancel(booking_id, hours=5) == [15000]


def test_refund_is_whole_to_the_minute_of_the_limit():
    assert cancel(book_paid(**TABLE), minutes=1440) == [30000]


def test_refund_without_a_table_is_whole_as_long_as_one_may_cancel():
    assert cancel(book_paid(cancel_cutoff_minutes=60), hours=2) == [30000]


def test_fee_stays_with_the_business():
    assert cancel(book_paid(is_deposit_fee=True), hours=50) == []


@pytest.fixture
def in_spain(tenant, monkeypatch):
    spain = replace(tenant, country="ES")
    for module in (policies, agreed):
        monkeypatch.setattr(module, "current_tenant", lambda: spain)


def test_fee_goes_back_within_fourteen_days_in_the_eu(in_spain):
    booking_id = book_paid(is_deposit_fee=True)

    assert cancel(booking_id, hours=1) == [30000]


def test_fee_stays_after_fourteen_days_in_the_eu(in_spain):
    booking_id = book_paid(is_deposit_fee=True)
    Booking.objects.filter(pk=booking_id).update(created_at=NOW - timedelta(days=20))

    assert cancel(booking_id, hours=1) == []


def test_no_show_keeps_its_part_and_gives_nothing_back_when_it_is_undone():
    booking_id = book_paid(**TABLE)
    later = MONDAY + timedelta(minutes=30)
    mark_no_show(booking_id=booking_id, now=later, by=STAFF)
    tell_events()
    back = list_back()

    undo_step(booking_id=booking_id, status=BookingStatus.NO_SHOW, now=later, by=STAFF)
    tell_events()

    assert (back, list_back()) == ([6000], [])


def test_fee_for_not_coming_stays_whatever_becomes_of_its_visit():
    booking_id = book_paid(**TABLE)
    fee = make_received(booking_id=booking_id, purpose="no_show", attempt=2, door="stripe", kept_minor=30_000)
    back = cancel(booking_id, hours=1)

    undo_step(booking_id=booking_id, status=BookingStatus.CANCELLED, now=MONDAY - timedelta(minutes=59), by=STAFF)
    tell_events()

    fee.refresh_from_db()
    assert (back, list_back()) == ([15_000], [])
    assert (fee.refunded_minor, fee.kept_minor) == (0, 30_000)


def test_strictest_table_counts_among_the_services_that_ask_for_a_deposit():
    service_id, _ = make_shop(**FIXED | TABLE)
    one = AgreedPolicy.read(Booking.objects.get(pk=book(service_id).booking_id).policy)
    setup = read_service(Service.objects.get(pk=service_id))
    terms = replace(setup, refund_free_minutes=None, cancel_cutoff_minutes=2880, refund_kept_percent=100)

    both = AgreedPolicy.agree([setup, terms, replace(terms, deposit_kind=DepositKind.NONE, is_deposit_fee=True)])

    found = [(each.refund_free_minutes, each.refund_kept_percent, each.is_deposit_fee) for each in (one, both)]
    assert found == [(1440, 50, False), (2880, 100, False)]


@pytest.mark.parametrize(
    ("policy", "words"),
    [
        (
            AgreedPolicy(refund_free_minutes=1440, refund_kept_percent=50),
            (
                "If it is canceled up to 1 day before, all of the deposit is refunded. After that, 50\xa0% is refunded."
                " If nobody comes, nothing is refunded. If the business cancels, all of it is refunded."
            ),
        ),
        (
            AgreedPolicy(cancel_cutoff_minutes=120, refund_no_show_percent=20),
            (
                "If it is canceled up to 2\xa0h before, all of the deposit is refunded. After that, nothing "
                "is refunded. If nobody comes, 80\xa0% is refunded. If the business cancels, all of it is refunded."
            ),
        ),
        (
            AgreedPolicy(),
            (
                "If it is canceled before it starts, all of the deposit is refunded. "
                "If nobody comes, nothing is refunded. If the business cancels, all of it is refunded."
            ),
        ),
        (
            AgreedPolicy(is_deposit_fee=True),
            "The deposit counts toward the price and is not refunded. If the business cancels, all of it is refunded.",
        ),
    ],
)
def test_policy_reads_as_it_counts(policy, words):
    with override("en"):
        assert " ".join(describe_refunds(policy, get_formats("en", "MX"))) == words


def test_policy_says_that_a_fee_can_be_withdrawn_in_the_eu(in_spain):
    with override("en"):
        words = describe_refunds(AgreedPolicy(is_deposit_fee=True), get_formats("en", "ES"))

    assert words[1] == "Whoever withdraws within 14 days of booking, and before the visit, gets it back."
