"""A booking as staff and programs read it."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from api.fields import IdField, InstantField, TextField
from api.pagination import PageQuery, PageShape
from api.serializers import MoneyShape, PriceKindField
from api.views import make_money
from scheduling.enums import BookingSource, BookingStatus
from scheduling.types import BookingView, LineView, TakenResource


class BookingsQuery(PageQuery):
    """Query of ``GET bookings``; without ``status`` holds are left out."""

    status = serializers.ChoiceField(choices=BookingStatus.values, required=False)
    resource = IdField(required=False)
    service = IdField(required=False)
    customer = IdField(required=False)
    starts_after = InstantField(required=False, help_text="At this instant or later.")
    starts_before = InstantField(required=False, help_text="Before this instant.")
    reference = TextField(required=False, max_length=40)


class BookedServiceShape(serializers.Serializer[Any]):
    """One service of a booking, as it was called and agreed."""

    id = serializers.CharField()
    name = serializers.CharField()
    duration_minutes = serializers.IntegerField()
    price = MoneyShape(allow_null=True)
    add_ons = serializers.ListField(child=serializers.CharField())


class TakenShape(serializers.Serializer[Any]):
    """Who or what a booking takes, and when."""

    id = serializers.CharField()
    name = serializers.CharField()
    type = serializers.CharField()
    starts_at = InstantField()
    ends_at = InstantField()


class BookedCustomerShape(serializers.Serializer[Any]):
    """Who comes, as the booking says it."""

    id = serializers.CharField(allow_null=True)
    name = serializers.CharField()
    phone = serializers.CharField()
    email = serializers.CharField()
    locale = serializers.CharField()


class BookingShape(serializers.Serializer[Any]):
    """A booking."""

    id = serializers.CharField()
    reference = serializers.CharField()
    status = serializers.ChoiceField(choices=BookingStatus.values)
    source = serializers.ChoiceField(  # type: ignore[assignment]  # every field of DRF has a source of its own
        choices=BookingSource.values
    )
    starts_at = InstantField()
    ends_at = InstantField()
    timezone = serializers.CharField()
    location = serializers.CharField()
    services = BookedServiceShape(many=True)
    resources = TakenShape(many=True)
    party_size = serializers.IntegerField()
    customer = BookedCustomerShape()
    asset = serializers.DictField()
    answers = serializers.DictField()
    arrival_mode = serializers.CharField()
    note = serializers.CharField()
    pause = serializers.CharField(help_text="Key of the trade's pause in which work stands still; empty: it does not.")
    late_minutes = serializers.IntegerField(help_text="So far the business has said that it is behind.")
    price = MoneyShape(allow_null=True)
    price_kind = PriceKindField()
    deposit = MoneyShape(allow_null=True)
    deposit_on_card = serializers.BooleanField(help_text="Nothing of it is paid before: a card is left.")
    series = serializers.CharField(allow_null=True)
    created_at = InstantField()
    confirmed_at = InstantField(allow_null=True)
    attendance_confirmed_at = InstantField(allow_null=True)
    answer_by = InstantField(allow_null=True, help_text="Until when the business answers a request; null for others.")
    cancelled_at = InstantField(allow_null=True)
    cancelled_by = serializers.CharField()
    cancelled_reason = serializers.CharField()
    override_reason = serializers.CharField()


class BookingList(PageShape):
    """Answer of ``GET bookings``."""

    results = BookingShape(many=True)


def describe_booking(booking: BookingView) -> dict[str, object]:
    """Return everything that staff reads of a booking."""
    return {
        "id": str(booking.id),
        "reference": booking.reference,
        "status": booking.status,
        "source": booking.source,
        "starts_at": booking.starts_at,
        "ends_at": booking.ends_at,
        "timezone": booking.timezone,
        "location": str(booking.location_id),
        "services": [_describe_line(line, booking.currency) for line in booking.lines],
        "resources": [_describe_taken(each) for each in booking.resources],
        "party_size": booking.party_size,
        "customer": {
            "id": None if booking.customer_id is None else str(booking.customer_id),
            "name": booking.customer_name,
            "phone": booking.customer_phone,
            "email": booking.customer_email,
            "locale": booking.customer_locale,
        },
        "asset": booking.asset_data,
        "answers": booking.answers,
        "arrival_mode": booking.arrival_mode,
        "note": booking.note,
        "pause": booking.progress.pause,
        "late_minutes": booking.progress.late_minutes,
        "price": make_money(booking.price_minor, booking.currency),
        "price_kind": booking.price.kind,
        "deposit": make_money(booking.deposit_minor or None, booking.currency),
        "deposit_on_card": booking.agreed.is_on_card,
        "series": None if booking.series_id is None else str(booking.series_id),
        "created_at": booking.created_at,
        "confirmed_at": booking.confirmed_at,
        "attendance_confirmed_at": booking.attendance_confirmed_at,
        "answer_by": booking.answer_by,
        "cancelled_at": booking.cancelled_at,
        "cancelled_by": booking.cancelled_by,
        "cancelled_reason": booking.cancelled_reason,
        "override_reason": booking.override_reason,
    }


def _describe_line(line: LineView, currency: str) -> dict[str, object]:
    return {
        "id": str(line.service_id),
        "name": line.name,
        "duration_minutes": line.duration_minutes,
        "price": make_money(line.price_minor, currency),
        "add_ons": list(line.add_on_names),
    }


def _describe_taken(taken: TakenResource) -> dict[str, object]:
    return {
        "id": str(taken.resource_id),
        "name": taken.name,
        "type": taken.type_name,
        "starts_at": taken.starts_at,
        "ends_at": taken.ends_at,
    }
