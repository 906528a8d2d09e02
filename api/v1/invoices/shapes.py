"""Shapes of the invoices that customers want, for staff and programs."""

from __future__ import annotations

from dataclasses import fields
from typing import Any

from rest_framework import serializers

from api.fields import DayField, IdField, InstantField, TextField
from api.pagination import PageQuery, PageShape
from api.serializers import MoneyShape, StrictSerializer
from api.v1.payments.shapes import PaidBookingShape
from api.views import make_money
from billing.enums import InvoiceState, PaymentMethod
from billing.services.invoices.wishes import LONGEST_NUMBER, LONGEST_REASON
from billing.types import InvoiceRow
from kernel.law.taxes import LENGTHS, TaxData

LONGEST_SEARCH = 100


class InvoicesQuery(PageQuery):
    """Query of ``GET invoices``."""

    state = serializers.ChoiceField(choices=InvoiceState.values, required=False, default="")
    booking = IdField(required=False)
    q = TextField(
        required=False,
        default="",
        max_length=LONGEST_SEARCH,
        help_text="Words of a name, tax number or invoice number, or of the booking.",
    )


class TaxFields(StrictSerializer):
    """To whom an invoice is made out; what the law of the business's country does not ask for is dropped."""

    name = TextField(max_length=LENGTHS["name"])
    id_kind = TextField(required=False, allow_blank=True, default="", max_length=LENGTHS["id_kind"])
    tax_id = TextField(required=False, allow_blank=True, default="", max_length=LENGTHS["tax_id"])
    address = TextField(required=False, allow_blank=True, default="", max_length=LENGTHS["address"])
    postal_code = TextField(required=False, allow_blank=True, default="", max_length=LENGTHS["postal_code"])
    city = TextField(required=False, allow_blank=True, default="", max_length=LENGTHS["city"])
    regime = TextField(required=False, allow_blank=True, default="", max_length=LENGTHS["regime"])
    use = TextField(required=False, allow_blank=True, default="", max_length=LENGTHS["use"])
    activity = TextField(required=False, allow_blank=True, default="", max_length=LENGTHS["activity"])
    email = TextField(required=False, allow_blank=True, default="", max_length=LENGTHS["email"])


class WantFields(TaxFields):
    """Body of ``POST bookings/{id}/invoice``."""

    doubted = TextField(
        required=False,
        allow_blank=True,
        default="",
        max_length=LENGTHS["tax_id"],
        help_text="The number that was refused for its check digit alone, if it is right all the same.",
    )


class SeenFields(StrictSerializer):
    """An answer to what was read; ``mark`` is that of the invoice."""

    mark = InstantField(
        required=False, help_text="Refused with 409 if the customer has changed the data since; left out: as it is now."
    )


class IssueFields(SeenFields):
    """Body of ``POST invoices/{id}/issue``."""

    number = TextField(max_length=LONGEST_NUMBER)
    issued_on = DayField()


class RefuseFields(SeenFields):
    """Body of ``POST invoices/{id}/refuse``: why, which the customer reads."""

    reason = TextField(max_length=LONGEST_REASON)


class TaxShape(serializers.Serializer[Any]):
    """To whom it is made out, as the law of ``country`` asks; what that does not ask for is empty."""

    country = serializers.CharField()
    name = serializers.CharField()
    id_kind = serializers.CharField()
    tax_id = serializers.CharField()
    address = serializers.CharField()
    postal_code = serializers.CharField()
    city = serializers.CharField()
    regime = serializers.CharField()
    use = serializers.CharField()
    activity = serializers.CharField()
    email = serializers.CharField(help_text="Empty: to the customer.")


class InvoiceShape(serializers.Serializer[Any]):
    """An invoice that a customer wants, and what became of it."""

    id = serializers.CharField()
    booking = PaidBookingShape(allow_null=True, help_text="Null: it is gone.")
    state = serializers.ChoiceField(choices=InvoiceState.values)
    tax_data = TaxShape()
    paid = MoneyShape(help_text="What it can be about: what was paid of the price, less what went back.")
    methods = serializers.ListField(child=serializers.ChoiceField(choices=PaymentMethod.values))
    paid_at = InstantField(allow_null=True, help_text="When the last of it came.")
    number = serializers.CharField()
    issued_on = DayField(allow_null=True)
    reason = serializers.CharField(help_text="Why none is made.")
    asked_at = InstantField()
    closed_at = InstantField(allow_null=True)
    mark = InstantField(help_text="For ``issue`` and ``refuse``.")


class InvoiceList(PageShape):
    """Answer of ``GET invoices``."""

    results = InvoiceShape(many=True)


def describe_invoice(row: InvoiceRow) -> dict[str, object]:
    """Return an invoice with the tax data of whom it is made out to."""
    invoice, facts = row.invoice, row.facts
    return {
        "id": str(invoice.id),
        "booking": None if facts is None else {"id": str(facts.id), "reference": facts.reference},
        "state": invoice.state.value,
        "tax_data": {"country": invoice.country, **dict(invoice.data.list_values())},
        "paid": make_money(row.paid_minor, row.currency),
        "methods": [each.value for each in row.methods],
        "paid_at": row.paid_at,
        "number": invoice.number,
        "issued_on": None if invoice.issued_on is None else invoice.issued_on.isoformat(),
        "reason": invoice.reason,
        "asked_at": invoice.asked_at,
        "closed_at": invoice.closed_at,
        "mark": invoice.seen_at,
    }


def read_tax_data(asked: dict[str, Any]) -> TaxData:
    """Return to whom an invoice is to be made out."""
    return TaxData(**{each.name: asked[each.name] for each in fields(TaxData)})
