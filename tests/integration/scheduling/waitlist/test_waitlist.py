"""The waitlist: first come, first offered, one at a time; what is taken, passed, missed and left."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction

from notifications.models import Message
from scheduling.engine import WeeklyPeriod
from scheduling.enums import BookingLevel, WaitlistStatus
from scheduling.errors import RequestInvalid, SlotTaken, TooManyBookings, VerificationRequired
from scheduling.errors.waitlist import EntryEnded, OfferOver, TooManyEntries, WaitlistEntryNotFound
from scheduling.models import Booking, Contact, Customer, WaitlistEntry
from scheduling.selectors.waitlist.entries import find_entry, list_waiting
from scheduling.services.bookings.cancellations import cancel_booking
from scheduling.services.bookings.holds import hold_slot, release_hold
from scheduling.services.bookings.moves import move_booking
from scheduling.services.waitlist import joining
from scheduling.services.waitlist.answering import accept_offer, decline_offer, lapse_offer
from scheduling.services.waitlist.joining import MOST_OPEN, join_waitlist, leave_waitlist, remove_entry
from scheduling.services.waitlist.matching import match_waitlist
from scheduling.services.waitlist.queue import derive_links_anew, find_new_link, make_hold_token, make_offer_token
from scheduling.types import CustomerDetails, SlotRequest, WaitlistWish
from tenants.context import current_tenant, tenant_scope
from tenants.errors import RetryLater
from tenants.models import DueWork
from tenants.types import RestoredTenant
from tests.factories.scheduling import (
    DETAILS,
    MONDAY,
    NOW,
    STAFF,
    book,
    hours_later,
    make_place,
    make_resource,
    make_service,
    make_wish,
)

DAY = MONDAY.date()
MORNING = NOW + timedelta(hours=2)
"""10:00, by day."""
HALF_HOUR = timedelta(minutes=30)


HOURS = 4


def open_shop(hours: int = HOURS, **values) -> int:
    """Make a business with one person, who works for so many hours from nine on."""
    weekly = tuple(WeeklyPeriod(weekday, 540, 540 + hours * 60) for weekday in range(7))
    return make_service((make_resource(make_place(), hours=weekly),), **values)


@pytest.fixture
def free_shop(tenant) -> int:
    """A business where everything is free."""
    return open_shop()


@pytest.fixture
def shop(free_shop) -> int:
    """The same, and its Monday is full."""
    for hour in range(HOURS):
        book(free_shop, hours_later(hour))
    return free_shop


def join(service: int, name: str = "Berta", *, now=NOW, key: str = "", **wished) -> str:
    party_size, is_proven = wished.pop("party_size", 1), wished.pop("is_proven", False)
    asked = WaitlistWish(make_wish(service, party_size=party_size), **{"from_on": DAY, "to_on": DAY} | wished)
    person = CustomerDetails(name=name, email=f"{name.lower()}@example.com", locale="es")
    details = replace(DETAILS, customer=person)
    return join_waitlist(asked=asked, details=details, join_key=key or name, now=now, is_proven=is_proven)


def free(hour: int, *, now=MORNING) -> None:
    booking = Booking.objects.get(starts_at=hours_later(hour), is_active=True)
    cancel_booking(booking_id=booking.pk, by=STAFF, cause="told", now=now)


def entry_of(token: str) -> WaitlistEntry:
    return WaitlistEntry.objects.select_related("offered_booking").get(pk=find_entry(token)[0].id)


def offer_of(token: str) -> str:
    return make_offer_token(entry_of(token))


def list_standings() -> list[tuple[str, str, object]]:
    rows = WaitlistEntry.objects.select_related("offered_booking").order_by("pk")
    return [
        (row.details["customer"]["name"], row.status, row.offered_booking and row.offered_booking.starts_at)
        for row in rows
    ]


def test_what_becomes_free_is_kept_for_the_first_who_can_come(shop):
    tokens = [join(shop, "Berta", from_minute=840, to_minute=1020), join(shop, "Carla"), join(shop, "Dora")]

    free(1)
    match_waitlist(1, MORNING)

    assert list_standings() == [
        ("Berta", "waiting", None), ("Carla", "offered", hours_later(1)), ("Dora", "waiting", None),
    ]  # fmt: skip
    carla = entry_of(tokens[1])
    assert (carla.offer_expires_at, carla.offered_booking.hold_expires_at) == (MORNING + HALF_HOUR,) * 2
    with pytest.raises(SlotTaken):
        hold_slot(request=SlotRequest(make_wish(shop), hours_later(1)), now=MORNING, source="page")
    told = Message.objects.filter(template="waitlist_offer").values_list("to", flat=True)
    assert list(told) == ["carla@example.com"]


def test_an_offer_is_taken_with_everything_that_was_typed_and_twice_is_once(shop):
    token = join(shop)
    free(1)
    match_waitlist(1, MORNING)

    links = [accept_offer(token=offer_of(token), now=MORNING) for _ in range(2)]

    booking = entry_of(token).offered_booking
    assert links[0] == links[1]
    assert (booking.status, booking.source, booking.customer_name, booking.asset_data["model"]) == (
        "confirmed", "waitlist", "Berta", "Versa",
    )  # fmt: skip
    assert booking.proven_contact == "email"
    assert list_standings() == [("Berta", "booked", hours_later(1))]


def test_an_offer_does_not_lead_to_a_booking_whose_link_went_elsewhere(shop):
    token = join(shop)
    free(1)
    match_waitlist(1, MORNING)
    accept_offer(token=offer_of(token), now=MORNING)
    Booking.objects.filter(pk=entry_of(token).offered_booking_id).update(token_version=2)  # as a correction does

    with pytest.raises(EntryEnded):
        accept_offer(token=offer_of(token), now=MORNING)

    assert list_standings() == [("Berta", "booked", hours_later(1))]


def test_late_nothing_is_taken_and_the_next_has_it(shop):
    first, second = join(shop, "Berta"), join(shop, "Carla")
    free(1)
    match_waitlist(1, MORNING)
    late = offer_of(first)

    lapse_offer(entry_of(first).pk, MORNING + HALF_HOUR)
    match_waitlist(1, MORNING + HALF_HOUR)
    with pytest.raises(OfferOver):
        accept_offer(token=late, now=MORNING + HALF_HOUR)

    assert list_standings() == [("Berta", "waiting", None), ("Carla", "offered", hours_later(1))]
    assert accept_offer(token=offer_of(second), now=MORNING + HALF_HOUR)


def test_an_offer_does_not_end_early(shop):
    token = join(shop)
    free(1)
    match_waitlist(1, MORNING)

    with pytest.raises(RetryLater):
        lapse_offer(entry_of(token).pk, MORNING + HALF_HOUR - timedelta(seconds=1))

    assert list_standings() == [("Berta", "offered", hours_later(1))]


def test_whoever_declines_waits_on_and_is_not_asked_about_it_again(shop):
    token = join(shop)
    free(1)
    match_waitlist(1, MORNING)

    decline_offer(token=offer_of(token), now=MORNING)
    match_waitlist(1, MORNING)
    assert list_standings() == [("Berta", "waiting", None)]
    free(2)
    match_waitlist(1, MORNING)

    assert list_standings() == [("Berta", "offered", hours_later(2))]
    assert [line.step for line in find_entry(token)[0].log] == ["joined", "offered", "declined", "offered"]


def test_two_unanswered_offers_are_enough(shop):
    token = join(shop)
    free(1)
    free(2)
    for step in range(2):
        now = MORNING + step * HALF_HOUR
        match_waitlist(1, now)
        lapse_offer(entry_of(token).pk, now + HALF_HOUR)

    view = find_entry(token)[0]
    assert (view.status, [line.step for line in view.log][-2:]) == (WaitlistStatus.EXPIRED, ["missed", "removed"])


def test_a_kept_time_that_is_gone_is_nobodys_fault(shop):
    token = join(shop)
    free(1)
    match_waitlist(1, MORNING)
    entry = entry_of(token)
    release_hold(hold_id=entry.offered_booking_id, token=make_hold_token(entry), now=MORNING)

    match_waitlist(1, MORNING)

    entry = entry_of(token)
    assert (entry.status, entry.missed_count, [line["step"] for line in entry.log]) == (
        "offered", 0, ["joined", "offered", "withdrawn", "offered"],
    )  # fmt: skip


def test_an_offer_outlives_a_restore_and_not_an_export(shop):
    tokens = [join(shop, "Berta"), join(shop, "Carla")]
    for hour in (1, 2):
        free(hour)
    match_waitlist(1, MORNING)
    Booking.objects.filter(status="held").update(hold_token_hash="of another schema")
    WaitlistEntry.objects.filter(pk=entry_of(tokens[1]).pk).update(offer_token_hash="")

    derive_links_anew(RestoredTenant(current_tenant(), "t_before", is_same_secret=True, at=MORNING))

    assert accept_offer(token=offer_of(tokens[0]), now=MORNING)
    assert list_standings() == [("Berta", "booked", hours_later(1)), ("Carla", "waiting", None)]


def test_links_of_before_a_restore_lead_to_the_new_ones_and_messages_name_those(shop, settings):
    own, waiting, left = join(shop, "Berta"), join(shop, "Carla"), join(shop, "Dora")
    leave_waitlist(token=left, now=MORNING)
    free(1)
    match_waitlist(1, MORNING)
    offer = offer_of(own)
    assert [find_new_link(each) for each in (own, offer)] == [None] * 2
    settings.SECRET_KEY = "of the platform where it was restored"
    here = replace(current_tenant(), former_schemas=("t_before",))

    with tenant_scope(here):
        derive_links_anew(RestoredTenant(here, "t_before", is_same_secret=False, at=MORNING))
        new = {each: find_new_link(each) for each in (own, waiting, offer)}
        entries = [find_entry(each or "") for each in new.values()]
        assert [find_new_link(each) for each in (left, "unknown", "")] == [None] * 3
        with pytest.raises(WaitlistEntryNotFound):
            find_entry(offer)
        assert accept_offer(token=new[offer] or "", now=MORNING)
        assert find_new_link(own) is None  # it is booked: nothing waits

    assert [(entry.name, is_offer) for entry, is_offer in entries] == [
        ("Berta", False), ("Carla", False), ("Berta", True),
    ]  # fmt: skip
    assert set(new).isdisjoint(new.values())


def test_a_copy_that_writes_to_nobody_offers_nothing(shop):
    join(shop)
    free(1)

    with tenant_scope(replace(current_tenant(), quiet_since=NOW)):
        match_waitlist(1, MORNING)
    assert list_standings() == [("Berta", "waiting", None)]
    match_waitlist(1, MORNING)

    assert list_standings() == [("Berta", "offered", hours_later(1))]


def test_leaving_gives_the_time_to_the_next(shop):
    first = join(shop, "Berta")
    join(shop, "Carla")
    free(1)
    match_waitlist(1, MORNING)

    leave_waitlist(token=first, now=MORNING)
    match_waitlist(1, MORNING)

    assert list_standings() == [("Berta", "cancelled", None), ("Carla", "offered", hours_later(1))]
    with pytest.raises(EntryEnded):
        leave_waitlist(token=first, now=MORNING)


def test_staff_takes_somebody_off_and_the_log_says_who(free_shop):
    token = join(free_shop)

    remove_entry(entry_id=entry_of(token).pk, by=replace(STAFF, user_id=7), now=MORNING)

    last = find_entry(token)[0].log[-1]
    assert (last.step, last.by, last.user_id) == ("removed", "staff", 7)
    with pytest.raises(WaitlistEntryNotFound):
        remove_entry(entry_id=0, by=STAFF, now=MORNING)


def test_nobody_hears_of_a_time_later_than_they_need(shop):
    now = hours_later(0)
    join(shop, "Berta", shortest_notice_minutes=180)
    second = join(shop, "Carla", shortest_notice_minutes=100)
    free(2, now=now)

    match_waitlist(1, now)

    assert list_standings() == [("Berta", "waiting", None), ("Carla", "offered", hours_later(2))]
    assert entry_of(second).offer_expires_at == hours_later(2) - timedelta(minutes=100)


def test_at_night_there_is_time_until_nine(shop):
    token = join(shop)
    night = MORNING.replace(hour=23)
    free(1, now=night)

    match_waitlist(1, night)

    assert entry_of(token).offer_expires_at == night.replace(hour=9) + timedelta(days=1)


def test_a_move_frees_the_old_time(shop):
    token = join(shop)
    moved = Booking.objects.get(starts_at=hours_later(3), is_active=True)
    move_booking(booking_id=moved.pk, starts_at=hours_later(24), by=STAFF, now=MORNING)

    match_waitlist(1, MORNING)

    assert entry_of(token).offered_booking.starts_at == hours_later(3)


def test_a_group_gives_as_many_seats_as_there_are(tenant):
    service = open_shop(1, seats=2, max_party_size=2)
    for _ in range(2):
        book(service, hours_later(0))
    join(service, "Berta", party_size=2)
    join(service, "Carla")
    first = Booking.objects.filter(is_active=True).first()
    cancel_booking(booking_id=first.pk, by=STAFF, cause="told", now=MORNING)

    match_waitlist(1, MORNING)

    assert list_standings() == [("Berta", "waiting", None), ("Carla", "offered", hours_later(0))]


def test_a_form_that_is_sent_twice_joins_once(free_shop):
    tokens = {join(free_shop, key="one run through the pages") for _ in range(2)}

    assert (len(tokens), WaitlistEntry.objects.count()) == (1, 1)
    # As a customer: a copy that writes to none of them keeps it back.
    assert list(Message.objects.filter(template="waitlist_joined").values_list("role", flat=True)) == ["customer_talk"]


def test_a_form_that_is_sent_with_something_else_joins_again(free_shop):
    run = "one run through the pages"
    sent = [("Berta", {}), ("Carla", {}), ("Berta", {"to_on": DAY + timedelta(days=1)}), ("Berta", {})]

    tokens = [join(free_shop, name, key=run, **wished) for name, wished in sent]

    assert (tokens[0] == tokens[3], len(set(tokens)), WaitlistEntry.objects.count()) == (True, 3, 3)


def test_who_left_and_sends_the_form_again_waits_again(free_shop):
    first = join(free_shop, key="one run through the pages")
    leave_waitlist(token=first, now=MORNING)

    second = join(free_shop, key="one run through the pages", now=MORNING)

    assert [find_entry(each)[0].status for each in (first, second)] == ["cancelled", "waiting"]


def test_one_contact_has_few_entries_at_a_time_and_as_many_with_a_code(free_shop):
    for number in range(MOST_OPEN):
        join(free_shop, key=f"run {number}", shortest_notice_minutes=number + 1)

    with pytest.raises(VerificationRequired) as asked:
        join(free_shop, key="one more")
    for number in range(MOST_OPEN):
        join(free_shop, key=f"proven {number}", shortest_notice_minutes=number + 101, is_proven=True)
    with pytest.raises(TooManyEntries):
        join(free_shop, key="one more", is_proven=True)

    assert (asked.value.to, WaitlistEntry.objects.count()) == ("berta@example.com", 2 * MOST_OPEN)


def test_the_same_wish_of_one_person_leads_to_the_entry_that_it_made(free_shop):
    token = join(free_shop, key="a phone")

    with pytest.raises(VerificationRequired) as asked:
        join(free_shop, key="a laptop")
    proven = join(free_shop, key="a laptop", is_proven=True)

    assert (asked.value.to, proven) == ("berta@example.com", token)
    leave_waitlist(token=token, now=NOW)
    assert join(free_shop, key="the day after") != token
    assert [row.status for row in WaitlistEntry.objects.order_by("pk")] == ["cancelled", "waiting"]


def test_without_a_way_to_send_a_code_nobody_joins_many_times(free_shop, monkeypatch):
    monkeypatch.setattr(joining, "list_ways", lambda _: ())
    for number in range(MOST_OPEN):
        join(free_shop, key=f"run {number}")

    with pytest.raises(TooManyBookings):
        join(free_shop, key="one more")


@pytest.mark.parametrize(
    ("wrong", "name"),
    [({"to_on": DAY - timedelta(days=1)}, "to_on"), ({"from_on": NOW.date() - timedelta(days=9),
     "to_on": NOW.date() - timedelta(days=1)}, "to_on"), ({"to_on": DAY + timedelta(days=62)}, "to_on"),
     ({"weekdays": (1,)}, "weekdays"), ({"from_minute": 600, "to_minute": 600}, "to_minute"),
     ({"from_minute": 600}, "to_minute"), ({"shortest_notice_minutes": -1}, "shortest_notice_minutes")],
)  # fmt: skip
def test_what_nobody_can_have_is_refused_at_its_field(free_shop, wrong, name):
    with pytest.raises(RequestInvalid) as refused:
        join(free_shop, **wrong)

    assert (list(refused.value.errors), WaitlistEntry.objects.count()) == ([name], 0)


def test_whom_the_business_takes_personally_is_not_written_to(shop):
    join(shop, "Berta")
    join(shop, "Carla")
    refused = Contact.objects.get(value="berta@example.com").customer_id
    Customer.objects.filter(pk=refused).update(booking_level=BookingLevel.REFUSED, level_reason="No paga")
    free(1)

    match_waitlist(1, MORNING)

    assert list_standings() == [("Berta", "waiting", None), ("Carla", "offered", hours_later(1))]


def test_after_the_last_day_nobody_waits(free_shop):
    token = join(free_shop)

    match_waitlist(1, MONDAY + timedelta(days=2))

    assert find_entry(token)[0].status == WaitlistStatus.EXPIRED
    assert not DueWork.objects.filter(kind="waitlist_match", due_at__gt=MONDAY).exists()


def test_while_somebody_waits_the_queue_is_looked_at_each_half_hour(shop):
    join(shop)

    match_waitlist(1, MORNING)

    due = DueWork.objects.filter(kind="waitlist_match").values_list("due_at", flat=True)
    assert list(due) == [MORNING + HALF_HOUR]


def test_the_link_of_an_entry_answers_no_offer(shop):
    token = join(shop)
    free(1)
    match_waitlist(1, MORNING)

    for answer in (accept_offer, decline_offer):
        with pytest.raises(OfferOver):
            answer(token=token, now=MORNING)
        with pytest.raises(WaitlistEntryNotFound):
            answer(token="", now=MORNING)

    assert list_standings() == [("Berta", "offered", hours_later(1))]


@pytest.mark.parametrize("count", [1, 3])
def test_the_list_takes_as_many_queries_whatever_waits(free_shop, django_assert_num_queries, count):
    for number in range(count):
        join(free_shop, f"Persona{number}")

    with django_assert_num_queries(2):
        waiting = list_waiting()

    assert [entry.ahead for entry in waiting] == list(range(count))


@pytest.mark.parametrize(
    "wrong",
    [{"status": "offered"}, {"ended_at": NOW}, {"status": "cancelled"}, {"status": "gone"}, {"offer_expires_at": NOW}],
)
def test_an_entry_stands_in_one_way_only(free_shop, wrong):
    entry = entry_of(join(free_shop))

    with pytest.raises(IntegrityError), transaction.atomic():
        WaitlistEntry.objects.filter(pk=entry.pk).update(**wrong)
