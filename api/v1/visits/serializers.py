"""Shapes of the calls about one's own visits."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from api.fields import InstantField, TextField
from api.serializers import StrictSerializer
from api.v1.manage.serializers import OwnDataShape
from kernel.languages import LANGUAGES


class AskFields(StrictSerializer):
    """Body of ``POST visits``."""

    contact = TextField(max_length=254, help_text="The phone or e-mail where the messages about the visits arrive.")
    locale = serializers.ChoiceField(choices=LANGUAGES, required=False)


class AskedShape(serializers.Serializer[Any]):
    """Answer of ``POST visits``: the same for every contact, known or not."""

    contact = serializers.CharField()


class VisitShape(serializers.Serializer[Any]):
    """One visit."""

    id = serializers.CharField(help_text="For ``GET visits/{token}/again/{id}``.")
    reference = serializers.CharField()
    status = serializers.CharField()
    service = serializers.CharField()
    starts_at = InstantField()
    ends_at = InstantField()
    timezone = serializers.CharField()
    location = serializers.CharField()
    resources = serializers.ListField(child=serializers.CharField(), help_text="The people whom one meets.")
    about = serializers.CharField(help_text="The vehicle, pet or patient in a line; empty where there is none.")
    manage_url = serializers.CharField(allow_null=True, help_text="null: that link has ended.")


class VisitsShape(serializers.Serializer[Any]):
    """The visits of a contact; ``next`` asks for earlier ones, as ``after``."""

    expires_at = InstantField(help_text="Until when the link works.")
    coming = VisitShape(many=True)
    past = VisitShape(many=True)
    next = serializers.CharField(allow_null=True)


class OwnVisitsShape(serializers.Serializer[Any]):
    """What the business keeps about the visits of a contact; ``next`` asks for earlier ones, as ``after``."""

    business = serializers.CharField()
    contact = serializers.CharField()
    made_at = InstantField()
    visits = OwnDataShape(many=True)
    waitlist = serializers.ListField(child=serializers.DictField())
    next = serializers.CharField(allow_null=True)


class KnownCustomerShape(serializers.Serializer[Any]):
    """Who came, as ``POST bookings`` takes it."""

    name = serializers.CharField()
    phone = serializers.CharField()
    email = serializers.CharField()


class AgainShape(serializers.Serializer[Any]):
    """What books a visit again: fields of ``POST holds`` and ``POST bookings``, as far as they are on offer still."""

    service = serializers.CharField()
    further_services = serializers.ListField(child=serializers.CharField())
    add_ons = serializers.ListField(child=serializers.CharField())
    resource = serializers.CharField(allow_null=True)
    location = serializers.CharField(allow_null=True)
    party_size = serializers.IntegerField()
    arrival_mode = serializers.CharField()
    customer = KnownCustomerShape()
    asset = serializers.DictField(child=serializers.CharField())
    next_available = InstantField(allow_null=True, help_text="The next free time; null: none is in sight.")
