"""Shapes of customers, and of what their visits are about."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from rest_framework import serializers

from api.fields import AnswerField, AnswersField, DayField, IdField, InstantField, TextField
from api.pagination import PageQuery, PageShape
from api.serializers import StrictSerializer
from scheduling.enums import BookingLevel, ContactKind, CustomerKind
from scheduling.types import AssetView, ContactSetup, CustomerSetup, CustomerView, OwnerPeriod

LONGEST_TEXT, MOST_ROWS = 2_000, 50
SEEN = "As it was read: refused when somebody changed it since."


class CustomersQuery(PageQuery):
    """Query of ``GET customers``."""

    text = TextField(required=False, max_length=120, help_text="Part of the name, or the number: C-1042.")
    phone = TextField(required=False, max_length=40)
    email = TextField(required=False, max_length=254)
    level = serializers.ChoiceField(choices=BookingLevel.values, required=False)
    created_since = InstantField(required=False, help_text="At this instant or later.")
    updated_since = InstantField(required=False, help_text="At this instant or later; who is new counts as well.")


class ContactFields(StrictSerializer):
    """A phone number, national or E.164, or an e-mail address."""

    kind = serializers.ChoiceField(choices=ContactKind.values)
    value = TextField(max_length=254)


class _CustomerFields(StrictSerializer):
    """What both bodies have."""

    kind = serializers.ChoiceField(choices=CustomerKind.values, required=False)
    tax_id = TextField(required=False, allow_blank=True, max_length=LONGEST_TEXT)
    contacts: serializers.Field[Any, Any, Any, Any] = serializers.ListSerializer(
        child=ContactFields(), required=False, max_length=MOST_ROWS
    )
    locale = TextField(required=False, max_length=8)
    booking_level = serializers.ChoiceField(choices=BookingLevel.values, required=False)
    level_reason = TextField(
        required=False, allow_blank=True, max_length=LONGEST_TEXT, help_text="Needed unless they book as everybody."
    )
    notes = TextField(required=False, allow_blank=True, max_length=10_000, help_text="For staff alone.")
    tags = serializers.ListField(child=TextField(max_length=LONGEST_TEXT), required=False, max_length=MOST_ROWS)


class CustomerChanges(_CustomerFields):
    """Body of ``PATCH customers/{id}``: what is left out stays; ``contacts`` and ``tags`` are said as a whole."""

    name = TextField(required=False, allow_blank=True, max_length=LONGEST_TEXT)
    mark = TextField(required=False, max_length=40, help_text=SEEN)


class NewCustomerFields(_CustomerFields):
    """Body of ``POST customers``."""

    name = TextField(allow_blank=True, max_length=LONGEST_TEXT)


class ContactShape(serializers.Serializer[Any]):
    """A way to reach a customer."""

    kind = serializers.ChoiceField(choices=ContactKind.values)
    value = serializers.CharField(help_text="A phone number in E.164, or an e-mail address.")
    verified_at = InstantField(allow_null=True, help_text="When they showed that it is theirs.")


class CustomerRecordShape(serializers.Serializer[Any]):
    """A customer; ``GET bookings?customer=`` lists their visits."""

    id = serializers.CharField()
    number = serializers.IntegerField(help_text="As people say it: C-1042.")
    name = serializers.CharField()
    kind = serializers.ChoiceField(choices=CustomerKind.values)
    tax_id = serializers.CharField()
    contacts = ContactShape(many=True)
    locale = serializers.CharField()
    booking_level = serializers.ChoiceField(choices=BookingLevel.values)
    level_reason = serializers.CharField()
    notes = serializers.CharField()
    tags = serializers.ListField(child=serializers.CharField())
    is_sample = serializers.BooleanField()
    created_at = InstantField()
    updated_at = InstantField()
    mark = serializers.CharField(help_text="Another one as soon as somebody has changed them.")


class CustomerList(PageShape):
    """Answer of ``GET customers``."""

    results = CustomerRecordShape(many=True)


class AssetsQuery(PageQuery):
    """Query of ``GET assets``."""

    customer = IdField(required=False)
    identifier = TextField(required=False, max_length=64, help_text="What it is told by, such as a plate.")
    archived = serializers.BooleanField(required=False, help_text="Only archived ones, or only those in use.")


class NewAssetFields(StrictSerializer):
    """Body of ``POST assets``."""

    customer = IdField()
    asset = AnswersField(child=AnswerField(), help_text="By the keys of `asset_fields` of `business`.")


class AssetChanges(StrictSerializer):
    """Body of ``PATCH assets/{id}``; what ``asset`` leaves out stays, and an empty text takes it away."""

    asset = AnswersField(child=AnswerField())
    mark = TextField(required=False, max_length=40, help_text=SEEN)


class AssetShape(serializers.Serializer[Any]):
    """What visits are about: a vehicle, a pet."""

    id = serializers.CharField()
    customer = serializers.CharField()
    type = serializers.CharField()
    label = serializers.CharField()  # type: ignore[assignment]  # the library has something else of this name
    identifier = serializers.CharField()
    asset = serializers.DictField(
        child=serializers.CharField(), help_text="By the keys of `asset_fields` of `business`."
    )
    is_sample = serializers.BooleanField()
    created_at = InstantField()
    archived_at = InstantField(allow_null=True, help_text="Since when it is offered no more.")
    mark = serializers.CharField(help_text="Another one as soon as somebody has changed it.")


class NewOwnerFields(StrictSerializer):
    """Body of ``POST assets/{id}/owners``."""

    customer = IdField(help_text="Who has it now.")
    on = DayField(help_text="The first day on which it is theirs, at the business; today or before.")
    owner = IdField(required=False, help_text="Whose it was as it was read: refused when that changed since.")


class OwnerShape(serializers.Serializer[Any]):
    """Who had it, from a day until before another one."""

    customer = serializers.CharField()
    from_on = DayField(allow_null=True, help_text="None: nobody knows.")
    until_on = DayField(allow_null=True, help_text="None: it is theirs.")


class AssetOwnersShape(serializers.Serializer[Any]):
    """Answer of ``GET assets/{id}/owners``."""

    results = OwnerShape(many=True)


class AssetList(PageShape):
    """Answer of ``GET assets``."""

    results = AssetShape(many=True)


def read_changes(asked: Mapping[str, Any]) -> dict[str, Any]:
    """Return what a body says, as the values that a customer's record is made of."""
    kinds: dict[str, Callable[[Any], object]] = {
        "kind": CustomerKind,
        "booking_level": BookingLevel,
        "tags": tuple,
        "contacts": _read_contacts,
    }
    said = {name: value for name, value in asked.items() if name != "mark"}
    return {name: kinds[name](value) if name in kinds else value for name, value in said.items()}


