"""What customers agreed to: by the link to their visits, and as staff and programs read and write it down."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, ClassVar

from django.http import HttpResponse
from rest_framework import serializers, status
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.enums import KeyArea
from accounts.policies import Permission
from api.document import describe_call
from api.fields import InstantField, TextField
from api.serializers import StrictSerializer
from api.v1.bookings.staff import make_actor
from api.views import OpenView, Result, StaffView, answer_once
from edge.language import current_language
from kernel.clock import utc_now
from kernel.ids import read_row_id
from scheduling.enums import BookingSource, ConsentPurpose
from scheduling.errors import CustomerNotFound, VisitsLinkUnknown
from scheduling.errors.customers import ConsentContactUnknown
from scheduling.selectors.bookings.visits import get_visits_contact
from scheduling.selectors.customers.consents import list_choices, list_consents
from scheduling.selectors.customers.records import get_customer
from scheduling.services.customers.consents import LONGEST_WORDS, change_consents, change_consents_of
from scheduling.services.writing.customers import TOLD
from scheduling.types import ConsentChoice, ConsentProof, ConsentView

PURPOSES = [each.value for each in ConsentPurpose if each in TOLD]
MOST = 200


class ConsentAnswerFields(StrictSerializer):
    """What a customer wants, or does not want any more."""

    purpose = serializers.ChoiceField(choices=PURPOSES)
    is_given = serializers.BooleanField()
    words = TextField(
        max_length=LONGEST_WORDS, help_text="The sentence that they were shown, or how they said so: it is the proof."
    )


class ConsentChoiceShape(serializers.Serializer[Any]):
    """How the contact stands to a purpose."""

    purpose = serializers.ChoiceField(choices=PURPOSES)
    is_given = serializers.BooleanField()
    since = InstantField(allow_null=True, help_text="null: they never said anything about it.")


class ConsentChoicesShape(serializers.Serializer[Any]):
    """What the contact of a link gets and agreed to."""

    contact = serializers.CharField()
    results = ConsentChoiceShape(many=True)


class ConsentShape(serializers.Serializer[Any]):
    """An answer: a yes holds until ``withdrawn_at``; of a no that is the same as ``given_at``."""

    purpose = serializers.ChoiceField(choices=ConsentPurpose.values)
    given_at = InstantField()
    withdrawn_at = InstantField(allow_null=True)
    contact = serializers.CharField(help_text="Whose messages it is about; empty: it is about the visit alone.")
    source = serializers.CharField()  # type: ignore[assignment]  # every field of DRF has a source of its own
    text_version = serializers.CharField()
    language = serializers.CharField()
    words = serializers.CharField()
    booking = serializers.CharField(allow_null=True)


class ConsentList(serializers.Serializer[Any]):
    """The last 200 answers of a customer, the newest first."""

    results = ConsentShape(many=True)


class OwnConsentsView(OpenView):
    """``GET`` and ``POST visits/{token}/consents``."""

    @describe_call("list_own_consents", fails=(VisitsLinkUnknown,), responses=ConsentChoicesShape)
    def get(self, _request: Request, token: str) -> Response:
        """Return what the contact of the link gets and agreed to."""
        return Response(_describe_choices(get_visits_contact(token=token, now=utc_now()).value))

    @describe_call(
        "change_own_consent",
        fails=(VisitsLinkUnknown, ConsentContactUnknown),
        request=ConsentAnswerFields,
        responses=ConsentChoicesShape,
    )
    def post(self, request: Request, token: str) -> HttpResponse:
        """Agree to something or take it back; it counts at once, also for messages that wait."""
        asked = ConsentAnswerFields.read(request).validated_data
        contact = get_visits_contact(token=token, now=utc_now()).value

        def run() -> Result:
            proof = ConsentProof(source=BookingSource.API, words=asked["words"], language=current_language())
            change_consents(contact=contact, wanted=_read_wanted(asked), proof=proof, now=utc_now())
            return Result(status.HTTP_200_OK, _describe_choices(contact))

        return answer_once(request, run, is_personal=True)


class ConsentsView(StaffView):
    """``GET`` and ``POST customers/{id}/consents``."""

    declared_permission: ClassVar[Mapping[str, str]] = {
        "GET": Permission.CUSTOMER_VIEW,
        "POST": Permission.CUSTOMER_MANAGE,
    }
    key_area = KeyArea.CUSTOMERS

    @describe_call("list_consents", fails=(CustomerNotFound,), responses=ConsentList)
    def get(self, _request: Request, customer_id: str) -> Response:
        """List every answer of a customer with its proof, the newest first."""
        return Response(_describe_all(_read_customer_id(customer_id)))

    @describe_call(
        "change_consent",
        fails=(CustomerNotFound, ConsentContactUnknown),
        request=ConsentAnswerFields,
        responses={201: ConsentList},
    )
    def post(self, request: Request, customer_id: str) -> HttpResponse:
        """Write down what a customer said: for each of their contacts, and at once."""
        asked, number = ConsentAnswerFields.read(request).validated_data, _read_customer_id(customer_id)

        def run() -> Result:
            proof = ConsentProof(
                source=BookingSource.API,
                words=asked["words"],
                language=current_language(),
                user_id=make_actor(request).user_id,
            )
            change_consents_of(customer_id=number, wanted=_read_wanted(asked), proof=proof, now=utc_now())
            return Result(status.HTTP_201_CREATED, _describe_all(number))

        return answer_once(request, run, is_personal=True)


def _read_wanted(asked: Mapping[str, Any]) -> dict[ConsentPurpose, bool]:
    return {ConsentPurpose(asked["purpose"]): asked["is_given"]}


def _read_customer_id(text: str) -> int:
    number = read_row_id(text)
    if number is None:
        raise CustomerNotFound
    return number


def _describe_choices(contact: str) -> dict[str, object]:
    return {"contact": contact, "results": [_describe_choice(each) for each in list_choices(contact)]}


def _describe_choice(choice: ConsentChoice) -> dict[str, object]:
    return {"purpose": choice.purpose.value, "is_given": choice.is_on, "since": choice.since}


def _describe_all(customer_id: int) -> dict[str, Sequence[object]]:
    get_customer(customer_id=customer_id)
    return {"results": [_describe(each) for each in list_consents(customer_id=customer_id, most=MOST)]}


def _describe(row: ConsentView) -> dict[str, object]:
    return {
        "purpose": row.purpose.value,
        "given_at": row.given_at,
        "withdrawn_at": row.withdrawn_at,
        "contact": row.contact,
        "source": row.source,
        "text_version": row.text_version,
        "language": row.language,
        "words": row.words,
        "booking": None if row.booking_id is None else str(row.booking_id),
    }
