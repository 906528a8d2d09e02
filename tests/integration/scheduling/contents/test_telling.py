"""Who is told when a booking becomes another visit."""

from __future__ import annotations

import json

import pytest

from notifications.models import Message, WebhookDelivery
from scheduling.models import Booking
from scheduling.services.bookings.contents.changes import change_visit
from scheduling.types import VisitChange
from tests.factories.feature_pairs import make_add_on
from tests.factories.scheduling import CUSTOMER, NOW, STAFF, book, make_place, make_resource, make_service
from tests.factories.webhooks import make_webhook
from tests.integration.scheduling.messages.conftest import handle_events
from tests.integration.scheduling.messages.test_booking_messages import read_calendar


@pytest.fixture
def cut(tenant) -> int:
    return make_service((make_resource(make_place(), "Eva"),), name="Corte", price_minor=1000, duration_minutes=60)


def change(made, *, by=CUSTOMER, **values) -> None:
    change_visit(booking_id=made.booking_id, change=VisitChange(**values), by=by, now=NOW)
    handle_events()


def list_told(made) -> list[str]:
    return list(Message.objects.filter(subject_id=made.booking_id).order_by("pk").values_list("template", flat=True))


def test_extra_that_takes_no_time_is_told_to_customer_and_business(owner_client, cut):
    extra = make_add_on(cut, minutes=0)
    made = book(cut)
    handle_events()
    before = list_told(made)

    change(made, add_on_ids=(extra,))

    assert list_told(made)[len(before) :] == ["booking_moved", "business_booking_moved"]
    notice = Message.objects.get(template="business_booking_moved")
    told = Message.objects.get(template="booking_moved")
    assert "Corte" in notice.body_text
    assert "Extra 0" in told.body_text
    assert read_calendar(told)["sequence"] == 1


def test_business_reads_nothing_of_what_its_staff_did(cut):
    extra = make_add_on(cut, minutes=0)
    made = book(cut)
    handle_events()
    before = list_told(made)

    change(made, by=STAFF, add_on_ids=(extra,))

    assert list_told(made)[len(before) :] == ["booking_moved"]


def test_programs_hear_of_it(cut):
    make_webhook(url="https://hooks.example/", events=["booking.changed"], now=NOW)
    made = book(cut)

    change(made, add_on_ids=(make_add_on(cut, minutes=15),))

    body = json.loads(WebhookDelivery.objects.get().body)
    booking = Booking.objects.get()
    assert (body["type"], body["data"]["booking"]["id"], body["data"]["by"]) == (
        "booking.changed",
        str(made.booking_id),
        "customer",
    )
    assert body["data"]["booking"]["ends_at"] == booking.ends_at.isoformat().replace("+00:00", "Z")
