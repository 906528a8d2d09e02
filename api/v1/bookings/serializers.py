"""Shapes of holds and bookings."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext
from rest_framework import serializers

from api.fields import AnswerField, AnswersField, IdField, InstantField, TextField, WholeField
from api.payments import PaymentShape
from api.serializers import MoneyShape, PriceKindField, StrictSerializer
from api.v1.availability.serializers import MAX_PARTY, MOST_WEEKS
from kernel.languages import LANGUAGES
from kernel.money import PriceKind
from kernel.text import mark
from scheduling.policies import TAKEN_BACK
from scheduling.types import LARGEST_PRICE_MINOR, MOST_SERVICES
from scheduling.types.terms import MOST_REPEATS

HOLD_OR_SLOT = mark("Send a hold and its token, or a service and starts_at.")
PRICE_AND_NONE = mark("Send a price, or that there is none.")
TEXT_LENGTH = 2000


class SlotFields(StrictSerializer):
    """What is asked for."""

    service = IdField()
    further_services = serializers.ListField(
        child=IdField(),
        required=False,
        default=list,
        max_length=MOST_SERVICES - 1,
        help_text="In the same visit, one after the other.",
    )
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


class RepeatsFields(StrictSerializer):
    """The visits after the first: dates of ``GET availability/repeats``, at their hours or others."""

    every_weeks = WholeField(min_value=1, max_value=MOST_WEEKS)
    starts = serializers.ListField(child=InstantField(), min_length=1, max_length=MOST_REPEATS - 1)


class OverrideFields(StrictSerializer):
    """Why somebody books over what is taken, closed or counted; the reason is kept with the booking."""

    reason = TextField(max_length=TEXT_LENGTH)


class DepositFields(StrictSerializer):
    """What becomes of the deposit, where one is due."""

    is_asked = serializers.BooleanField(
        required=False, default=True, help_text="False: the visit takes place without it, for a ``reason``."
    )
    pay_by = InstantField(required=False, help_text="How long its time is kept; left out: as long as for customers.")
    reason = TextField(required=False, allow_blank=True, max_length=TEXT_LENGTH)


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
    wants_reminders = serializers.BooleanField(required=False, default=True)
    notice = TextField(
        required=False, max_length=32, help_text="Version of the privacy notice that was shown (``GET business``)."
    )
    repeats = RepeatsFields(required=False, help_text="All are booked, or none; a code is always asked for.")
    photo_set = TextField(required=False, max_length=100, help_text="Of ``POST photos``: they become the booking's.")
    visits = TextField(
        required=False, max_length=200, help_text="Token of the link to one's visits: its contact needs no code."
    )
    verification = VerificationFields(required=False)
    may_coincide = serializers.BooleanField(
        required=False, default=False, help_text="The same person comes for another appointment at this time, too."
    )
    override = OverrideFields(required=False, help_text="Of staff that may book over the rules.")
    deposit = DepositFields(required=False, help_text="Of staff; left out, it is asked for as of customers.")

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


class UndoFields(StrictSerializer):
    """Body of ``POST bookings/{id}/undo``."""

    status = serializers.ChoiceField(
        choices=sorted(TAKEN_BACK),
        help_text="The status that the step led to: sent again, it takes no other step back.",
    )


class CorrectedCustomerFields(StrictSerializer):
    """What is put right about who comes."""

    name = TextField(required=False, max_length=120)
    phone = TextField(required=False, allow_blank=True, max_length=40)
    email = TextField(required=False, allow_blank=True, max_length=254)


class CorrectionFields(StrictSerializer):
    """Body of ``POST bookings/{id}/correct``."""

    customer = CorrectedCustomerFields(required=False)
    asset = AnswersField(
        child=AnswerField(), required=False, help_text="All that is known about it, not only what changes."
    )
    note = TextField(required=False, allow_blank=True, max_length=TEXT_LENGTH)
    price_minor = WholeField(required=False, min_value=0, max_value=LARGEST_PRICE_MINOR)
    price_kind = serializers.ChoiceField(choices=[PriceKind.FIXED.value, PriceKind.ON_REQUEST.value], required=False)
    is_customer_too = serializers.BooleanField(
        required=False, default=False, help_text="Correct the records of customer and asset as well."
    )
    mark = TextField(
        required=False, max_length=64, help_text="Of an earlier answer: refused when somebody corrected it since."
    )

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        """Refuse a price beside the word that there is none.

        Raises:
            ValidationError: Both were sent.
        """
        if attrs.get("price_kind") == PriceKind.ON_REQUEST and "price_minor" in attrs:
            raise serializers.ValidationError({"price_minor": [gettext(PRICE_AND_NONE)]})
        return attrs


class SteppedShape(serializers.Serializer[Any]):
    """Where a booking stands."""

    id = serializers.CharField()
    reference = serializers.CharField()
    status = serializers.CharField()
    starts_at = InstantField()
    ends_at = InstantField()


class CorrectedShape(SteppedShape):
    """Answer of ``POST bookings/{id}/correct``; no personal data, which is not kept with the key."""

    is_changed = serializers.BooleanField()
    price = MoneyShape(allow_null=True)
    price_kind = PriceKindField()
    mark = serializers.CharField(help_text="Of what can be corrected, as it is now.")


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
    deposit_on_card = serializers.BooleanField(help_text="Nothing of it is paid before: a card is left.")
    first_deposit = MoneyShape(required=False, help_text="Of whoever comes for the first time, where that is more.")


class ExtendedHoldShape(serializers.Serializer[Any]):
    """Answer of ``POST holds/{id}/extension``."""

    id = TextField()
    expires_at = InstantField()


class BookedShape(serializers.Serializer[Any]):
    """Answer of ``POST bookings``."""

    reference = TextField()
    status = TextField()
    answer_by = InstantField(allow_null=True, help_text="Until when the business answers a request; null for others.")
    manage_url = serializers.URLField()
    payment = PaymentShape(required=False, help_text="While a deposit is waited for.")
    id = serializers.CharField(required=False, help_text="For staff.")
