"""What was asked for and could not be had: counted by reason, without people, in few rows."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction

from scheduling.enums import RefusalReason
from scheduling.errors import SlotTaken
from scheduling.models import Customer, Location, RefusedDemand, WaitlistEntry, WorkingHours
from scheduling.services.bookings.holds import hold_slot, quote_slot
from scheduling.services.demand.searches import search_times
from scheduling.services.writing.refusals import record_refused
from scheduling.types import AvailabilityQuery, SlotRequest
from tests.factories.scheduling import MONDAY, NOW, book, hours_later, make_shop, make_wish

DAY, TODAY = MONDAY.date(), NOW.date()
NAMES = ("on", "hour", "location_id", "reason", "party_size", "arrival_mode", "count")


def read() -> list[tuple]:
    return list(RefusedDemand.objects.order_by("on", "pk").values_list(*NAMES))


@pytest.fixture
def shop(tenant) -> int:
    return make_shop()[0]


def search(service_id: int, from_on, to_on, **wish) -> None:
    search_times(query=AvailabilityQuery(make_wish(service_id, **wish), from_on=from_on, to_on=to_on), now=NOW)


def test_a_full_day_is_counted_by_place_and_a_closed_one_is_not(shop):
    place = Location.objects.latest("pk").pk
    for hour in range(8):
        book(shop, hours_later(hour))

    search(shop, DAY, DAY)
    search(shop, DAY, DAY, location_id=place)
    search(shop, DAY, DAY)
    WorkingHours.objects.all().delete()
    search(shop, DAY, DAY)

    assert read() == [(DAY, None, None, "full", 1, "", 2), (DAY, None, place, "full", 1, "", 1)]


def test_a_time_that_is_gone_is_counted_with_its_hour(shop):
    book(shop, MONDAY)

    for _ in range(2):
        with pytest.raises(SlotTaken):
            hold_slot(request=SlotRequest(make_wish(shop), MONDAY), now=NOW, source="page")
    with pytest.raises(SlotTaken):
        quote_slot(request=SlotRequest(make_wish(shop), MONDAY), now=NOW, source="page")

    assert read() == [(DAY, MONDAY.hour, None, "full", 1, "", 2)]


def test_a_search_with_any_result_is_no_refusal(shop):
    search(shop, DAY, DAY)

    assert read() == []


@pytest.mark.parametrize(
    ("on", "is_counted"),
    [(TODAY, True), (TODAY - timedelta(days=1), False), (TODAY + timedelta(days=366), True),
     (TODAY + timedelta(days=367), False)],
)  # fmt: skip
def test_only_dates_that_somebody_plans_for_are_counted(shop, on, is_counted):
    record_refused(wish=make_wish(shop), reasons={on: RefusalReason.FULL}, today=TODAY)

    assert bool(read()) is is_counted


def test_whatever_is_asked_the_rows_are_few(shop):
    for party_size in range(1, 200):
        wish = make_wish(shop, party_size=party_size)
        record_refused(wish=wish, reasons={TODAY: RefusalReason.UNFIT}, today=TODAY, hour=9)

    rows = read()
    assert (len(rows), rows[-1]) == (20, (TODAY, 9, None, "unfit", 20, "", 180))


def test_old_dates_go_with_the_next_search(shop):
    RefusedDemand.objects.create(service_id=shop, on=TODAY - timedelta(days=801), count=5)
    RefusedDemand.objects.create(service_id=shop, on=TODAY - timedelta(days=800), count=5)

    record_refused(wish=make_wish(shop), reasons={TODAY: RefusalReason.FULL}, today=TODAY)

    assert [row[0] for row in read()] == [TODAY - timedelta(days=800), TODAY]


@pytest.mark.parametrize(
    "wrong",
    [{"weekdays": [7]}, {"weekdays": ["x"]}, {"from_minute": 600}, {"from_minute": 600, "to_minute": 600},
     {"from_minute": 600, "to_minute": 1441}, {"shortest_notice_minutes": 10**8}],
)  # fmt: skip
def test_a_wish_that_nobody_can_have_does_not_wait(shop, wrong):
    customer = Customer.objects.create(name="Ana", created_at=NOW)
    right = {
        "service_id": shop, "service_ids": [shop], "add_on_ids": [], "resource_ids": [], "customer": customer,
        "from_on": DAY, "to_on": DAY, "weekdays": [0, 4], "from_minute": 540, "to_minute": 720,
        "shortest_notice_minutes": 120, "created_at": NOW,
    }  # fmt: skip
    kept = WaitlistEntry.objects.create(**right)

    with pytest.raises(IntegrityError), transaction.atomic():
        WaitlistEntry.objects.create(**(right | {"from_minute": None, "to_minute": None} | wrong))
    assert list(WaitlistEntry.objects.all()) == [kept]
