"""Shapes of the business, its services and resources."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from api.pagination import PageShape
from api.serializers import IdField, MoneyShape, StrictSerializer


class ServicesQuery(StrictSerializer):
    """Query of ``GET services``."""

    location = IdField(required=False)


class ResourcesQuery(StrictSerializer):
    """Query of ``GET resources``."""

    service = IdField()


class LocationShape(serializers.Serializer[Any]):
    """A place of the business."""

    id = serializers.CharField()
    name = serializers.CharField()
    timezone = serializers.CharField()
    address = serializers.CharField()
    phone = serializers.CharField()
    email = serializers.CharField()


class AssetFieldShape(serializers.Serializer[Any]):
    """One field of what the visit is about, such as the plate of a vehicle."""

    key = serializers.CharField()
    label = serializers.CharField()  # type: ignore[assignment]  # every field of DRF has a label of its own
    kind = serializers.CharField()
    is_required = serializers.BooleanField()
    choices = serializers.ListField(child=serializers.CharField())


class VerticalShape(serializers.Serializer[Any]):
    """The industry pack: its words and the fields of its assets."""

    key = serializers.CharField()
    vocabulary = serializers.DictField(child=serializers.CharField())
    asset_fields = AssetFieldShape(many=True)
    arrival_modes = serializers.ListField(child=serializers.DictField(child=serializers.CharField()))
    symptoms = serializers.ListField(child=serializers.DictField(child=serializers.CharField()))


class BusinessShape(serializers.Serializer[Any]):
    """Answer of ``GET business``."""

    name = serializers.CharField()
    brand = serializers.DictField(child=serializers.CharField())
    locale = serializers.CharField()
    timezone = serializers.CharField()
    currency = serializers.CharField()
    country = serializers.CharField()
    locations = LocationShape(many=True)
    vertical = VerticalShape()


class AddOnShape(serializers.Serializer[Any]):
    """Something that may be added to a service."""

    id = serializers.CharField()
    name = serializers.CharField()
    duration_minutes = serializers.IntegerField()
    price = MoneyShape(allow_null=True)


class ServiceShape(serializers.Serializer[Any]):
    """A service that can be booked."""

    id = serializers.CharField()
    name = serializers.CharField()
    description = serializers.CharField()
    category = serializers.CharField()
    duration_minutes = serializers.IntegerField()
    price = MoneyShape(allow_null=True)
    is_price_from = serializers.BooleanField()
    seats = serializers.IntegerField(allow_null=True)
    approval = serializers.CharField()
    minimum_notice_minutes = serializers.IntegerField()
    booking_window_days = serializers.IntegerField(allow_null=True)
    cancel_cutoff_minutes = serializers.IntegerField()
    move_cutoff_minutes = serializers.IntegerField()
    arrival_modes = serializers.ListField(child=serializers.CharField())
    add_ons = AddOnShape(many=True)
    locations = serializers.ListField(child=serializers.CharField())


class ResourceShape(serializers.Serializer[Any]):
    """A person or thing that the customer may choose."""

    id = serializers.CharField()
    name = serializers.CharField()
    type = serializers.CharField()
    location = serializers.CharField()


class ServiceList(PageShape):
    """Answer of ``GET services``."""

    results = ServiceShape(many=True)


class ResourceList(PageShape):
    """Answer of ``GET resources``."""

    results = ResourceShape(many=True)
