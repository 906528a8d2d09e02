"""Shapes of holds and bookings."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext
from rest_framework import serializers

from api.serializers import IdField, MoneyShape, StrictSerializer
from api.v1.availability.serializers import MAX_PARTY
from kernel.languages import LANGUAGES
from kernel.text import mark

HOLD_OR_SLOT = mark("Send a hold and its token, or a service and starts_at.")
TEXT_LENGTH = 2000


class SlotFields(StrictSerializer):
    """What is asked for."""

    service = IdField()
    starts_at = serializers.DateTimeField()
    resource = IdField(required=False, allow_null=True)
    location = IdField(required=False, allow_null=True)
    add_ons = serializers.ListField(child=IdField(), required=False, default=list, max_length=20)
    party_size = serializers.IntegerField(required=False, default=1, min_value=1, max_value=MAX_PARTY)
    arrival_mode = serializers.CharField(required=False, allow_blank=True, max_length=40)


class CustomerFields(StrictSerializer):
    """Who comes; a phone or an e-mail is needed."""

    name = serializers.CharField(max_length=120)
    phone = serializers.CharField(required=False, allow_blank=True, allow_null=True, max_length=40)
    email = serializers.CharField(required=False, allow_blank=True, allow_null=True, max_length=254)
    locale = serializers.ChoiceField(choices=LANGUAGES, required=False)


class BookingFields(SlotFields):
    """Body of ``POST bookings``: a hold, or what `SlotFields` asks for."""

    hold = serializers.CharField(required=False, max_length=100)
    token = serializers.CharField(required=False, max_length=200)
    service = IdField(required=False)
    starts_at = serializers.DateTimeField(required=False)
    customer = CustomerFields()
    asset = serializers.DictField(child=serializers.CharField(allow_blank=True, max_length=200), required=False)
    answers = serializers.DictField(child=serializers.JSONField(), required=False)
    note = serializers.CharField(required=False, allow_blank=True, max_length=TEXT_LENGTH)
    consents = serializers.ListField(child=serializers.CharField(max_length=40), required=False, default=list)

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

    id = serializers.CharField()
    token = serializers.CharField()
    expires_at = serializers.DateTimeField()
    starts_at = serializers.DateTimeField()
    ends_at = serializers.DateTimeField()
    price = MoneyShape(allow_null=True)
    deposit = MoneyShape(allow_null=True)


class BookedShape(serializers.Serializer[Any]):
    """Answer of ``POST bookings``."""

    reference = serializers.CharField()
    status = serializers.CharField()
    manage_url = serializers.URLField()
