"""What each state of a business lets its customers and its staff do: services, every address, and what pages say."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.db import transaction
from django.http import HttpResponse

from accounts.models import User
from devtools.scratch.browser import HostClient
from scheduling.enums import ConflictChoice, ReminderStatus
from scheduling.models import Booking, DataRequest, Reminder
from scheduling.selectors.catalog.entries import get_resource_entry
from scheduling.services.aftercare.data_requests import finish_request
from scheduling.services.aftercare.delays import announce_delay
from scheduling.services.bookings.attendance import confirm_attendance
from scheduling.services.bookings.cancellations import cancel_booking
from scheduling.services.bookings.guards import open_guard
from scheduling.services.bookings.holds import hold_slot
from scheduling.services.bookings.imports import import_booking
from scheduling.services.bookings.moves import move_booking
from scheduling.services.bookings.series.making import book_series
from scheduling.services.bookings.submissions import book_slot, submit_booking
from scheduling.services.bookings.transitions import (
    accept_payment,
    approve,
    complete_visit,
    decline,
    mark_arrived,
    mark_no_show,
    pause_visit,
    resume_visit,
    start_visit,
)
from scheduling.services.catalog import door
from scheduling.services.catalog import resources as catalog
from scheduling.services.catalog.bulk import add_location
from scheduling.services.demand.searches import search_times
from scheduling.services.messages.reminders import send_reminder
from scheduling.types import AvailabilityQuery, LocationSetup, ResourceSetup, SlotRequest, WeekSetup
from tenants.context import tenant_scope
from tenants.errors import StatusForbids
from tenants.models import Tenant
from tenants.selectors.resolution import forget_tenants
from tests.factories.scheduling import CUSTOMER, DETAILS, STAFF, book, make_shop, make_wish
from tests.integration.api.conftest import make_booking_body
from tests.integration.test_every_url import TENANT, ask, copy_browser, is_asking, is_refused, list_doors, take_snapshot
from tests.integration.test_every_url import facts as facts  # noqa: PLC0414 - a fixture

NOW = datetime(2026, 1, 5, 8, tzinfo=UTC)
START = datetime(2026, 1, 12, 9, tzinfo=UTC)
SYSTEM = replace(STAFF, kind="system")
OPEN = ("trial", "active", "past_due")
NARROWED = ("read_only", "suspended", "closed")
STATES = OPEN + NARROWED


@pytest.fixture(autouse=True)
def forgotten() -> Iterator[None]:
    """What was read inside of the rolled-back transaction is nobody's any more."""
    yield
    forget_tenants()


@pytest.fixture
def put(tenant) -> Callable[..., None]:
    """Put the workshop into a state, for requests from now on."""

    def put_(status: str, **values: object) -> None:
        Tenant.objects.filter(pk=tenant.id).update(status=status, **values)
        forget_tenants()

    return put_


class Shop:
    """A business with a booking in each status that something is done from."""

    def __init__(self) -> None:
        self.service, self.people = make_shop(3)
        self.booked = book(self.service, START, now=NOW)
        self.booking = self.booked.booking_id
        self.token = self.booked.manage_token
        self.held = hold_slot(request=self.ask(2), now=NOW, source="page")

    def ask(self, hours: int = 1) -> SlotRequest:
        return SlotRequest(make_wish(self.service), START + timedelta(hours=hours))

    def query(self, moving: int | None = None) -> AvailabilityQuery:
        wish, on = make_wish(self.service), START.date()
        return AvailabilityQuery(wish, from_on=on, to_on=on, moving_booking_id=moving)

    @property
    def resource(self) -> ResourceSetup:
        return get_resource_entry(resource_id=self.people[0], now=NOW).setup


@dataclass(frozen=True)
class Work:
    """Something that is done, the states that allow it, and the status of the booking that it is done to."""

    allowed: tuple[str, ...]
    do: Callable[[Shop], object]
    status: str = "confirmed"


def ask_and_answer(shop: Shop) -> None:
    asked = DataRequest.objects.create(booking_id=shop.booking, kind="erasure", asked_at=NOW)
    finish_request(request_id=asked.pk, answer="Hecho", now=NOW, by=STAFF)


