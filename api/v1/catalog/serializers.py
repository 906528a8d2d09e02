"""Shapes of the business, its services and resources."""

from __future__ import annotations

from typing import Any, get_origin, get_type_hints

from rest_framework import serializers

from api.fields import IdField, InstantField
from api.pagination import PageShape
from api.serializers import AddressSerializer, MoneyShape, PriceKindField
from scheduling.enums import QuestionKind
from scheduling.services.aftercare.feedback import LEAST, MOST
from scheduling.types import PUBLIC_TERMS, ServiceTerms


class ServicesQuery(AddressSerializer):
    """Query of ``GET services``."""

    location = IdField(required=False)


class ResourcesQuery(AddressSerializer):
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
    takes_photos = serializers.BooleanField(help_text="Customers may send photos of what the visit is about.")
    arrival_modes = serializers.ListField(child=serializers.DictField(child=serializers.CharField()))
    symptoms = serializers.ListField(child=serializers.DictField(child=serializers.CharField()))


class NoticeShape(serializers.Serializer[Any]):
    """The privacy notice that customers have to be led to where they book."""

    version = serializers.CharField(help_text="For ``notice`` of ``POST bookings``; another one as soon as it changes.")
    url = serializers.CharField()


class BusinessShape(serializers.Serializer[Any]):
    """Answer of ``GET business``."""

    name = serializers.CharField()
    brand = serializers.DictField(child=serializers.CharField())
    locale = serializers.CharField()
    timezone = serializers.CharField()
    currency = serializers.CharField()
    country = serializers.CharField()
    takes_bookings = serializers.BooleanField(help_text="False while the business takes none: calls that book get 403.")
    is_published = serializers.BooleanField(
        help_text="False while the page is a draft that opens soon: what is offered is not told, `not_published` (403)."
    )
    locations = LocationShape(many=True)
    vertical = VerticalShape()
    privacy_notice = NoticeShape()


class OpinionShape(serializers.Serializer[Any]):
    """What a customer said about a visit and lets everybody read."""

    author = serializers.CharField(help_text="First name and an initial; empty where there is no name to show.")
    score = serializers.IntegerField(min_value=LEAST, max_value=MOST)
    comment = serializers.CharField()
    answer = serializers.CharField(help_text="What the business answered.")
    said_at = InstantField()


class PraiseShape(serializers.Serializer[Any]):
    """Answer of ``GET business/feedback``; count and average are of all that is published."""

    count = serializers.IntegerField()
    average = serializers.FloatField(allow_null=True)
    newest = OpinionShape(many=True, help_text="The newest with words.")


class AddOnShape(serializers.Serializer[Any]):
    """Something that may be added to a service."""

    id = serializers.CharField()
    name = serializers.CharField()
    duration_minutes = serializers.IntegerField()
    price = MoneyShape(allow_null=True)


class ChoiceShape(serializers.Serializer[Any]):
    """An option of a question: what is sent as the answer, and how it reads in the language of the call."""

    key = serializers.CharField()
    label = serializers.CharField()  # type: ignore[assignment]  # every field of DRF has a label of its own


class QuestionShape(serializers.Serializer[Any]):
    """What whoever books a service is asked; the answer goes into ``answers`` under its key."""

    key = serializers.CharField()
    label = serializers.CharField()  # type: ignore[assignment]  # every field of DRF has a label of its own
    kind = serializers.ChoiceField(
        choices=QuestionKind.values,
        help_text="A text, a number, true or false, the key of an option, or a list of keys.",
    )
    is_required = serializers.BooleanField()
    choices = ChoiceShape(many=True)


class ServiceShape(serializers.Serializer[Any]):
    """A service that can be booked."""

    id = serializers.CharField()
    description = serializers.CharField()
    category = serializers.CharField()
    price = MoneyShape(allow_null=True)
    price_kind = PriceKindField()
    is_price_from = serializers.BooleanField()
    largest_party = serializers.IntegerField(min_value=1)
    add_ons = AddOnShape(many=True)
    questions = QuestionShape(many=True)
    locations = serializers.ListField(child=serializers.CharField())

    def get_fields(self) -> dict[str, serializers.Field[Any, Any, Any, Any]]:
        """Return the fields of its own, and one for each public term of a service."""
        hints = get_type_hints(ServiceTerms)
        return super().get_fields() | {name: _make_field(hints[name]) for name in PUBLIC_TERMS}


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


def _make_field(hint: object) -> serializers.Field[Any, Any, Any, Any]:
    """Return the field that writes a term of this type."""
    if hint is bool:
        return serializers.BooleanField()
    if hint in {int, int | None}:
        return serializers.IntegerField(allow_null=hint is not int)
    if get_origin(hint) is tuple:
        return serializers.ListField(child=serializers.CharField())
    return serializers.CharField()
