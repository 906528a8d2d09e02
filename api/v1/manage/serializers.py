"""Shapes of the manage calls."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from api.fields import IdField, InstantField, TextField, WholeField
from api.serializers import MoneyShape, PriceKindField, StrictSerializer
from scheduling.services.aftercare.feedback import LEAST, MOST, MOST_RECOMMEND
from scheduling.types.aftercare.views import LONGEST_COMMENT


class RescheduleFields(StrictSerializer):
    """Body of ``POST manage/{token}/reschedule``."""

    starts_at = InstantField()
    resource = IdField(required=False)


class CancelFields(StrictSerializer):
    """Body of ``POST manage/{token}/cancel``."""

    reason = TextField(required=False, allow_blank=True, max_length=500, default="")


class FeedbackFields(StrictSerializer):
    """Body of ``POST manage/{token}/feedback``."""

    score = WholeField(min_value=LEAST, max_value=MOST)
    comment = TextField(required=False, allow_blank=True, max_length=LONGEST_COMMENT, default="")
    recommend_score = WholeField(required=False, allow_null=True, min_value=0, max_value=MOST_RECOMMEND, default=None)
    may_publish = serializers.BooleanField(required=False, default=False)


class EmptyFields(StrictSerializer):
    """A body without fields."""


class ManagedShape(serializers.Serializer[Any]):
    """A customer's own booking."""

    reference = serializers.CharField()
    status = serializers.CharField()
    answer_by = InstantField(allow_null=True, help_text="Until when the business answers a request; null for others.")
    service = serializers.CharField()
    starts_at = InstantField()
    ends_at = InstantField()
    timezone = serializers.CharField()
    location = serializers.CharField()
    resources = serializers.ListField(
        child=serializers.CharField(), help_text="The people whom the customer meets; never a bay, chair, room or tool."
    )
    customer_name = serializers.CharField()
    price = MoneyShape(allow_null=True)
    price_kind = PriceKindField()
    can_cancel = serializers.BooleanField()
    can_move = serializers.BooleanField()
    is_attendance_confirmed = serializers.BooleanField()