at = {"now": NOW}
staff = {"now": NOW, "by": STAFF}
STEPS = (*OPEN, "read_only")
WORK = {
    "customer searches": Work(OPEN, lambda shop: search_times(query=shop.query(), **at)),
    "customer holds": Work(OPEN, lambda shop: hold_slot(request=shop.ask(), source="page", **at)),
    "customer submits": Work(OPEN, lambda shop: submit_booking(
        hold_id=shop.held.id, token=shop.held.token, details=DETAILS, **at)),
    "customer asks whether to type a code": Work(OPEN, lambda _: open_guard(
        customer=DETAILS.customer, block="203.0.113.0/24", code="", **at)),
    "customer books": Work(OPEN, lambda shop: book_slot(
        request=shop.ask(), details=DETAILS, source="api", by=CUSTOMER, **at)),
    "customer searches to move": Work(OPEN, lambda shop: search_times(query=shop.query(shop.booking), **at)),
    "customer moves": Work(OPEN, lambda shop: move_booking(
        token=shop.token, starts_at=shop.ask(3).starts_at, by=CUSTOMER, **at)),
    "customer confirms": Work(STATES, lambda shop: confirm_attendance(token=shop.token, **at)),
    "customer cancels": Work(STATES, lambda shop: cancel_booking(token=shop.token, by=CUSTOMER, **at)),
    "staff books": Work(OPEN, lambda shop: book_slot(
        request=shop.ask(), details=DETAILS, source="workspace", **staff)),
    "staff books a series": Work(OPEN, lambda shop: book_series(
        request=shop.ask(), rule="FREQ=DAILY;COUNT=2", details=DETAILS, on_conflict=ConflictChoice.FAIL, **staff)),
    "staff imports": Work(OPEN, lambda shop: import_booking(
        service_id=shop.service, starts_at=shop.ask(4).starts_at, resource_ids=(shop.people[0],), **at)),
    "staff moves": Work(STEPS, lambda shop: move_booking(
        booking_id=shop.booking, starts_at=shop.ask(3).starts_at, **staff)),
    "staff cancels": Work(STEPS, lambda shop: cancel_booking(booking_id=shop.booking, reason="Cerramos", **staff)),
    "staff confirms": Work(STEPS, lambda shop: confirm_attendance(booking_id=shop.booking, **staff)),
    "staff approves": Work(STEPS, lambda shop: approve(booking_id=shop.booking, **staff), "pending_approval"),
    "staff declines": Work(STEPS, lambda shop: decline(booking_id=shop.booking, **staff), "pending_approval"),
    "staff receives": Work(STEPS, lambda shop: mark_arrived(booking_id=shop.booking, **staff)),
    "staff starts": Work(STEPS, lambda shop: start_visit(booking_id=shop.booking, **staff)),
    "staff finishes": Work(STEPS, lambda shop: complete_visit(booking_id=shop.booking, **staff), "in_progress"),
    "staff pauses": Work(STEPS, lambda shop: pause_visit(booking_id=shop.booking, **staff), "in_progress"),
    "staff goes on": Work(STEPS, lambda shop: resume_visit(booking_id=shop.booking, **staff), "in_progress"),
    "staff is late": Work(STEPS, lambda shop: announce_delay(booking_id=shop.booking, minutes=20, **staff)),
    "staff misses": Work(STEPS, lambda shop: mark_no_show(
        booking_id=shop.booking, now=START + timedelta(hours=1), by=STAFF)),
    "customer asks about data and is answered": Work(STATES, ask_and_answer),
    "payment arrives": Work(STATES, lambda shop: accept_payment(
        booking_id=shop.booking, now=NOW, by=SYSTEM), "pending_payment"),
    "staff adds": Work(OPEN, lambda shop: catalog.create_resource(setup=replace(shop.resource, name="Nueva"), **staff)),
    "staff adds many": Work(OPEN, lambda _: add_location(
        setup=LocationSetup(name="Sur", timezone="UTC"), week=WeekSetup(), **staff)),
    "staff changes": Work(OPEN, lambda shop: catalog.change_resource(
        resource_id=shop.people[0], setup=replace(shop.resource, name="Otra"), version=None, **staff)),
    "staff archives": Work(OPEN, lambda shop: door.archive(
        catalog.NOUN, shop.people[-1], version=None, **staff)),
    "staff sorts": Work(OPEN, lambda shop: door.reorder(catalog.NOUN, shop.people[::-1], **staff)),
}  # fmt: skip


@contextmanager
def taken_back() -> Iterator[None]:
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


