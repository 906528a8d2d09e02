"""Who is erased does not wait any more, and nothing that they typed is left."""

from __future__ import annotations

import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import datetime, timedelta
from importlib import import_module
from threading import Event

import pytest
from django.db import connection

from notifications.models import Message
from scheduling.models import Booking, WaitlistEntry
from scheduling.selectors.waitlist.entries import find_entry
from scheduling.services.bookings.submissions import book_slot
from scheduling.services.waitlist import answering
from scheduling.services.waitlist.answering import accept_offer
from scheduling.services.waitlist.joining import leave_waitlist
from scheduling.services.waitlist.matching import match_waitlist
from scheduling.services.waitlist.queue import FORGET_KIND, KEPT, forget_details
from scheduling.types import CUSTOMER, CustomerDetails, SlotRequest
from tenants.context import tenant_scope
from tenants.errors import RetryLater
from tenants.models import DueWork
from tenants.services.erasures.erasing import erase
from tests.factories.scheduling import DETAILS, NOW, hours_later, make_shop, make_wish
from tests.integration.scheduling.waitlist.test_waitlist import MORNING, join, offer_of


def test_who_is_erased_waits_no_more_and_leaves_nothing(tenant):
    service, _ = make_shop()
    join(service, "Berta")
    match_waitlist(1, MORNING)
    entry = WaitlistEntry.objects.get()
    assert (entry.status, Message.objects.filter(to="berta@example.com").count()) == ("offered", 2)

    erase(kind="scheduling.Customer", row_ids=[entry.customer_id], now=MORNING)

    entry.refresh_from_db()
    assert (entry.status, entry.ended_at, entry.offer_expires_at) == ("cancelled", MORNING, None)
    assert (entry.details, entry.log, entry.note) == ({}, [], "")
    assert not Message.objects.filter(to="berta@example.com").exists()


def list_due() -> list[tuple[int, datetime]]:
    return list(DueWork.objects.filter(kind=FORGET_KIND).values_list("row_id", "due_at"))


def test_what_was_typed_is_removed_ninety_days_after_the_end(tenant):
    token = join(make_shop()[0], "Berta")
    leave_waitlist(token=token, now=MORNING)
    entry = WaitlistEntry.objects.get()
    assert (list_due(), entry.details["customer"]["name"]) == ([(entry.pk, MORNING + KEPT)], "Berta")

    with pytest.raises(RetryLater) as later:
        forget_details(entry.pk, MORNING + KEPT - timedelta(minutes=1))
    forget_details(entry.pk, MORNING + KEPT)
    forget_details(entry.pk, MORNING + KEPT)

    log = entry.log
    entry.refresh_from_db()
    assert (later.value.at, KEPT) == (MORNING + KEPT, timedelta(days=90))
    assert (entry.details, entry.note, entry.log, entry.status) == ({}, "", log, "cancelled")
    assert find_entry(token)[0].email == ""


def test_who_still_waits_is_not_forgotten(tenant):
    join(make_shop()[0], "Berta")
    entry = WaitlistEntry.objects.get()

    forget_details(entry.pk, MORNING + KEPT)
    forget_details(0, MORNING + KEPT)

    entry.refresh_from_db()
    assert entry.details["customer"]["name"] == "Berta"


def test_what_had_ended_before_is_removed_in_time_too(tenant):
    service, _ = make_shop()
    token = join(service, "Berta")
    join(service, "Carla")
    leave_waitlist(token=token, now=MORNING)
    DueWork.objects.filter(kind=FORGET_KIND).delete()

    with connection.cursor() as cursor:
        cursor.execute(import_module("scheduling.migrations.0041_waitlist_forgets").FORGET_SQL)

    assert list_due() == [(WaitlistEntry.objects.get(status="cancelled").pk, MORNING + KEPT)]


def test_erasing_somebody_who_is_just_taking_an_offer_ends_without_a_deadlock(scratch_tenant, monkeypatch):
    with tenant_scope(scratch_tenant):
        service, _ = make_shop()
        book_again(service)
        token = join(service, "Berta")
        match_waitlist(1, MORNING)
        offer, customer_id = offer_of(token), WaitlistEntry.objects.get().customer_id
    is_taking, submit = Event(), answering.submit_booking

    def submit_late(**values):
        is_taking.set()
        time.sleep(0.4)  # the erasing has come as far as it can
        return submit(**values)

    monkeypatch.setattr(answering, "submit_booking", submit_late)

    def run(job) -> None:
        try:
            with tenant_scope(scratch_tenant):
                job()
        finally:
            connection.close()

    def erase_meanwhile() -> None:
        assert is_taking.wait(30)
        erase(kind="scheduling.Customer", row_ids=[customer_id], now=MORNING)

    with ThreadPoolExecutor(2) as pool:
        jobs = [pool.submit(run, job) for job in (lambda: accept_offer(token=offer, now=MORNING), erase_meanwhile)]
        for job in jobs:
            job.result()

    with tenant_scope(scratch_tenant):
        entry = WaitlistEntry.objects.get()
        made = Booking.objects.get(pk=entry.offered_booking_id)
        assert (entry.status, entry.details, made.status) == ("booked", {}, "confirmed")
        assert (made.customer_email, made.asset_label, made.note) == ("", "", "")


def book_again(service: int) -> None:
    """Let Berta have been here before, with her car."""
    berta = replace(DETAILS, customer=CustomerDetails(name="Berta", email="berta@example.com", locale="es"))
    book_slot(
        request=SlotRequest(make_wish(service), hours_later(48)), details=berta, now=NOW, source="page", by=CUSTOMER
    )
