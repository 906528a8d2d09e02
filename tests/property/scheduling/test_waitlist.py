"""Five hundred people wait while others cancel, take, decline, miss and move: the order holds, and nothing stays free.

After each walk through the queue a brute-force reader looks at every entry and every free time.
"""

from __future__ import annotations

from collections import Counter
from datetime import datetime, timedelta
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kernel.errors import DomainError
from kernel.ids import hash_token
from scheduling.engine import OFFER_MINUTES, WeeklyPeriod, find_offer_end
from scheduling.enums import WaitlistStatus
from scheduling.models import Booking, Customer, WaitlistEntry
from scheduling.selectors.availability.free_times import get_availability
from scheduling.selectors.waitlist.entries import PASSED, read_log
from scheduling.services.bookings.cancellations import cancel_booking
from scheduling.services.bookings.moves import move_booking
from scheduling.services.messages.manage_tokens import derive_token
from scheduling.services.waitlist.answering import accept_offer, decline_offer
from scheduling.services.waitlist.joining import leave_waitlist
from scheduling.services.waitlist.matching import match_waitlist
from scheduling.services.waitlist.queue import make_offer_token
from scheduling.types import AvailabilityQuery
from tests.factories.scheduling import MONDAY, STAFF, book, make_place, make_resource, make_service, make_wish

PEOPLE, DAYS, HOURS, ENTRIES, STEPS = 2, 3, 4, 500, 40
BEGINS = MONDAY - timedelta(days=3)
LAST_ON = MONDAY.date() + timedelta(days=DAYS - 1)


@settings(max_examples=500, deadline=None)
@given(st.integers(29_000_000, 30_000_000), st.integers(-60, 5_000), st.integers(0, 3_000))
def test_an_offer_keeps_its_promises(now, ahead, notice):
    start = now + ahead

    until = find_offer_end("America/Mexico_City", now, start, notice)

    latest = start - notice
    if until is None:
        assert latest < now + 5
        return
    assert now + 5 <= until <= latest
    assert until == latest or until >= now + OFFER_MINUTES


@pytest.mark.parametrize("seed", [1])
def test_the_order_holds_and_nothing_stays_free(tenant, seed):
    random, now = Random(seed), BEGINS
    place = make_place()
    weekly = tuple(WeeklyPeriod(weekday, 540, 540 + HOURS * 60) for weekday in range(7))
    service = make_service(tuple(make_resource(place, hours=weekly) for _ in range(PEOPLE)))
    for day in range(DAYS):
        for hour in range(HOURS):
            for _ in range(PEOPLE):
                book(service, MONDAY + timedelta(days=day, hours=hour), now=now)
    _wait(service, random)

    offered, done = 0, Counter[str]()
    for _ in range(STEPS):
        now += timedelta(minutes=random.choice([1, 7, 31, 90]))
        for _ in range(random.randint(1, 4)):
            done[_happen(random, now)] += 1
        before = _list(WaitlistStatus.OFFERED).keys()
        match_waitlist(1, now)
        offered += len(_list(WaitlistStatus.OFFERED).keys() - before)
        _check(service, now)

    assert offered > STEPS // 2
    assert {"_cancel", "_accept", "_decline", "_leave", "_move"} <= set(done)


def _wait(service: int, random: Random) -> None:
    """Let 500 people join, some for one day, some for a part of it, some who need notice."""
    customer = Customer.objects.create(name="Persona", created_at=BEGINS)
    rows = []
    for number in range(ENTRIES):
        first = random.randint(0, DAYS - 1)
        hours = random.choice([(None, None), (None, None), (540, 660), (660, 780)])
        contact = {"name": f"Persona {number}", "phone": None, "email": f"p{number}@example.com", "locale": "es"}
        uid = f"{number:032x}"
        rows.append(
            WaitlistEntry(
                service_id=service,
                service_ids=[service],
                customer=customer,
                from_on=MONDAY.date() + timedelta(days=first),
                to_on=MONDAY.date() + timedelta(days=random.randint(first, DAYS - 1)),
                weekdays=random.choice([[], [], [0, 2], [1, 2, 3]]),
                from_minute=hours[0],
                to_minute=hours[1],
                shortest_notice_minutes=random.choice([0, 120, 1440]),
                details={"customer": contact, "asset": {"make": "Nissan", "model": "Versa"}},
                uid=uid,
                token_hash=hash_token(derive_token(f"waitlist:{uid}", 0)),
                created_at=BEGINS,
            )
        )
    WaitlistEntry.objects.bulk_create(rows)