@pytest.mark.parametrize("name", WORK)
def test_services_do_what_the_state_allows_and_nothing_else(tenant, name):
    work, shop, outcomes = WORK[name], Shop(), {}
    Booking.objects.filter(pk=shop.booking).update(status=work.status)
    before = take_snapshot()

    for status in STATES:
        with tenant_scope(replace(tenant, status=status)), taken_back():
            try:
                work.do(shop)
                outcomes[status] = "done"
            except StatusForbids as error:
                outcomes[status] = error.code
                assert take_snapshot() == before

    assert outcomes == {status: "done" if status in work.allowed else f"tenant_{status}" for status in STATES}


@pytest.mark.parametrize("status", STATES)
def test_reminders_leave_unless_the_business_is_closed(tenant, status):
    with time_machine.travel(NOW):
        shop = Shop()
    reminder = Reminder.objects.create(
        booking_id=shop.booking, offset_minutes=60, due_at=START - timedelta(hours=1), status=ReminderStatus.PLANNED
    )

    with tenant_scope(replace(tenant, status=status)):
        send_reminder(reminder.pk, reminder.due_at)

    reminder.refresh_from_db()
    assert reminder.status == ("skipped" if status == "closed" else "sent")


@pytest.mark.parametrize("status", NARROWED)
def test_no_address_breaks_or_changes_what_it_may_not(tenant, facts, put, status):
    """Whoever asks, for every address, with GET and POST: the owner reads, nobody writes but as the table says."""
    put(status)
    owner = HostClient(tenant.primary_host)
    owner.force_login(User.objects.get(role="owner"))
    doors = [door for door in list_doors(TENANT) if is_asking(door, "GET") or is_asking(door, "POST")]
    before = take_snapshot()
    answers = ask(lambda: copy_browser(owner), doors, facts)

    assert {key: each.status_code for key, each in answers.items() if each.status_code >= 500} == {}
    assert {key for key, each in answers.items() if key[0] == "GET" and is_refused(each)} == set()
    assert take_snapshot() == before


@pytest.mark.parametrize("status", NARROWED)
def test_customers_are_never_shut_out(customer_client, facts, put, status):
    put(status)

    answers = {
        "page": customer_client.get(f"/b/{facts['token']}/"),
        "calendar": customer_client.get(f"/b/{facts['token']}/calendar.ics"),
        "api": customer_client.get(f"/api/v1/manage/{facts['token']}"),
        "confirm": customer_client.post(f"/api/v1/manage/{facts['token']}/confirm", {}, "application/json"),
        "cancel": customer_client.post(f"/b/{facts['token']}/cancel/", {"reason": ""}),
    }

    assert {key: each.status_code for key, each in answers.items()} == {
        "page": 200, "calendar": 200, "api": 200, "confirm": 200, "cancel": 302,
    }  # fmt: skip
    body = answers["api"].json()
    assert (body["can_cancel"], body["can_move"]) == (True, False)
    assert Booking.objects.get(pk=facts["booking"]).status == "cancelled"


@pytest.mark.parametrize("status", NARROWED)
def test_calls_that_book_or_move_are_refused_with_the_code_of_the_state(customer_client, facts, put, status):
    body = make_booking_body(customer_client)
    put(status)
    slot = {"service": body["service"], "starts_at": body["starts_at"]}
    number, _, token = facts["hold"].partition(".")
    before = take_snapshot()

    def post(path: str, sent: dict) -> HttpResponse:
        return customer_client.post(f"/api/v1/{path}", sent, content_type="application/json")

    answers = {
        "hold": post("holds", slot),
        "book": post("bookings", body),
        "submit": post("bookings", {"hold": facts["hold"], "token": token, "customer": body["customer"]}),
        "move": post(f"manage/{facts['token']}/reschedule", {"starts_at": body["starts_at"]}),
        "search": customer_client.get(f"/api/v1/availability?service={body['service']}&from=2026-12-01&to=2026-12-02"),
    }

    problems = {(each.status_code, each.json()["code"], each.headers["Content-Type"]) for each in answers.values()}
    assert problems == {(403, f"tenant_{status}", "application/problem+json")}
    assert take_snapshot() == before
    assert customer_client.get("/api/v1/business").json()["takes_bookings"] is False
    released = customer_client.delete(f"/api/v1/holds/{facts['hold']}")
    assert (released.status_code, Booking.objects.get(pk=number).status) == (204, "expired")
