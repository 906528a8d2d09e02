"""The deposit of a booking that staff makes: asked for by a link, or left out for a reason; and where that link is."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from django import forms
from django.utils.translation import gettext, gettext_lazy

from kernel.instants import DAY_MINUTES
from scheduling.enums import BookingStatus, DepositKind
from scheduling.services.messages.manage_tokens import make_manage_token, make_manage_url
from scheduling.types import BookingView, DepositChoice, ServiceView
from web.formats import end_sentence
from web.parts.fields import ChoiceField, ReasonField
from web.parts.forms import mark_needed
from web.parts.widgets import ChoiceChips
from web.templatetags.formats import get_current_formats

ASKED, LEFT_OUT = "ask", "none"
WAITS = (120, DAY_MINUTES, 3 * DAY_MINUTES)
"""How long staff lets a time wait for its deposit, in minutes, beside what is usual."""
FIELDS = ("deposit", "pay_within", "deposit_reason")


@dataclass(frozen=True, slots=True)
class PayLink:
    """Where the deposit of a booking is paid, for whoever reads it out or sends it by other means."""

    url: str
    amount_minor: int
    pay_by: datetime


def make_deposit_fields(service: ServiceView | None, *, is_walk_in: bool) -> dict[str, forms.Field]:
    """Return what is asked about the deposit of a service; nothing where none is asked for.

    Nobody who is here is asked for a deposit.
    """
    if service is None or is_walk_in or service.deposit_kind == DepositKind.NONE:
        return {}
    return list_deposit_fields()


def list_deposit_fields() -> dict[str, forms.Field]:
    """Return what is asked about a deposit that is due."""
    return {
        "deposit": ChoiceField(
            label=gettext_lazy("Deposit"),
            choices=[
                (ASKED, gettext_lazy("Ask for it, with a link to pay")),
                (LEFT_OUT, gettext_lazy("Without deposit")),
            ],
            required=False,
            initial=ASKED,
            widget=ChoiceChips(),
            help_text=gettext_lazy("Asked: the customer gets the link, and the time is free again when nobody pays."),
        ),
        "pay_within": make_wait_field(),
        "deposit_reason": ReasonField(
            label=gettext_lazy("Why without deposit"),
            required=False,
            help_text=gettext_lazy("Only for your team: it is kept in the history of the booking."),
        ),
    }


def make_wait_field() -> forms.Field:
    """Return the question how long a time waits for its deposit."""
    formats = get_current_formats()
    waits = [(str(minutes), formats.format_span(minutes)) for minutes in WAITS]
    choices = [("", gettext_lazy("As long as for everybody")), *waits]
    return mark_needed(ChoiceField(label=gettext_lazy("The time waits for it"), choices=choices, required=False))


def read_deposit(data: Mapping[str, str], *, now: datetime) -> DepositChoice:
    """Return what staff decided; where nothing was asked, the service decides."""
    minutes = data.get("pay_within")
    return DepositChoice(
        is_asked=data.get("deposit") != LEFT_OUT,
        pay_by=now + timedelta(minutes=int(minutes)) if minutes else None,
        reason=data.get("deposit_reason") or "",
    )


def find_pay_link(booking: BookingView, *, now: datetime) -> PayLink | None:
    """Return the link of a deposit that is waited for; None: none is (any more)."""
    limit = booking.hold_expires_at
    if booking.status != BookingStatus.PENDING_PAYMENT or limit is None or limit <= now:
        return None
    return PayLink(make_manage_url(make_manage_token(booking)), booking.deposit_minor, limit)


def describe_asked(booking: BookingView) -> str:
    """Say what staff tells the customer of a booking that waits for its deposit; empty: it waits for none."""
    limit = booking.hold_expires_at
    if booking.status != BookingStatus.PENDING_PAYMENT or limit is None:
        return ""
    formats = get_current_formats()
    said = {
        "amount": formats.format_money(booking.deposit_minor, booking.currency),
        "time": formats.format_date_time(limit, booking.timezone),
    }
    return end_sentence(gettext("It waits for its deposit of %(amount)s until %(time)s") % said)
