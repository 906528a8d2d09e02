"""Shapes of the manage calls."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from api.fields import DayField, IdField, InstantField, TextField, WholeField
from api.pagination import PageShape
from api.payments import PaymentShape
from api.serializers import MoneyShape, PriceKindField, StrictSerializer
from privacy.types import KINDS
from scheduling.enums import ActorKind
from scheduling.services.aftercare.feedback import LEAST, MOST, MOST_RECOMMEND
from scheduling.types.aftercare.views import LONGEST_COMMENT, LONGEST_LINE, LONGEST_WISH

AUTHORS = [ActorKind.CUSTOMER.value, ActorKind.STAFF.value]


class RescheduleFields(StrictSerializer):
    """Body of ``POST manage/{token}/reschedule``."""

    starts_at = InstantField()
    resource = IdField(required=False)


class CancelFields(StrictSerializer):
    """Body of ``POST manage/{token}/cancel``."""

    reason = TextField(required=False, allow_blank=True, max_length=500, default="")
    as_credit = serializers.BooleanField(
        required=False, default=False, help_text="True: what goes back is credit here instead of money, if offered."
    )


class CreditFields(StrictSerializer):
    """Body of ``POST manage/{token}/pay_with_credit``."""

    amount_minor = WholeField(
        required=False,
        min_value=1,
        max_value=10**12,
        help_text="In the smallest coin; without it, as much as is there and due.",
    )


class CancelledShape(serializers.Serializer[Any]):
    """One of the bookings that were canceled together."""

    reference = serializers.CharField()
    starts_at = InstantField()


class CancelledTogetherShape(serializers.Serializer[Any]):
    """Answer of ``POST manage/{token}/cancel_following``."""

    results = CancelledShape(many=True)


class FeedbackFields(StrictSerializer):
    """Body of ``POST manage/{token}/feedback``."""

    score = WholeField(min_value=LEAST, max_value=MOST)
    comment = TextField(required=False, allow_blank=True, max_length=LONGEST_COMMENT, default="")
    recommend_score = WholeField(required=False, allow_null=True, min_value=0, max_value=MOST_RECOMMEND, default=None)
    may_publish = serializers.BooleanField(required=False, default=False)


class PublishFields(StrictSerializer):
    """Body of ``POST manage/{token}/feedback/publish``."""

    may_publish = serializers.BooleanField()


class MessageFields(StrictSerializer):
    """Body of ``POST manage/{token}/messages``."""

    text = TextField(max_length=LONGEST_LINE)


class DataRequestFields(StrictSerializer):
    """Body of ``POST manage/{token}/data_requests``; whoever wants a correction says what is right."""

    kind = serializers.ChoiceField(choices=list(KINDS))
    text = TextField(required=False, allow_blank=True, max_length=LONGEST_WISH, default="")


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
    can_rate = serializers.BooleanField(help_text="The visit is over, and nobody has said how it was.")
    can_write = serializers.BooleanField(help_text="Somebody of the business could answer a message.")
    is_attendance_confirmed = serializers.BooleanField()
    locale = serializers.CharField(help_text="The language of the messages about it.")
    payment = PaymentShape(required=False, help_text="While a deposit is waited for.")


class SaidShape(serializers.Serializer[Any]):
    """What a customer said about a visit, and what the business answered."""

    score = serializers.IntegerField(min_value=LEAST, max_value=MOST)
    comment = serializers.CharField()
    recommend_score = serializers.IntegerField(allow_null=True, min_value=0, max_value=MOST_RECOMMEND)
    may_publish = serializers.BooleanField()
    is_published = serializers.BooleanField(help_text="False also while the business does not show it.")
    said_at = InstantField()
    answer = serializers.CharField()
    answered_at = InstantField(allow_null=True)


class PublishedShape(serializers.Serializer[Any]):
    """Answer of ``POST manage/{token}/feedback/publish``."""

    may_publish = serializers.BooleanField()
    is_changed = serializers.BooleanField()


class MessageShape(serializers.Serializer[Any]):
    """One message of the conversation about a booking."""

    id = serializers.CharField()
    author = serializers.ChoiceField(choices=AUTHORS)
    name = serializers.CharField(help_text="Who of the business wrote it; empty for the customer's own.")
    text = serializers.CharField()
    written_at = InstantField()


class MessageList(PageShape):
    """Answer of ``GET manage/{token}/messages``: the newest 200, oldest first."""

    results = MessageShape(many=True)


class SentShape(serializers.Serializer[Any]):
    """Answer of ``POST manage/{token}/messages``."""

    is_new = serializers.BooleanField(help_text="False: the same words were sent a moment ago, and stand once.")


class DataRequestShape(serializers.Serializer[Any]):
    """What a customer asked about their own data."""

    id = serializers.CharField()
    kind = serializers.ChoiceField(choices=list(KINDS))
    text = serializers.CharField()
    asked_at = InstantField()
    answer_by = DayField(
        help_text="The last local date on which an answer is in time: by the law of the business's country as far as we"
        " know it, which may be wrong; of a country whose law we do not know, by our own choice."
    )
    done_at = InstantField(allow_null=True, help_text="null: the business has not answered yet.")
    answer = serializers.CharField()


class DataRequestList(PageShape):
    """Answer of ``GET manage/{token}/data_requests``, oldest first."""

    results = DataRequestShape(many=True)


class DataAskedShape(serializers.Serializer[Any]):
    """Answer of ``POST manage/{token}/data_requests``."""

    kind = serializers.ChoiceField(choices=list(KINDS))
    asked_at = InstantField()


class OwnDataShape(serializers.Serializer[Any]):
    """What the business keeps about a visit: what was told, sent and agreed; ``format`` says how it is written."""

    format = serializers.CharField()
    business = serializers.CharField()
    booking = serializers.DictField()
