"""The waitlist as staff and programs read it."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from api.fields import DayField, InstantField, WholeField
from api.pagination import PageQuery, PageShape
from api.v1.setups.bodies import SetupFields
from kernel.instants import DAY_MINUTES
from scheduling.engine import LONGEST_AHEAD_MINUTES
from scheduling.enums import WaitlistStatus
from scheduling.types import WaitlistEntryView


class WaitlistQuery(PageQuery):
    """Query of ``GET waitlist``."""

    ended = serializers.BooleanField(
        required=False, default=False, help_text="The last 100 who wait no longer, the latest first."
    )


class QueuedChanges(SetupFields):
    """Body of ``PATCH waitlist/{id}``: what is left out stays; ``null`` for both minutes: at any time of the day."""

    nullable = frozenset({"from_minute", "to_minute"})

    from_on = DayField(required=False)
    to_on = DayField(required=False)
    weekdays = serializers.ListField(child=WholeField(min_value=0, max_value=6), required=False, max_length=7)
    from_minute = WholeField(required=False, min_value=0, max_value=DAY_MINUTES)
    to_minute = WholeField(required=False, min_value=0, max_value=DAY_MINUTES)
    shortest_notice_minutes = WholeField(required=False, min_value=0, max_value=LONGEST_AHEAD_MINUTES)


class KeptShape(serializers.Serializer[Any]):
    """A time that is kept for somebody who waits."""

    booking = serializers.CharField()
    starts_at = InstantField()
    ends_at = InstantField()
    expires_at = InstantField()


class QueuedCustomerShape(serializers.Serializer[Any]):
    """Who waits."""

    name = serializers.CharField()
    phone = serializers.CharField()
    email = serializers.CharField()
    locale = serializers.CharField()


class QueuedShape(serializers.Serializer[Any]):
    """An entry of the waitlist."""

    id = serializers.CharField()
    status = serializers.ChoiceField(choices=WaitlistStatus.values)
    services = serializers.ListField(child=serializers.CharField())
    resources = serializers.ListField(child=serializers.CharField())
    location = serializers.CharField(allow_null=True)
    from_on = DayField()
    to_on = DayField()
    weekdays = serializers.ListField(child=serializers.IntegerField())
    from_minute = serializers.IntegerField(allow_null=True)
    to_minute = serializers.IntegerField(allow_null=True)
    shortest_notice_minutes = serializers.IntegerField()
    party_size = serializers.IntegerField()
    customer = QueuedCustomerShape()
    note = serializers.CharField()
    offer = KeptShape(allow_null=True)
    booking = serializers.CharField(allow_null=True, help_text="What became of it.")
    created_at = InstantField()
    ended_at = InstantField(allow_null=True)


class QueueList(PageShape):
    """Answer of ``GET waitlist``."""

    results = QueuedShape(many=True)


def describe_waiting(entry: WaitlistEntryView) -> dict[str, object]:
    """Return an entry as staff reads it."""
    wished, wish, offer = entry.wished, entry.wished.wish, entry.offer
    return {
        "id": str(entry.id),
        "status": entry.status,
        "services": [str(number) for number in wish.service_ids],
        "resources": [str(number) for number in wish.resource_ids],
        "location": None if wish.location_id is None else str(wish.location_id),
        "from_on": wished.from_on,
        "to_on": wished.to_on,
        "weekdays": list(wished.weekdays),
        "from_minute": wished.from_minute,
        "to_minute": wished.to_minute,
        "shortest_notice_minutes": wished.shortest_notice_minutes,
        "party_size": wish.party_size,
        "customer": {"name": entry.name, "phone": entry.phone, "email": entry.email, "locale": entry.locale},
        "note": entry.note,
        "offer": None
        if offer is None
        else {
            "booking": str(offer.booking_id),
            "starts_at": offer.starts_at,
            "ends_at": offer.ends_at,
            "expires_at": offer.expires_at,
        },
        "booking": None if entry.booking_id is None else str(entry.booking_id),
        "created_at": entry.created_at,
        "ended_at": entry.ended_at,
    }
