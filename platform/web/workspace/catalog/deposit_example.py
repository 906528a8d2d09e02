"""What the policy of a service means in money: the same rule that refunds follow, with a customer for an example."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext

from billing.engine import Ending, split_received
from billing.policies import read_agreed_terms
from billing.services.deposits import compute_whole
from scheduling.enums import DepositKind
from scheduling.selectors.bookings.agreed import describe_refunds
from scheduling.types import AgreedPolicy, ServiceSetup
from tenants.context import current_tenant
from web.templatetags.formats import get_current_formats

BEGIN = datetime(2026, 1, 5, 12, tzinfo=UTC)
"""When the visit of the example begins; any moment does."""
HOUR_MINUTES, DAY_MINUTES = 60, 1440
READ = (
    "deposit_minor", "deposit_percent", "is_deposit_fee", "refund_free_minutes", "refund_kept_percent",
    "refund_no_show_percent", "cancel_cutoff_minutes",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class ExampleLine:
    """What happens, and what becomes of the money."""

    what: str
    result: str


@dataclass(frozen=True, slots=True)
class MoneyExample:
    """The example.

    Attributes:
        lead: What was paid.
        words: What customers read.
    """

    lead: str
    lines: tuple[ExampleLine, ...]
    words: tuple[str, ...]


def make_example(form: forms.BaseForm) -> MoneyExample | None:
    """Return the example with what a form shows; None: no deposit, or a number is missing or wrong."""
    service = _read_service(form)
    if service is None:
        return None
    formats, currency = get_current_formats(), current_tenant().currency
    paid = compute_whole(service, currency=currency)
    if not paid:
        return None
    agreed = AgreedPolicy.agree([service])
    terms = read_agreed_terms(agreed)

    def say(amount: int) -> str:
        return formats.format_money(amount, currency)

    def keep(ending: Ending, minutes: int = 0) -> str:
        now = BEGIN - timedelta(minutes=minutes)
        split = split_received(paid, terms, ending=ending, starts_at=BEGIN, now=now)
        if agreed.is_on_card and not split.kept_minor:
            return gettext("Ana is charged nothing")
        if agreed.is_on_card:
            return gettext("you can charge Ana %(kept)s") % {"kept": say(split.kept_minor)}
        if not split.kept_minor:
            return gettext("Ana gets all of the %(amount)s back") % {"amount": say(paid)}
        return gettext("you keep %(kept)s of %(amount)s") % {"kept": say(split.kept_minor), "amount": say(paid)}

    lines = [
        ExampleLine(_say_canceled(formats.format_span(minutes)), keep(Ending.CUSTOMER, minutes))
        for minutes in _list_notices(terms.free_until_minutes)
    ]
    lines += [
        ExampleLine(gettext("Ana does not come"), keep(Ending.NO_SHOW)),
        ExampleLine(gettext("You cancel"), keep(Ending.BUSINESS)),
    ]
    advance = 0 if agreed.is_on_card else paid
    if service.price_minor is not None and service.price_minor > advance:
        rest = say(service.price_minor - advance)
        rest = (gettext("she pays %(amount)s more") if advance else gettext("she pays %(amount)s")) % {"amount": rest}
        lines.append(ExampleLine(gettext("Ana comes"), rest))
    lead = gettext("Ana books and pays %(amount)s in advance.") % {"amount": say(paid)}
    if agreed.is_on_card:
        lead = gettext("Ana books and leaves a card for %(amount)s; she pays nothing in advance.") % {
            "amount": say(paid)
        }
    return MoneyExample(lead, tuple(lines), describe_refunds(agreed, formats))


def _say_canceled(span: str) -> str:
    return gettext("Ana cancels %(span)s before") % {"span": span}


def _list_notices(free_minutes: int | None) -> tuple[int, ...]:
    """Return with how much notice the example is canceled: in time, and too late."""
    if free_minutes is None:
        return (DAY_MINUTES,)
    if free_minutes == 0:
        return (HOUR_MINUTES,)
    late = free_minutes // 2
    rounded = late // HOUR_MINUTES * HOUR_MINUTES if late >= HOUR_MINUTES else late
    return (free_minutes, max(1, rounded)) if free_minutes > 1 else (free_minutes,)


def _read_service(form: forms.BaseForm) -> ServiceSetup | None:
    """Return the service with what was typed about money, its price included, and without its conditions."""
    if "deposit_kind" not in form.fields:
        return None
    blank = ServiceSetup(name="", duration_minutes=1, requirements=())
    try:
        kind = DepositKind(_read_field(form, "deposit_kind"))
        values = {name: _read_field(form, name) for name in READ}
        is_on_card = "is_deposit_on_card" in form.fields and bool(_read_field(form, "is_deposit_on_card"))
        price = _read_field(form, "price")
    except (ValidationError, ValueError):
        return None
    known = {name: getattr(blank, name) if value is None else value for name, value in values.items()}
    free = values["refund_free_minutes"]
    more = {"refund_free_minutes": free, "is_deposit_on_card": is_on_card}
    return replace(blank, **{**known, **more}, deposit_kind=kind, price_minor=price)


def _read_field(form: forms.BaseForm, name: str) -> Any:
    field = form.fields[name]
    if not form.is_bound:
        return form.get_initial_for_field(field, name)
    return field.clean(field.widget.value_from_datadict(form.data, form.files, form.add_prefix(name)))
