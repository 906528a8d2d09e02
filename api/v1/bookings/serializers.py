"""Shapes of holds and bookings."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext
from rest_framework import serializers

from api.fields import AnswerField, AnswersField, IdField, InstantField, TextField, WholeField
from api.serializers import MoneyShape, PriceKindField, StrictSerializer
from api.v1.availability.serializers import MAX_PARTY
from kernel.languages import LANGUAGES
from kernel.text import mark

HOLD_OR_SLOT = mark("Send a hold and its token, or a service and starts_at.")
TEXT_LENGTH = 2000


class SlotFields(StrictSerializer):
    """What is asked for."""

    service = IdField()
    starts_at = InstantField()
    resource = IdField(required=False)
    location = IdField(required=False)
    add_ons = serializers.ListField(child=IdField(), required=False, default=list, max_length=20)
    party_size = WholeField(required=False, default=1, min_value=1, max_value=MAX_PARTY)
    arrival_mode = TextField(required=False, allow_blank=True, max_length=40)


class CustomerFields(StrictSerializer):
    """Who comes; a phone or an e-mail is needed."""

    name = TextField(max_length=120)
    phone = TextField(required=False, allow_blank=True, max_length=40)
    email = TextField(required=False, allow_blank=True, max_length=254)
    locale = serializers.ChoiceField(choices=LANGUAGES, required=False)


class VerificationFields(StrictSerializer):
    """The code that was sent to the customer's contact."""

    code = TextField(max_length=20)


class BookingFields(SlotFields):
    """Body of ``POST bookings``: a hold, or what `SlotFields` asks for."""

    hold = TextField(required=False, max_length=100)
    token = TextField(required=False, max_length=200)
    service = IdField(required=False)
    starts_at = InstantField(required=False)
    customer = CustomerFields()
    asset = AnswersField(child=AnswerField(), required=False)
    answers = AnswersField(child=serializers.JSONField(), required=False)
    note = TextField(required=False, allow_blank=True, max_length=TEXT_LENGTH)
    consents = serializers.ListField(child=TextField(max_length=40), required=False, default=list)
    verification = VerificationFields(required=False)

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        """Ask for a hold with its token, or a service with a start.

        Raises:
            ValidationError: Neither is complete, both are there, or half a hold is there.
        """
        by_hold = "hold" in attrs and "token" in attrs
        by_slot = "service" in attrs and "starts_at" in attrs
        if by_hold == by_slot or ("hold" in attrs) != ("token" in attrs):
            raise serializers.ValidationError({"hold": [gettext(HOLD_OR_SLOT)]})
        return attrs


class HoldShape(serializers.Serializer[Any]):
    """Answer of ``POST holds``."""

    id = TextField()
    token = TextField()
    expires_at = InstantField()
    starts_at = InstantField()
    ends_at = InstantField()
    price = MoneyShape(allow_null=True)
    price_kind = PriceKindField()
    deposit = MoneyShape(allow_null=True)


class BookedShape(serializers.Serializer[Any]):
    """Answer of ``POST bookings``."""

    reference = TextField()
    status = TextField()
    answer_by = InstantField(allow_null=True, help_text="Until when the business answers a request; null for others.")
    manage_url = serializers.URLField()
