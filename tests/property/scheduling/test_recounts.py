"""The recount itself: it finds what was planted, and nothing where nothing was."""

from __future__ import annotations

import pytest

from scheduling.engine import Measure, RulePeriod
from scheduling.models import Allocation, Booking, RuleUsage, Session
from scheduling.services.bookings.cancellations import cancel_booking
from tests.factories.feature_pairs import hold, limit, make_add_on
from tests.factories.scheduling import CUSTOMER, MONDAY, NOW, book, hours_later, make_shop
from tests.property.scheduling.recounts import CountedRule, list_drift


@pytest.fixture
def rules(tenant):
    """A counted service with a booking, a hold and a cancelled one, and a group of two."""
    single, _ = make_shop()
    group, _ = make_shop(seats=3)
    limit_id = limit(single, 300, Measure.MINUTES)
    book(single)
    hold(single, hours_later(1))
    cancel_booking(token=book(single, hours_later(2)).manage_token, now=NOW, by=CUSTOMER)
    book(group)
    book(group, add_on_ids=(make_add_on(group),))
    return [CountedRule(limit_id, single, Measure.MINUTES.value, RulePeriod.DAY.value)]


def free_one():
    Allocation.objects.filter(booking__starts_at=MONDAY).update(is_active=False)


def keep_what_was_cancelled():
    Allocation.objects.filter(booking__status="cancelled").update(is_active=True)


def let_the_hold_last():
    Allocation.objects.filter(booking__status="held").update(hold_expires_at=None)


def free_a_group():
    Allocation.objects.filter(session__isnull=False).update(is_active=False)


def cut_a_group():
    Session.objects.update(ends_at=hours_later(1))


def miscount_seats():
    Session.objects.update(seats_taken=1)


def miscount_a_rule():
    RuleUsage.objects.update(used=119)


def forget_what_was_used():
    # Both sides of the books agree, and both are wrong.
    Booking.objects.filter(starts_at=MONDAY).update(rule_usage=[])
    RuleUsage.objects.update(used=60)


def test_recount_of_sound_books_is_empty(rules):
    assert list_drift(rules) == []


@pytest.mark.parametrize(
    "plant",
    [
        *(free_one, keep_what_was_cancelled, let_the_hold_last, free_a_group),
        *(cut_a_group, miscount_seats, miscount_a_rule, forget_what_was_used),
    ],
)
def test_recount_finds_what_was_planted(rules, plant):
    plant()

    assert len(list_drift(rules)) >= 1
