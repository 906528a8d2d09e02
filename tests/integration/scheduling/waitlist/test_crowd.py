"""200 people want 50 places at once, and the rest waits: as many come as there are places, in the order of the list."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from functools import partial
from threading import Barrier

import pytest
from django.db import connection

from database.errors import TooBusy
from devtools.scratch.overbooking import list_overbooked
from kernel.errors import DomainError
from scheduling.enums import WaitlistStatus
from scheduling.errors import SlotTaken, VerificationRequired
from scheduling.errors.waitlist import OfferOver
from scheduling.models import Booking, WaitlistEntry
from scheduling.services.bookings.cancellations import cancel_booking
from scheduling.services.bookings.submissions import book_slot
from scheduling.services.waitlist.answering import accept_offer, decline_offer
from scheduling.services.waitlist.joining import join_waitlist
from scheduling.services.waitlist.matching import match_waitlist
from scheduling.services.waitlist.queue import make_offer_token
from scheduling.types import CustomerDetails, SlotRequest, WaitlistWish
from tenants.context import tenant_scope
from tenants.errors import RetryLater
from tests.factories.scheduling import CUSTOMER, DETAILS, MONDAY, NOW, STAFF, make_shop, make_wish

PEOPLE, PLACES, GONE, TAKEN = 200, 50, 12, 8
THREADS = 16


def run_at_once(tenant, jobs: Sequence[Callable[[], object]]) -> Counter[str]:
    """Run jobs over connections that begin together; count what came out."""
    barrier = Barrier(THREADS)

    def work(number: int) -> Counter[str]:
        outcomes: Counter[str] = Counter()
        with tenant_scope(tenant):
            connection.ensure_connection()
            barrier.wait(60)
            for job in jobs[number::THREADS]:
                try:
                    outcomes[str(job())] += 1
                except DomainError as refusal:
                    outcomes[refusal.code] += 1
        connection.close()
        return outcomes

    with ThreadPoolExecutor(THREADS) as pool:
        return sum(pool.map(work, range(THREADS)), Counter())


def come(service: int, number: int) -> str:
    """Book a place, or wait for one."""
    person = CustomerDetails(name=f"Persona {number}", email=f"p{number}@example.com", locale="es")
    details = replace(DETAILS, customer=person)
    try:
        request = SlotRequest(make_wish(service), MONDAY)
        book_slot(request=request, details=details, now=NOW, source="page", by=CUSTOMER)
    except SlotTaken:
        asked = WaitlistWish(
            make_wish(service), from_on=MONDAY.date(), to_on=MONDAY.date(), from_minute=540, to_minute=600
        )
        join_waitlist(asked=asked, details=details, join_key=str(number), now=NOW)
        return "waits"
    return "booked"


def walk() -> str:
    """Go through the queue, as each of many workers would."""
    try:
        match_waitlist(1, NOW)
    except RetryLater:
        return "another walks"
    return "walked"


def accept(token: str) -> str:
    return "taken" if accept_offer(token=token, now=NOW) else ""


def decline(token: str) -> str:
    decline_offer(token=token, now=NOW)
    return "declined"


def list_ids(tenant, status: WaitlistStatus) -> list[int]:
    with tenant_scope(tenant):
        return list(WaitlistEntry.objects.filter(status=status).order_by("pk").values_list("pk", flat=True))


def test_one_person_who_joins_many_times_at_once_waits_once(scratch_tenant):
    with tenant_scope(scratch_tenant):
        service, _ = make_shop()
    asked = WaitlistWish(make_wish(service), from_on=MONDAY.date(), to_on=MONDAY.date())
    joins = [partial(join_waitlist, asked=asked, details=DETAILS, join_key=str(each), now=NOW) for each in range(32)]

    outcomes = run_at_once(scratch_tenant, joins)

    outcomes -= Counter({TooBusy.code: outcomes[TooBusy.code]})
    assert (outcomes.pop(VerificationRequired.code) > 0, list(outcomes.values())) == (True, [1])
    with tenant_scope(scratch_tenant):
        assert WaitlistEntry.objects.count() == 1


@pytest.mark.slow
def test_as_many_come_as_there_are_places_and_the_rest_in_order(scratch_tenant):
    with tenant_scope(scratch_tenant):
        service, _ = make_shop(seats=PLACES)

    came = run_at_once(scratch_tenant, [partial(come, service, number) for number in range(PEOPLE)])
    waiting = list_ids(scratch_tenant, WaitlistStatus.WAITING)
    with tenant_scope(scratch_tenant):
        leaving = list(Booking.objects.filter(is_active=True).values_list("pk", flat=True))[:GONE]
    run_at_once(
        scratch_tenant,
        [partial(cancel_booking, booking_id=each, by=STAFF, cause="told", now=NOW) for each in leaving],
    )
    walked = run_at_once(scratch_tenant, [walk] * THREADS)
    offered = list_ids(scratch_tenant, WaitlistStatus.OFFERED)
    with tenant_scope(scratch_tenant):
        rows = WaitlistEntry.objects.filter(pk__in=offered).select_related("offered_booking").order_by("pk")
        tokens = [make_offer_token(row) for row in rows]
    answers = [partial(accept, token) for token in tokens[:TAKEN]] * 2
    answered = run_at_once(scratch_tenant, [*answers, *(partial(decline, token) for token in tokens[TAKEN:])])
    late = run_at_once(scratch_tenant, [partial(accept, token) for token in tokens[TAKEN:]])
    run_at_once(scratch_tenant, [walk] * THREADS)

    assert came == {"booked": PLACES, "waits": PEOPLE - PLACES}
    assert walked["walked"] >= 1
    assert offered == waiting[:GONE]
    assert answered == {"taken": 2 * TAKEN, "declined": GONE - TAKEN}
    assert late == {OfferOver.code: GONE - TAKEN}
    assert list_ids(scratch_tenant, WaitlistStatus.BOOKED) == waiting[:TAKEN]
    assert list_ids(scratch_tenant, WaitlistStatus.OFFERED) == waiting[GONE : 2 * GONE - TAKEN]
    with tenant_scope(scratch_tenant):
        assert (Booking.objects.filter(is_active=True).count(), list_overbooked(now=NOW)) == (PLACES, [])
