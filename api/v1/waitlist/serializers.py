"""Shapes of the waitlist."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from api.fields import AnswerField, AnswersField, DayField, IdField, InstantField, TextField, WholeField
from api.serializers import MoneyShape, PriceKindField, StrictSerializer
from api.v1.availability.serializers import MAX_PARTY
from api.v1.bookings.serializers import TEXT_LENGTH, CustomerFields, VerificationFields
from kernel.instants import DAY_MINUTES
from scheduling.engine import LONGEST_AHEAD_MINUTES
from scheduling.enums import WaitlistStatus


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
    wants_reminders = serializers.BooleanField(required=False, default=True)
    photo_set = TextField(required=False, max_length=100, help_text="Of ``POST photos``: kept while they wait.")
    verification = VerificationFields(required=False)


class WaitingShape(serializers.Serializer[Any]):
    """Answer of ``POST waitlist``."""

    status = TextField()
    ahead = serializers.IntegerField(help_text="How many wait for the same service, with an earlier entry.")
    waitlist_url = serializers.URLField(help_text="Where the customer sees how they stand, and leaves.")


class AcceptFields(StrictSerializer):
    """Body of ``POST waiting/{token}/accept``."""

    may_coincide = serializers.BooleanField(
        required=False, default=False, help_text="The same person comes for another appointment at this time, too."
    )
    verification = VerificationFields(required=False)


class OfferShape(serializers.Serializer[Any]):
    """A time that is kept for somebody who waited, and what it costs."""

    starts_at = InstantField()
    ends_at = InstantField()
    expires_at = InstantField(help_text="Until when it is kept: then the next one is asked.")
    location = serializers.CharField()
    resources = serializers.ListField(child=serializers.CharField(), help_text="The people whom one meets.")
    price = MoneyShape(allow_null=True)
    price_kind = PriceKindField()
    cancel_until = InstantField(help_text="Until when it can be canceled online, once it is taken.")


class EntryShape(serializers.Serializer[Any]):
    """How somebody stands on the waitlist; ``from_minute`` and ``to_minute`` are on the clock of ``timezone``."""

    status = serializers.ChoiceField(choices=WaitlistStatus.values)
    ahead = serializers.IntegerField(help_text="How many wait for the same service, with an earlier entry.")
    service = serializers.CharField()
    location = serializers.CharField(help_text="Empty: any.")
    resources = serializers.ListField(child=serializers.CharField(), help_text="Who was chosen; empty: anyone.")
    timezone = serializers.CharField()
    from_on = DayField()
    to_on = DayField()
    weekdays = serializers.ListField(child=serializers.IntegerField(), help_text="0 is Monday; none: all of them.")
    from_minute = serializers.IntegerField(allow_null=True)
    to_minute = serializers.IntegerField(allow_null=True)
    is_offered = serializers.BooleanField(help_text="A time is kept: the link in the message about it answers.")
    offer = OfferShape(allow_null=True, help_text="Only with the token of that message.")