def read_customer(asked: Mapping[str, Any]) -> CustomerSetup:
    """Return the customer whom a body describes."""
    return CustomerSetup(**read_changes(asked))


def _read_contacts(sent: Any) -> tuple[ContactSetup, ...]:
    return tuple(ContactSetup(ContactKind(each["kind"]), each["value"]) for each in sent)


def describe_customer(customer: CustomerView) -> dict[str, object]:
    """Return a customer's record."""
    setup = customer.setup
    return {
        "id": str(customer.id),
        "number": customer.number,
        "name": setup.name,
        "kind": setup.kind,
        "tax_id": setup.tax_id,
        "contacts": [
            {"kind": each.kind, "value": each.value, "verified_at": customer.verified.get(each)}
            for each in setup.contacts
        ],
        "locale": setup.locale,
        "booking_level": setup.booking_level,
        "level_reason": setup.level_reason,
        "notes": setup.notes,
        "tags": list(setup.tags),
        "is_sample": customer.is_sample,
        "created_at": customer.created_at,
        "updated_at": customer.updated_at,
        "mark": customer.mark,
    }


def describe_asset(asset: AssetView) -> dict[str, object]:
    """Return what visits are about."""
    return {
        "id": str(asset.id),
        "customer": str(asset.customer_id),
        "type": asset.type_key,
        "label": asset.label,
        "identifier": asset.identifier,
        "asset": dict(asset.fields),
        "is_sample": asset.is_sample,
        "created_at": asset.created_at,
        "archived_at": asset.archived_at,
        "mark": asset.mark,
    }


def describe_owners(owners: Iterable[OwnerPeriod]) -> dict[str, object]:
    """Return who had something, and when."""
    rows = [{"customer": str(each.customer_id), "from_on": each.from_on, "until_on": each.until_on} for each in owners]
    return {"results": rows}
