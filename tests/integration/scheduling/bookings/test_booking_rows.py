"""What one statement writes is what Django and simple_history would have written."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from notifications.models import Event
from scheduling.models import Booking
from scheduling.services.writing.events import record
from scheduling.types import Actor
from tenants.models import DueWork
from tests.factories.scheduling import NOW, book, make_shop

BY = Actor(kind="staff", user_id=42)
LATER = NOW + timedelta(minutes=3, microseconds=123457)


@pytest.fixture
def booking(tenant):
    service_id, _ = make_shop()
    return Booking.objects.get(pk=book(service_id).booking_id)


def fill(booking):
    """Give every column a value of its own, none of them the default."""
    booking.reference = "ÑAÑA'7"
    booking.note = 'Two\nlines, a % sign, "quotes" and ñ €'
    booking.answers = {"k": ["ü", 1, None, {"n": 1.5}]}
    booking.policy = {"deep": {"er": [1, 2]}}
    booking.rule_usage = []
    booking.chosen_resource_id = None
    booking.party_size = 3
    booking.price_minor = 2**40
    booking.overridden_by_id = 7
    booking.override_reason = "because"
    booking.cancelled_by = "staff"
    booking.attendance_confirmed_at = booking.arrived_at = booking.started_at = LATER
    booking.wants_reminders = False
    booking.is_sample = True
    booking.sequence = 5


def values_of(row, *, without=()):
    return {
        field.attname: getattr(row, field.attname) for field in row._meta.concrete_fields if field.name not in without
    }


@pytest.mark.parametrize("is_new", [True, False])
def test_row_is_read_as_it_was_given(booking, is_new):
    fill(booking)
    if is_new:
        booking.pk = None

    record(booking, kind="confirmed", by=BY, now=LATER)

    assert values_of(Booking.objects.get(pk=booking.pk)) == values_of(booking)


@pytest.mark.parametrize("is_new", [True, False])
def test_history_is_what_simple_history_writes(booking, is_new):
    fill(booking)
    if is_new:
        booking.pk = None
    record(booking, kind="moved", by=BY, now=LATER, reason="why")
    ours = Booking.history.filter(id=booking.pk).latest("history_id")

    booking._history_date, booking._history_user, booking._change_reason = LATER, BY.user_id, "why"
    booking.save()
    theirs = Booking.history.filter(id=booking.pk).latest("history_id")

    assert ours.history_type == ("+" if is_new else "~")
    assert theirs.history_id > ours.history_id
    skipped = ("history_id", "history_type")
    assert values_of(ours, without=skipped) == values_of(theirs, without=skipped)


def test_change_history_and_event_are_one_statement(booking):
    events, due = Event.objects.count(), DueWork.objects.filter(kind="event").count()

    with CaptureQueriesContext(connection) as queries:
        record(booking, kind="arrived", by=BY, now=LATER)

    assert len(queries) == 1
    assert (Event.objects.count(), DueWork.objects.filter(kind="event").count()) == (events + 1, due + 1)
    event = Event.objects.latest("pk")
    assert (event.kind, event.subject_id, event.occurred_at) == ("booking.arrived", booking.pk, LATER)


def test_document_takes_no_unknown_types(booking):
    booking.answers = {"when": object()}

    with pytest.raises(TypeError):
        record(booking, kind="arrived", by=BY, now=LATER)
