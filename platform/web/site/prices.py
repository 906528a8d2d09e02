"""What Turnero costs, as pages show it: from the table of plans, in the visitor's currency."""

from __future__ import annotations

from dataclasses import dataclass

from django.conf import settings
from django.http import HttpRequest
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from billing.enums import PlanFeature, PlanLimit
from billing.selectors.plans import get_plans
from billing.types import Plan, PlanTable
from edge.language import current_language
from kernel.formats import Formats, get_formats
from tenants.countries import get_market
from web.site.visitors import guess_country

MONTHS = 12
FOR_WHOM = {
    "free": _("For whoever works alone and wants to stop writing bookings on paper."),
    "shop": _("For a business with several people and places at one address."),
    "pro": _("For a business with many people and places."),
}
CURRENCY_NAMES = {"MXN": _("Mexican pesos"), "EUR": _("Euros"), "USD": _("US dollars")}
SWITCHES = {"MXN": _("See in Mexican pesos"), "EUR": _("See in euros"), "USD": _("See in US dollars")}


@dataclass(frozen=True, slots=True)
class PlanCard:
    """A plan as it is shown; amounts are texts before tax, ``lines`` what it holds."""

    key: str
    name: str
    for_whom: str
    is_free: bool
    is_trial: bool
    monthly: str
    yearly: str
    yearly_per_month: str
    lines: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class PriceList:
    """All plans in one currency; ``others`` are the currencies to switch to, in words."""

    currency: str
    currency_name: str
    others: tuple[tuple[str, str], ...]
    trial_days: int
    trial_name: str
    free_months: int
    cheapest: str
    cards: tuple[PlanCard, ...]


def list_prices(request: HttpRequest) -> PriceList:
    """Return the prices for a visitor: in the currency asked for (``?currency=``), else in that of their country."""
    table, country = get_plans(), guess_country(request)
    currency = _choose_currency(request, table, country)
    formats = get_formats(current_language(), country)
    cards = tuple(_make_card(plan, table, currency, formats) for plan in table.plans)
    return PriceList(
        currency=currency,
        currency_name=str(CURRENCY_NAMES[currency]),
        others=tuple((code, str(SWITCHES[code])) for code in table.currencies if code != currency),
        trial_days=table.trial_days,
        trial_name=next(card.name for card in cards if card.is_trial),
        free_months=MONTHS - table.months_per_year,
        cheapest=next(card.monthly for card in cards if not card.is_free),
        cards=cards,
    )


def _choose_currency(request: HttpRequest, table: PlanTable, country: str) -> str:
    asked = request.GET.get("currency", "")
    own = get_market(country).currency
    return next((code for code in (asked, own) if code in table.currencies), table.fallback_currency)


def _make_card(plan: Plan, table: PlanTable, currency: str, formats: Formats) -> PlanCard:
    yearly = table.get_yearly_minor(plan, currency)
    return PlanCard(
        key=plan.key,
        name=plan.names[current_language()],
        for_whom=str(FOR_WHOM[plan.key]),
        is_free=not plan.monthly_minor[currency],
        is_trial=plan.key == table.trial_plan,
        monthly=formats.format_money(plan.monthly_minor[currency], currency),
        yearly=formats.format_money(yearly, currency),
        yearly_per_month=formats.format_money(round(yearly / MONTHS), currency),
        lines=tuple(_write_lines(plan)),
    )


def _write_lines(plan: Plan) -> list[str]:
    people, bookings = plan.limits.get(PlanLimit.PEOPLE), plan.limits.get(PlanLimit.MONTHLY_BOOKINGS)
    lines = [
        gettext("People and places without limit")
        if people is None
        else ngettext("%(count)d person with a calendar", "Up to %(count)d people and places", people)
        % {"count": people},
        gettext("Bookings without limit")
        if bookings is None
        else ngettext("%(count)d booking a month", "%(count)d bookings a month", bookings) % {"count": bookings},
    ]
    if PlanFeature.PAGE in plan.features:
        lines.append(gettext("Booking page in Spanish and English"))
    if PlanFeature.PROTECTION in plan.features:
        lines.append(gettext("Nothing is booked twice"))
    if PlanFeature.SMS_REMINDERS in plan.features and settings.SMS_URL:
        lines.append(gettext("Reminders by e-mail and SMS"))
    elif PlanFeature.EMAIL_REMINDERS in plan.features:
        lines.append(gettext("Reminders by e-mail"))
    return lines
