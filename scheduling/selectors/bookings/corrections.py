"""What a booking says that can be corrected, and which corrections there were."""

from __future__ import annotations

import json
from hashlib import sha256

from scheduling.models import Booking, BookingLine, Service
from scheduling.types import BookingView, LineView, Question, ask_again, unite_questions

CORRECTABLE = (
    "customer_name",
    "customer_phone",
    "customer_email",
    "asset_label",
    "asset_data",
    "note",
    "price_minor",
    "answers",
)
"""Columns, as the booking and its history have them."""


def mark_state(booking: Booking | BookingView) -> str:
    """Return a mark of what can be corrected: another one as soon as somebody has corrected it."""
    values = [getattr(booking, name) for name in CORRECTABLE]
    text = json.dumps([dict(each) if isinstance(each, dict) else each for each in values], sort_keys=True)
    return sha256(text.encode()).hexdigest()[:16]


def mark_visit(booking: Booking | BookingView) -> str:
    """Return a mark of when, what and for how much a booking is: another one as soon as any of it is changed."""
    values = [booking.sequence, str(booking.status), booking.price_minor, booking.deposit_minor]
    return sha256(json.dumps(values).encode()).hexdigest()[:16]


def list_questions(booking: Booking | BookingView) -> tuple[Question, ...]:
    """Return what a booking's services ask, and what it has answered, in the order of its services."""
    order = {each.service_id: number for number, each in reversed([*enumerate(_list_lines(booking))])}
    services = Service.objects.filter(pk__in=order or [booking.service_id])
    asked = sorted(services, key=lambda each: order.get(each.pk, 0))
    questions = unite_questions(question for each in asked for question in Question.read(each.questions))
    return ask_again(questions, booking.answers)


def _list_lines(booking: Booking | BookingView) -> tuple[BookingLine | LineView, ...]:
    return booking.lines if isinstance(booking, BookingView) else tuple(booking.lines.all())
