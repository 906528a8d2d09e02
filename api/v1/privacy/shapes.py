"""Shapes of what people ask about their data, for staff and programs."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from rest_framework import serializers

from api.fields import DayField, IdField, InstantField, TextField
from api.pagination import PageQuery, PageShape
from api.serializers import StrictSerializer
from privacy.enums import IdentityCheck, KeptKind, RequestSource, RequestState, RequestStep
from privacy.selectors.keeping import Kept
from privacy.services.asking import LONGEST_CONTACT, LONGEST_NAME
from privacy.services.identity import BY_WORD
from privacy.types import KIND_NAMES, LONGEST_NOTE, LONGEST_REASON, LONGEST_TEXT, FileView, RequestView, StepView

ALL_KINDS = sorted(KIND_NAMES.values())
RECORDED = [each.value for each in RequestSource if each is not RequestSource.LINK]


class PrivacyRequestsQuery(PageQuery):
    """Query of ``GET privacy_requests``."""

    state = serializers.ChoiceField(
        choices=RequestState.values, required=False, default="", help_text="`asked` and `granted` are those that wait."
    )
    customer = IdField(required=False)


class PrivacyRequestFields(StrictSerializer):
    """Body of ``POST privacy_requests``: what reached the business by phone, on paper, by e-mail or in person."""

    kind = serializers.ChoiceField(choices=ALL_KINDS)
    source = serializers.ChoiceField(choices=RECORDED)  # type: ignore[assignment]  # every field of DRF has one of its own
    customer = IdField(required=False, allow_null=True, default=None, help_text="Whose data; null: not known yet.")
    asked_at = InstantField(required=False, help_text="When it reached you: the clock runs from then. Left out: now.")
    name = TextField(required=False, allow_blank=True, default="", max_length=LONGEST_NAME)
    contact = TextField(required=False, allow_blank=True, default="", max_length=LONGEST_CONTACT)
    text = TextField(required=False, allow_blank=True, default="", max_length=LONGEST_TEXT)


class ChoosePersonFields(StrictSerializer):
    """Body of ``POST privacy_requests/{id}/choose``."""

    customer = IdField()


class IdentifyFields(StrictSerializer):
    """Body of ``POST privacy_requests/{id}/identify``: how you know who asks, with a sentence that can be shown."""

    check_kind = serializers.ChoiceField(choices=[each.value for each in BY_WORD])
    note = TextField(max_length=LONGEST_NOTE)


class ReasonFields(StrictSerializer):
    """Body of ``extend`` and ``refuse``: why, which whoever asked is told."""

    reason = TextField(max_length=LONGEST_REASON)


class FinishFields(StrictSerializer):
    """Body of ``finish``: what was done, which whoever asked is told."""

    answer = TextField(max_length=LONGEST_REASON)


class EraseFields(StrictSerializer):
    """Body of ``erase``."""

    is_company_meant = serializers.BooleanField(
        required=False, default=False, help_text="Of a company: all of its people are meant."
    )


class NothingFields(StrictSerializer):
    """An empty body."""


class StepShape(serializers.Serializer[Any]):
    """A step; ``by`` is null for whoever asked and for the program."""

    step = serializers.ChoiceField(choices=RequestStep.values)
    at = InstantField()
    by = serializers.CharField(allow_null=True)


class KeptOfPersonShape(serializers.Serializer[Any]):
    """What has to end before somebody is erased, or stays of them without a name."""

    kind = serializers.ChoiceField(choices=KeptKind.values)
    count = serializers.IntegerField()
    is_hindrance = serializers.BooleanField()


class PersonFileShape(serializers.Serializer[Any]):
    """The file of a request; the link of the request opens it as well where ``is_public``."""

    is_public = serializers.BooleanField()
    ends_at = InstantField()


class PrivacyRequestShape(serializers.Serializer[Any]):
    """What somebody asked about their data."""

    id = serializers.CharField()
    kind = serializers.ChoiceField(choices=ALL_KINDS)
    state = serializers.ChoiceField(choices=RequestState.values)
    source = serializers.ChoiceField(choices=RequestSource.values)  # type: ignore[assignment]  # as above
    customer = serializers.CharField(allow_null=True)
    booking = serializers.CharField(allow_null=True)
    name = serializers.CharField()
    contact = serializers.CharField()
    text = serializers.CharField()
    asked_at = InstantField()
    answer_on = DayField(help_text="The last local day on which an answer is in time.")
    carry_out_on = DayField(allow_null=True, help_text="The last local day for doing what was agreed to.")
    due_at = InstantField(help_text="From then on what is next is too late.")
    is_late = serializers.BooleanField()
    extended_at = InstantField(allow_null=True)
    extension_reason = serializers.CharField()
    identity_check = serializers.ChoiceField(choices=IdentityCheck.values, allow_null=True)
    identity_note = serializers.CharField()
    answer = serializers.CharField()
    answered_at = InstantField(allow_null=True)
    ended_at = InstantField(allow_null=True)


class PrivacyRequestDetail(PrivacyRequestShape):
    """A request with its steps, what is in the way of erasing, and its file."""

    steps = StepShape(many=True)
    kept = KeptOfPersonShape(many=True, help_text="Empty but for an erasure that waits.")
    file = PersonFileShape(allow_null=True)


class PrivacyRequestList(PageShape):
    """Answer of ``GET privacy_requests``."""

    results = PrivacyRequestShape(many=True)


def describe_request(view: RequestView, *, now: datetime) -> dict[str, object]:
    """Return a request as lists have it."""
    return {
        "id": str(view.id),
        "kind": KIND_NAMES[view.right],
        "state": view.state.value,
        "source": view.source.value,
        "customer": None if view.customer_id is None else str(view.customer_id),
        "booking": None if view.booking_id is None else str(view.booking_id),
        "name": view.name,
        "contact": view.contact,
        "text": view.text,
        "asked_at": view.asked_at,
        "answer_on": view.answer_on.isoformat(),
        "carry_out_on": None if view.carry_out_on is None else view.carry_out_on.isoformat(),
        "due_at": view.due_at,
        "is_late": view.is_late(now),
        "extended_at": view.extended_at,
        "extension_reason": view.extension_reason,
        "identity_check": None if view.identity_check is None else view.identity_check.value,
        "identity_note": view.identity_note,
        "answer": view.answer,
        "answered_at": view.answered_at,
        "ended_at": view.ended_at,
    }


def describe_whole(
    view: RequestView, *, steps: Sequence[StepView], kept: Sequence[Kept], file: FileView | None, now: datetime
) -> dict[str, object]:
    """Return a request with all that belongs to it."""
    return {
        **describe_request(view, now=now),
        "steps": [
            {"step": each.step.value, "at": each.at, "by": None if each.by_id is None else str(each.by_id)}
            for each in steps
        ],
        "kept": [{"kind": each.kind.value, "count": each.count, "is_hindrance": each.is_hindrance} for each in kept],
        "file": None if file is None else {"is_public": file.is_public, "ends_at": file.ends_at},
    }
