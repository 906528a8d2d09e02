"""Calls that change what a booking is about: by staff and programs, and by the customer's link."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from rest_framework import serializers

from api.fields import IdField, InstantField, TextField, WholeField
from api.serializers import MoneyShape, PriceKindField, StrictSerializer
from api.views import make_money
from billing.services.changing import MoneyOfChange
from scheduling.selectors.bookings.corrections import mark_visit
from scheduling.types import MOST_SERVICES, BookingView, VisitChange

MAX_PARTY = 500
MOST_ADD_ONS = 50


class ChangeFields(StrictSerializer):
    """What a booking is to be; what is left out stays as it is."""

    services = serializers.ListField(
        child=IdField(),
        required=False,
        max_length=MOST_SERVICES,
        help_text="One after the other; one that stays keeps its price.",
    )
    add_ons = serializers.ListField(
        child=IdField(), required=False, max_length=MOST_ADD_ONS, help_text="Left out: those of the services that stay."
    )
    party_size = WholeField(required=False, min_value=1, max_value=MAX_PARTY)
    arrival_mode = TextField(required=False, allow_blank=True, max_length=40)
    starts_at = InstantField(required=False, help_text="Another start, where the visit does not fit in its own.")
    mark = TextField(
        required=False, max_length=16, help_text="Of the preview: refused when the booking is another one by now."
    )


class MoneyOfChangeShape(serializers.Serializer[Any]):
    """What a change means for the deposit."""

    price = MoneyShape(allow_null=True)
    price_kind = PriceKindField()
    deposit = MoneyShape(allow_null=True)


class PreviewShape(MoneyOfChangeShape):
    """What a change would make of a booking."""

    status = serializers.CharField()
    starts_at = InstantField()
    ends_at = InstantField()
    services = serializers.ListField(child=serializers.CharField())
    resources = serializers.ListField(child=serializers.CharField(), help_text="The people whom the customer meets.")
    due = MoneyShape(allow_null=True, help_text="Of the deposit, before the visit is confirmed again; null: nothing.")
    pay_by = InstantField(allow_null=True, help_text="Until then; otherwise the booking ends.")
    back = MoneyShape(allow_null=True, help_text="Of the deposit goes back.")
    kept = MoneyShape(allow_null=True, help_text="Of the deposit is too much and stays, as a part of the price.")
    mark = serializers.CharField(help_text="Of the booking as it is: for `mark` of the change.")


def read_change(asked: Mapping[str, Any], *, resource_ids: Sequence[int] | None) -> VisitChange:
    """Return the change in the validated fields of a call."""
    services, add_ons = asked.get("services"), asked.get("add_ons")
    return VisitChange(
        service_ids=None if services is None else tuple(services),
        add_on_ids=None if add_ons is None else tuple(add_ons),
        party_size=asked.get("party_size"),
        arrival_mode=asked.get("arrival_mode"),
        resource_ids=None if resource_ids is None else tuple(dict.fromkeys(resource_ids)),
        starts_at=asked.get("starts_at"),
        seen=asked.get("mark", ""),
    )


def describe_agreed(booking: BookingView) -> dict[str, object]:
    """Return what is agreed about the money of a booking."""
    return {
        "price": make_money(booking.price_minor, booking.currency),
        "price_kind": booking.price.kind,
        "deposit": make_money(booking.deposit_minor or None, booking.currency),
    }


def describe_preview(before: BookingView, after: BookingView, money: MoneyOfChange) -> dict[str, object]:
    """Return what a change would make of a booking."""
    return {
        "status": after.status,
        "starts_at": after.starts_at,
        "ends_at": after.ends_at,
        "services": [each.name for each in after.lines],
        "resources": list(after.people),
        **describe_agreed(after),
        "due": make_money(money.due_minor or None, after.currency),
        "pay_by": money.pay_by,
        "back": make_money(money.back_minor or None, after.currency),
        "kept": make_money(money.kept_minor or None, after.currency),
        "mark": mark_visit(before),
    }
