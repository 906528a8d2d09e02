"""Shapes of opinions and messages, for staff and programs."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from api.fields import IdField, InstantField, TextField
from api.pagination import PageQuery, PageShape
from api.serializers import StrictSerializer
from api.v1.manage.serializers import AUTHORS, MessageShape
from scheduling.selectors.aftercare.feedback import LOW, UNANSWERED
from scheduling.types.aftercare.views import LONGEST_ANSWER, LONGEST_LINE


class FeedbackQuery(PageQuery):
    """Query of ``GET feedback``."""

    kind = serializers.ChoiceField(
        choices=[LOW, UNANSWERED], required=False, default="", help_text="Up to three stars; words without an answer."
    )


class GivenOpinionShape(serializers.Serializer[Any]):
    """What a customer said about a visit, and what became of it."""

    booking = serializers.CharField()
    score = serializers.IntegerField()
    comment = serializers.CharField()
    recommend_score = serializers.IntegerField(allow_null=True)
    may_publish = serializers.BooleanField()
    is_published = serializers.BooleanField()
    said_at = InstantField()
    answer = serializers.CharField()
    answered_at = InstantField(allow_null=True)
    hidden_at = InstantField(allow_null=True)
    hidden_reason = serializers.CharField()


class GivenOpinionList(PageShape):
    """Answer of ``GET feedback``."""

    results = GivenOpinionShape(many=True)


class AnswerFields(StrictSerializer):
    """Body of ``POST feedback/{booking}/answer``; the customer reads it."""

    text = TextField(max_length=LONGEST_ANSWER)


class HideFields(StrictSerializer):
    """Body of ``POST feedback/{booking}/hide``."""

    reason = TextField(max_length=LONGEST_ANSWER)


class ChangedShape(serializers.Serializer[Any]):
    """Whether anything changed."""

    is_changed = serializers.BooleanField()


class StaffMessageFields(StrictSerializer):
    """Body of ``POST bookings/{id}/messages``."""

    text = TextField(max_length=LONGEST_LINE)
    seen = IdField(
        required=False, help_text="The last message that was read: what came after it waits for an answer on."
    )


class MessagesQuery(PageQuery):
    """Query of ``GET messages``."""

    author = serializers.ChoiceField(choices=AUTHORS, required=False)
    waiting = serializers.BooleanField(
        required=False, allow_null=True, default=None, help_text="Whether a customer waits for an answer to it."
    )
    written_since = InstantField(required=False, help_text="At this instant or later.")
    written_before = InstantField(required=False, help_text="Before this instant.")


class WrittenShape(MessageShape):
    """A message, and the booking that it is about."""

    booking = serializers.CharField()
    is_waiting = serializers.BooleanField(help_text="A customer wrote it, and nobody has answered.")


class WrittenList(PageShape):
    """Answer of ``GET messages``."""

    results = WrittenShape(many=True)
