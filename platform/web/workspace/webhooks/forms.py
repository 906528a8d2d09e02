"""Where webhooks go, and which."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django import forms
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy

from notifications.hooks import list_webhook_types
from notifications.types.webhooks import TEST
from web.parts.forms import mark_needed
from web.parts.proofs import StepForm

EVENTS: Mapping[str, str | Promise] = {
    "booking.held": gettext_lazy("A time is held"),
    "booking.requested": gettext_lazy("A request waits for your answer"),
    "booking.confirmed": gettext_lazy("An appointment is confirmed"),
    "booking.changed": gettext_lazy("Services, extras or party of an appointment are changed"),
    "booking.rescheduled": gettext_lazy("An appointment is moved"),
    "booking.cancelled": gettext_lazy("An appointment is canceled"),
    "booking.declined": gettext_lazy("A request is declined"),
    "booking.expired": gettext_lazy("A held time or a request has lapsed"),
    "booking.arrived": gettext_lazy("The customer has arrived"),
    "booking.completed": gettext_lazy("A visit is completed"),
    "booking.no_show": gettext_lazy("The customer did not come"),
    "booking.attendance_confirmed": gettext_lazy("The customer confirmed that they are coming"),
    "feedback.received": gettext_lazy("A customer said how the visit was"),
    "payment.succeeded": gettext_lazy("A payment came"),
    "payment.refunded": gettext_lazy("Money went back to a customer"),
    "payment.credited": gettext_lazy("A customer has credit instead of money"),
    "payment.failed": gettext_lazy("A payment did not come"),
    "invoice.wanted": gettext_lazy("A customer wants an invoice, or changed its data"),
    "invoice.issued": gettext_lazy("An invoice was issued"),
    "invoice.corrected": gettext_lazy("The number of an invoice was corrected"),
    "invoice.refused": gettext_lazy("An invoice could not be issued"),
    "invoice.withdrawn": gettext_lazy("A customer no longer wants an invoice"),
    "customer.created": gettext_lazy("A customer is new"),
    "customer.updated": gettext_lazy("Somebody changed a customer's record"),
    "customer.merged": gettext_lazy("Two records of a customer became one"),
    "customer.erased": gettext_lazy("A customer was erased"),
    TEST: gettext_lazy("Test call"),
}
"""What each type of webhook tells."""


def say_event(type_: str) -> str:
    """Return what a type tells, in words; one without words is its own name."""
    return str(EVENTS.get(type_, type_))


class WebhookForm(StepForm):
    """The address of somebody's program, and what it wants to hear: the room below judges both. And the password."""

    url = mark_needed(
        forms.CharField(
            label=gettext_lazy("Web address of the program"),
            required=False,
            widget=forms.URLInput({"autocomplete": "off", "placeholder": "https://example.com/webhooks"}),
            help_text=gettext_lazy("We send a POST with JSON to it. The program's own help says which address it has."),
        )
    )
    events = mark_needed(
        forms.MultipleChoiceField(
            label=gettext_lazy("What it hears of"),
            required=False,
            widget=forms.CheckboxSelectMultiple({"class": "listed"}),
        )
    )

    focus_first = ""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.order_fields(["url", "events", "password", "code"])
        self.fields["events"].choices = [(each, say_event(each)) for each in list_webhook_types()]  # type: ignore[attr-defined]
