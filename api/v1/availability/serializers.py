"""Shapes of availability."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from api.fields import DayField, IdField, IdListField, InstantField, TextField, WholeField
from api.serializers import AddressSerializer
from scheduling.enums import DayState
from scheduling.types.terms import MOST_REPEATS

MAX_PARTY = 500
MOST_WEEKS = 4
"""Between two visits of a series."""


class AvailabilityQuery(AddressSerializer):
    """Query of ``GET availability``; ``to`` is the last day, included.

    With ``booking`` the answer is where that booking can move, and it says itself what it needs:
    of the other fields only ``resource`` counts then, as in ``POST manage/{token}/reschedule``.
    """

    service = IdField(required=False, help_text="Required without `booking`.")
    further_services = IdListField(
        required=False, default="", help_text="In the same visit, one after the other; at most four."
    )
    # "from" is a word of the language, so the field is added below.
    to = DayField()
    resource = IdField(required=False)
    location = IdField(required=False)
    add_ons = IdListField(required=False, default="")
    party_size = WholeField(required=False, default=1, min_value=1, max_value=MAX_PARTY)
    booking = TextField(
        required=False, max_length=200, help_text="A booking's token: free times for what it needs, its own included."
    )
    arrival_mode = TextField(required=False, max_length=40)
    timezone = TextField(required=False, max_length=64)

    def get_fields(self) -> dict[str, Any]:
        """Add ``from``."""
        return {**super().get_fields(), "from": DayField()}

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        """Check that there is something to ask for; the window is checked by whoever looks for free times.

        Raises:
            ValidationError: Neither service nor booking is there.
        """
        if "service" not in attrs and "booking" not in attrs:
            raise serializers.ValidationError({"service": [self.fields["service"].error_messages["required"]]})
        return attrs


class RepeatsQuery(AddressSerializer):
    """Query of ``GET availability/repeats``: the visits after the first, every so many weeks at its hour."""

    service = IdField()
    further_services = IdListField(required=False, default="")
    starts_at = InstantField(help_text="Of the first visit.")
    every_weeks = WholeField(min_value=1, max_value=MOST_WEEKS)
    count = WholeField(min_value=2, max_value=MOST_REPEATS, help_text="How many visits, the first included.")
    resource = IdField(required=False)
    location = IdField(required=False)
    add_ons = IdListField(required=False, default="")
    party_size = WholeField(required=False, default=1, min_value=1, max_value=MAX_PARTY)
    arrival_mode = TextField(required=False, max_length=40)


class SlotShape(serializers.Serializer[Any]):
    """A start that can be booked."""

    starts_at = InstantField()
    ends_at = InstantField()
    seats_left = serializers.IntegerField(required=False)


class DayShape(serializers.Serializer[Any]):
    """A local date and its free starts."""

    date = DayField()
    open = serializers.BooleanField()
    state = serializers.ChoiceField(
        choices=[state.value for state in DayState], help_text="Whether something is free, and if not, why."
    )
    slots = SlotShape(many=True)


class RepeatShape(serializers.Serializer[Any]):
    """A later date of a visit that is repeated."""

    asked_at = InstantField()
    starts_at = InstantField(allow_null=True, help_text="The nearest free time of that date; null: none is free.")
    is_free = serializers.BooleanField(help_text="The hour of the first visit is free on that date as well.")
    state = serializers.ChoiceField(choices=[state.value for state in DayState])


class RepeatsShape(serializers.Serializer[Any]):
    """Answer of ``GET availability/repeats``."""

    timezone = serializers.CharField()
    dates = RepeatShape(many=True)


class AvailabilityShape(serializers.Serializer[Any]):
    """Answer of ``GET availability``."""

    timezone = serializers.CharField()
    days = DayShape(many=True)
    next_available = InstantField(allow_null=True)


class ExplainQuery(AddressSerializer):
    """Query of ``GET availability/explain``."""

    service = IdField()
    starts_at = InstantField()
    resource = IdField(required=False)


class ReasonShape(serializers.Serializer[Any]):
    """One reason, in words and as data."""

    code = serializers.CharField()
    text = serializers.CharField()
    resource = serializers.CharField(allow_null=True)
    until = InstantField(allow_null=True)


class ExplanationShape(serializers.Serializer[Any]):
    """Answer of ``GET availability/explain``."""

    is_offered = serializers.BooleanField()
    reasons = ReasonShape(many=True)