def _happen(random: Random, now: datetime) -> str:
    """Let something happen and return what; nothing where it was refused, or there was nobody it could happen to."""
    act = random.choice([_cancel, _cancel, _accept, _decline, _leave, _move])
    try:
        act(random, now)
    except (DomainError, IndexError):
        return ""
    return act.__name__


def _cancel(random: Random, now: datetime) -> None:
    booking = random.choice(list(Booking.objects.filter(status="confirmed", starts_at__gt=now).order_by("pk")))
    cancel_booking(booking_id=booking.pk, by=STAFF, cause="told", now=now)


def _move(random: Random, now: datetime) -> None:
    booking = random.choice(list(Booking.objects.filter(status="confirmed", starts_at__gt=now).order_by("pk")))
    starts_at = MONDAY + timedelta(days=random.randint(DAYS, DAYS + 9), hours=random.randint(0, HOURS - 1))
    move_booking(booking_id=booking.pk, starts_at=starts_at, by=STAFF, now=now)


def _accept(random: Random, now: datetime) -> None:
    accept_offer(token=make_offer_token(_pick_offered(random)), now=now)


def _decline(random: Random, now: datetime) -> None:
    decline_offer(token=make_offer_token(_pick_offered(random)), now=now)


def _leave(random: Random, now: datetime) -> None:
    entry = random.choice(list(WaitlistEntry.objects.filter(ended_at=None).order_by("pk")))
    leave_waitlist(token=derive_token(f"waitlist:{entry.uid}", 0), now=now)


def _pick_offered(random: Random) -> WaitlistEntry:
    return random.choice(list(WaitlistEntry.objects.filter(status=WaitlistStatus.OFFERED).order_by("pk")))


def _list(status: WaitlistStatus) -> dict[tuple[int, int], WaitlistEntry]:
    rows = WaitlistEntry.objects.filter(status=status).select_related("offered_booking").order_by("pk")
    return {(row.pk, row.offer_number): row for row in rows}


def _check(service: int, now: datetime) -> None:
    waiting = list(_list(WaitlistStatus.WAITING).values())
    offered = list(_list(WaitlistStatus.OFFERED).values())
    # No place is offered to two: at no time there are more bookings than people.
    active = (
        Booking.objects.filter(is_active=True).exclude(hold_expires_at__lte=now).values_list("starts_at", flat=True)
    )
    assert max(list(active).count(each) for each in set(active)) <= PEOPLE
    assert len({row.offered_booking_id for row in offered}) == len(offered)
    # Nobody is skipped: whoever came before and still waits could not have taken it.
    for row in offered:
        if read_log(row)[-1].at != now:
            continue  # of an earlier walk: those before may have let other times pass since
        starts_at = row.offered_booking.starts_at
        assert [each.pk for each in waiting if each.pk < row.pk and _could(each, starts_at, now)] == []
    # Nobody waits while something that fits is free.
    query = AvailabilityQuery(make_wish(service), from_on=max(now.date(), MONDAY.date()), to_on=LAST_ON)
    free = [slot.starts_at for day in get_availability(query=query, now=now).days for slot in day.slots]
    assert [(each.pk, at) for each in waiting for at in free if _could(each, at, now)] == []


def _could(entry: WaitlistEntry, starts_at: datetime, now: datetime) -> bool:
    """Tell by the calendar alone whether somebody could be offered a start."""
    on, minute = starts_at.date(), starts_at.hour * 60 + starts_at.minute
    passed = {line.starts_at for line in read_log(entry) if line.step in PASSED}
    return (
        entry.from_on <= on <= entry.to_on
        and (not entry.weekdays or on.weekday() in entry.weekdays)
        and (entry.from_minute is None or entry.from_minute <= minute < entry.to_minute)
        and starts_at - timedelta(minutes=entry.shortest_notice_minutes + 5) >= now
        and starts_at not in passed
    )
