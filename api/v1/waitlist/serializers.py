"""Shapes of the waitlist."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from api.fields import AnswerField, AnswersField, DayField, IdField, TextField, WholeField
from api.serializers import StrictSerializer
from api.v1.availability.serializers import MAX_PARTY
from api.v1.bookings.serializers import TEXT_LENGTH, CustomerFields
from kernel.instants import DAY_MINUTES
from scheduling.engine import LONGEST_AHEAD_MINUTES


class WaitlistFields(StrictSerializer):
    """Body of ``POST waitlist``: a visit at any time within some dates, both included, and who comes.

    ``from_minute`` and ``to_minute`` are minutes since midnight on the clock of the place: both, or neither.
    """

    service = IdField()
    from_on = DayField()
    to_on = DayField()
    weekdays = serializers.ListField(
        child=WholeField(min_value=0, max_value=6),
        required=False,
        default=list,
        max_length=7,
        help_text="0 is Monday; none: all of them.",
    )
    from_minute = WholeField(required=False, min_value=0, max_value=DAY_MINUTES)
    to_minute = WholeField(required=False, min_value=0, max_value=DAY_MINUTES)
    shortest_notice_minutes = WholeField(
        required=False,
        default=0,
        min_value=0,
        max_value=LONGEST_AHEAD_MINUTES,
        help_text="How long before the start they have to know.",
    )
    resource = IdField(required=False)
    location = IdField(required=False)
    add_ons = serializers.ListField(child=IdField(), required=False, default=list, max_length=20)
    party_size = WholeField(required=False, default=1, min_value=1, max_value=MAX_PARTY)
    arrival_mode = TextField(required=False, allow_blank=True, max_length=40)
    customer = CustomerFields()
    asset = AnswersField(child=AnswerField(), required=False)
    answers = AnswersField(child=serializers.JSONField(), required=False)
    note = TextField(required=False, allow_blank=True, max_length=TEXT_LENGTH)
    consents = serializers.ListField(child=TextField(max_length=40), required=False, default=list)


class WaitingShape(serializers.Serializer[Any]):
    """Answer of ``POST waitlist``."""

    status = TextField()
    ahead = serializers.IntegerField(help_text="How many wait for the same service, with an earlier entry.")
    waitlist_url = serializers.URLField(help_text="Where the customer sees how they stand, and leaves.")
