"""Every way to a visit: none is confirmed without its deposit, and each place is free again when nobody pays."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import timedelta

import pytest

from billing.models import Payment
from billing.selectors.asking import find_asked_deposit
from billing.selectors.payments import balance_booking, list_payments_of
from billing.services.payments import receive_deposit, waive_deposit
from devtools.scratch.shop import add_team
from scheduling.engine import WeeklyPeriod
from scheduling.enums import BookingLevel, DepositKind
from scheduling.errors import RequestInvalid
from scheduling.models import Booking, Customer, WaitlistEntry
from scheduling.selectors.bookings.views import get_booking
from scheduling.services.bookings.cancellations import cancel_booking
from scheduling.services.bookings.holds import hold_slot, quote_slot
from scheduling.services.bookings.imports import import_booking
from scheduling.services.bookings.series.making import book_series
from scheduling.services.bookings.submissions import book_slot, submit_booking
from scheduling.services.bookings.transitions import approve
from scheduling.services.bookings.walk_ins import book_walk_in
from scheduling.services.repeating import Repeats, book_repeats
from scheduling.services.waitlist.answering import accept_offer
from scheduling.services.waitlist.joining import join_waitlist
from scheduling.services.waitlist.matching import match_waitlist
from scheduling.services.waitlist.queue import make_offer_token
from scheduling.services.writing.expiry import expire_hold
from scheduling.types import DepositChoice, OverrideReason, SlotRequest, WaitlistWish
from tests.factories.billing import add_up, take_transfers, tell_events
from tests.factories.feature_pairs import list_offered
from tests.factories.scheduling import (
    CUSTOMER,
    DETAILS,
    MONDAY,
    NOW,
    STAFF,
    hours_later,
    make_place,
    make_service,
    make_wish,
)

PRICE, DEPOSIT = 1000, 300
WEEK = timedelta(days=7)
WAIVED = DepositChoice(is_asked=False, reason="Cliente de siempre")
EVERY_DAY = tuple(WeeklyPeriod(weekday, 540, 1020) for weekday in range(7))


@dataclass(frozen=True)
class Shop:
    """One person, and what is booked with them: two services, as the case wants them."""

    service: int
    further: int
    person: int

    @property
    def both(self) -> tuple[int, int]:
        return self.service, self.further


def open_shop(**values) -> Shop:
    person = add_team(make_place(), ["Eva"], type_name="Persona", hours=EVERY_DAY, position=0)[0]
    service, further = (make_service((person,), price_minor=PRICE, **values) for _ in range(2))
    return Shop(service, further, person)


def book_as(by, shop: Shop, services=None, **values) -> list[int]:
    wish = {name: values.pop(name) for name in ("party_size", "resource_ids") if name in values}
    request = SlotRequest(make_wish(services or shop.service, **wish), values.pop("starts_at", MONDAY))
    source = "page" if by is CUSTOMER else "workspace"
    return [book_slot(request=request, details=DETAILS, now=NOW, source=source, by=by, **values).booking_id]


def at_once(shop: Shop) -> list[int]:
    return book_as(CUSTOMER, shop)


def from_a_hold(shop: Shop) -> list[int]:
    request = SlotRequest(make_wish(shop.service), MONDAY)
    held = hold_slot(request=request, now=NOW, source="widget")
    return [submit_booking(hold_id=held.id, token=held.token, details=DETAILS, now=NOW).booking_id]


def from_a_hold_that_ended(shop: Shop) -> list[int]:
    held = hold_slot(request=SlotRequest(make_wish(shop.service), MONDAY), now=NOW - timedelta(hours=1), source="page")
    return [submit_booking(hold_id=held.id, token=held.token, details=DETAILS, now=NOW).booking_id]


def two_services(shop: Shop) -> list[int]:
    return book_as(CUSTOMER, shop, shop.both)


def chosen_person(shop: Shop) -> list[int]:
    return book_as(CUSTOMER, shop, resource_ids=(shop.person,))


def repeated(shop: Shop) -> list[int]:
    book_repeats(
        request=SlotRequest(make_wish(shop.service), MONDAY), repeats=Repeats(1, (MONDAY + WEEK,)),
        details=replace(DETAILS, proven_contact="email"), hold_id=0, token="", now=NOW, source="page",
    )  # fmt: skip
    return list_new()


def from_the_waitlist(shop: Shop) -> list[int]:
    other = replace(DETAILS, customer=replace(DETAILS.customer, name="Olga", email="o@example.com", phone=None))
    taken = [
        book_slot(
            request=SlotRequest(make_wish(shop.service), hours_later(hour)), details=other, now=NOW, source="workspace",
            by=STAFF, deposit=WAIVED,
        ).booking_id
        for hour in range(8)
    ]  # fmt: skip
    wish = WaitlistWish(make_wish(shop.service), from_on=MONDAY.date(), to_on=MONDAY.date())
    join_waitlist(asked=wish, details=DETAILS, join_key="a", now=NOW)
    cancel_booking(booking_id=taken[0], by=STAFF, cause="told", now=NOW)
    match_waitlist(1, NOW)
    accept_offer(token=make_offer_token(WaitlistEntry.objects.get()), now=NOW)
    for booking_id in taken[1:]:
        cancel_booking(booking_id=booking_id, by=STAFF, cause="told", now=NOW)
    return [WaitlistEntry.objects.get().offered_booking_id]


def at_the_desk(shop: Shop) -> list[int]:
    return book_as(STAFF, shop)


def at_the_desk_until(shop: Shop) -> list[int]:
    return book_as(STAFF, shop, deposit=DepositChoice(pay_by=NOW + timedelta(days=2)))


def over_the_rules(shop: Shop) -> list[int]:
    return book_as(STAFF, shop, override=OverrideReason("Urgencia"))


def series_of_staff(shop: Shop) -> list[int]:
    book_series(
        request=SlotRequest(make_wish(shop.service), MONDAY), rule="FREQ=WEEKLY;COUNT=2", details=DETAILS,
        on_conflict="fail", now=NOW, by=STAFF,
    )  # fmt: skip
    return list_new()


def desk_without(shop: Shop) -> list[int]:
    return book_as(STAFF, shop, deposit=WAIVED)


def walk_in(shop: Shop) -> list[int]:
    wish = make_wish(shop.service)
    booked = book_walk_in(wish=wish, details=DETAILS, now=NOW + timedelta(hours=1), by=STAFF)
    return [booked.booking_id]


def imported(shop: Shop) -> list[int]:
    return [import_booking(service_id=shop.service, starts_at=MONDAY, resource_ids=(shop.person,), now=NOW)]


ASKING: tuple[Callable[[Shop], list[int]], ...] = (
    at_once,
    from_a_hold,
    from_a_hold_that_ended,
    two_services,
    chosen_person,
    repeated,
    from_the_waitlist,
    at_the_desk,
    at_the_desk_until,
    over_the_rules,
    series_of_staff,
)
NOT_ASKING = (desk_without, walk_in, imported)
CASES = {
    "due": ({"deposit_kind": DepositKind.FIXED, "deposit_minor": DEPOSIT}, BookingLevel.NORMAL, DEPOSIT),
    "not due": ({}, BookingLevel.NORMAL, 0),
    "must prepay": ({}, BookingLevel.MUST_PREPAY, PRICE),
    "must prepay what is asked": (
        {"deposit_kind": DepositKind.FIXED, "deposit_minor": DEPOSIT, "deposit_must_prepay": True},
        BookingLevel.MUST_PREPAY,
        DEPOSIT,
    ),
}


def list_new() -> list[int]:
    return list(Booking.objects.filter(customer_name=DETAILS.customer.name).order_by("pk").values_list("pk", flat=True))


def know(level: BookingLevel) -> None:
    """The customer exists, and how they book."""
    if level != BookingLevel.NORMAL:
        other = open_shop()
        made = book_as(STAFF, other, starts_at=MONDAY - timedelta(days=3))
        Customer.objects.update(booking_level=level, level_reason="No vino")
        Booking.objects.filter(pk__in=made).update(customer_name="Antes")


def open_case(name: str, **values) -> tuple[Shop, int]:
    terms, level, due = CASES[name]
    take_transfers()
    know(level)
    return open_shop(most_repeats=4, **{**terms, **values}), due


def check_no_visit_without_deposit() -> None:
    """Whatever is confirmed has what it asks for."""
    for row in Booking.objects.filter(status__in=("confirmed", "arrived")):
        booking = get_booking(booking_id=row.pk)
        balance = balance_booking(booking, list_payments_of(booking_id=row.pk))
        assert balance.due_minor == 0, row.reference


@pytest.mark.parametrize("case", CASES)
@pytest.mark.parametrize("way", ASKING, ids=lambda each: each.__name__)
def test_visit_waits_for_its_deposit_and_takes_place_once_it_is_there(tenant, way, case):
    shop, due = open_case(case)
    made = way(shop)
    each_due = due * (2 if way is two_services else 1)
    if way is two_services and case == "must prepay":
        each_due = 2 * PRICE  # of the whole visit
    tell_events()

    for booking_id in made:
        booking = get_booking(booking_id=booking_id)
        asked = find_asked_deposit(booking, now=booking.created_at)
        assert (booking.status, booking.deposit_minor) == ("pending_payment" if due else "confirmed", each_due)
        assert (asked.amount_minor if asked else 0) == each_due
        amounts = list(Payment.objects.filter(booking_id=booking_id).values_list("amount_minor", "state"))
        assert amounts == ([(each_due, "open")] if due else [])
    check_no_visit_without_deposit()
    if due:
        for booking_id in made:
            receive_deposit(booking_id=booking_id, now=NOW, by=STAFF)
        tell_events()
    assert {get_booking(booking_id=each).status.value for each in made} == {"confirmed"}
    check_no_visit_without_deposit()
    assert add_up().get("bank_transfer", 0) == each_due * len(made)


@pytest.mark.parametrize("case", [each for each in CASES if each != "not due"])
@pytest.mark.parametrize("way", ASKING, ids=lambda each: each.__name__)
def test_place_is_free_again_when_nobody_pays(tenant, way, case):
    shop, _ = open_case(case)
    made = way(shop)
    tell_events()
    late = max(get_booking(booking_id=each).hold_expires_at for each in made)

    assert (9 in list_offered(shop.service, now=late)) is True
    for booking_id in made:
        expire_hold(booking_id, late)
    tell_events()
    assert {get_booking(booking_id=each).status.value for each in made} == {"expired"}
    assert set(Payment.objects.values_list("state", flat=True)) == {"expired"}


@pytest.mark.parametrize("case", CASES)
@pytest.mark.parametrize("way", NOT_ASKING, ids=lambda each: each.__name__)
def test_visit_without_its_deposit_says_so_and_owes_none(tenant, way, case):
    shop, due = open_case(case)

    (booking_id,) = way(shop)
    tell_events()

    booking = get_booking(booking_id=booking_id)
    is_due = due and (way is not imported or case == "due")  # nobody's record is looked at there
    waived = due if is_due else None
    assert (booking.deposit_minor, booking.agreed.deposit_waived_minor) == (0, waived)
    assert Payment.objects.count() == 0
    check_no_visit_without_deposit()


@pytest.mark.parametrize("case", ["due", "must prepay"])
def test_paid_request_is_confirmed_by_staff_alone(tenant, case):
    shop, _ = open_case(case, approval="request")
    (booking_id,) = at_once(shop)
    receive_deposit(booking_id=booking_id, now=NOW, by=STAFF)
    assert get_booking(booking_id=booking_id).status == "pending_approval"

    approve(booking_id=booking_id, now=NOW, by=STAFF)

    assert get_booking(booking_id=booking_id).status == "confirmed"
    check_no_visit_without_deposit()


def test_deposit_is_no_way_around_the_approval_of_a_customer(tenant):
    take_transfers()
    know(BookingLevel.BY_APPROVAL)
    shop = open_shop(deposit_kind=DepositKind.FIXED, deposit_minor=DEPOSIT)
    (booking_id,) = at_once(shop)

    receive_deposit(booking_id=booking_id, now=NOW, by=STAFF)

    assert get_booking(booking_id=booking_id).status == "pending_approval"


def test_what_nobody_can_pay_from_afar_is_still_asked_for_first(tenant):
    know(BookingLevel.MUST_PREPAY)
    shop = open_shop()

    (booking_id,) = at_once(shop)

    assert (get_booking(booking_id=booking_id).status, Payment.objects.count()) == ("pending_approval", 0)


def test_what_is_shown_is_what_is_asked(tenant):
    shop, _ = open_case("due")
    request = SlotRequest(make_wish(shop.both), MONDAY)

    shown = quote_slot(request=request, now=NOW, source="page").deposit_minor
    (booking_id,) = two_services(shop)

    asked = find_asked_deposit(get_booking(booking_id=booking_id), now=NOW)
    assert (shown, asked.amount_minor, asked.currency) == (600, 600, "MXN")


def test_group_and_party_pay_the_price_that_is_shown(tenant):
    take_transfers()
    place = make_place()
    people = add_team(place, ["Sala"], type_name="Persona", hours=EVERY_DAY, position=0, capacity=3)
    group = make_service(tuple(people), price_minor=PRICE, deposit_kind=DepositKind.FULL, seats=3)
    request = SlotRequest(make_wish(group, party_size=2), MONDAY)
    held = hold_slot(request=request, now=NOW, source="page")

    made = submit_booking(hold_id=held.id, token=held.token, details=DETAILS, now=NOW)

    assert (held.deposit_minor, get_booking(booking_id=made.booking_id).deposit_minor) == (held.price_minor,) * 2


def test_what_has_begun_is_not_asked_for(tenant):
    shop, _ = open_case("due")

    with pytest.raises(RequestInvalid) as refused:
        book_as(STAFF, shop, starts_at=NOW, override=OverrideReason("Urgencia"))
    assert (list(refused.value.errors), Booking.objects.count()) == (["deposit"], 0)

    (booking_id,) = book_as(STAFF, shop, starts_at=NOW + timedelta(hours=1), deposit=WAIVED)
    assert get_booking(booking_id=booking_id).status == "confirmed"


@pytest.mark.parametrize("reason", ["", "  ", "x" * 2001])
def test_deposit_is_left_out_for_a_reason_that_can_be_kept(tenant, reason):
    shop, _ = open_case("due")

    with pytest.raises(RequestInvalid) as refused:
        book_as(STAFF, shop, deposit=DepositChoice(is_asked=False, reason=reason))

    assert (list(refused.value.errors), Booking.objects.count()) == (["deposit_reason"], 0)


def test_both_reasons_of_staff_stand_in_the_history(tenant):
    shop, _ = open_case("due")

    (booking_id,) = book_as(STAFF, shop, override=OverrideReason("Urgencia"), deposit=WAIVED)

    row = Booking.objects.get(pk=booking_id)
    assert row.history.get().history_change_reason == "Urgencia · Cliente de siempre"
    assert row.override_reason == "Urgencia"


def test_deposit_that_is_waived_later_is_owed_no_more(tenant):
    shop, _ = open_case("due")
    (booking_id,) = at_once(shop)
    tell_events()

    for _ in range(2):
        waive_deposit(booking_id=booking_id, now=NOW, by=STAFF, reason=" Es de la casa ")

    row = Booking.objects.get(pk=booking_id)
    assert (row.status, row.deposit_minor, row.policy["deposit_waived_minor"]) == ("confirmed", 0, DEPOSIT)
    assert row.history.latest().history_change_reason == "Es de la casa"
    check_no_visit_without_deposit()


def test_place_of_staff_waits_as_long_as_they_say_and_never_past_its_start(tenant):
    shop, _ = open_case("due")
    until = [NOW + timedelta(days=2), MONDAY + timedelta(days=1)]

    made = [
        book_as(STAFF, shop, starts_at=hours_later(hour), deposit=DepositChoice(pay_by=pay_by))[0]
        for hour, pay_by in enumerate(until)
    ]

    kept = [get_booking(booking_id=each).hold_expires_at for each in made]
    assert kept == [until[0], hours_later(1)]
