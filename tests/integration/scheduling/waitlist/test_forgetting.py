"""Who is erased does not wait any more, and nothing that they typed is left."""

from __future__ import annotations

from notifications.models import Message
from scheduling.models import WaitlistEntry
from scheduling.services.waitlist.matching import match_waitlist
from tenants.services.erasures.erasing import erase
from tests.factories.scheduling import make_shop
from tests.integration.scheduling.waitlist.test_waitlist import MORNING, join


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
