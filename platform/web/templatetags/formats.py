"""`web.formats` for templates: the active language, the current tenant's country."""

from __future__ import annotations

from datetime import date, datetime

from django import template

from edge.language import current_language
from kernel.clock import utc_now
from kernel.identity.customer_numbers import write_customer_number
from kernel.identity.profiles import show_profile
from kernel.money import Price
from scheduling.selectors.bookings.agreed import describe_refunds
from scheduling.types import AgreedPolicy, ServiceTerms
from tenants.context import find_current_tenant
from web import formats
from web.formats import Formats, get_formats

register = template.Library()


def get_current_formats() -> Formats:
    """Return the conventions for the active language in the current tenant's country."""
    tenant = find_current_tenant()
    if tenant is None:  # the platform's own pages
        return get_formats(current_language(), None)
    return get_formats(current_language(), tenant.country, tenant.profile.clock)


def _find_country() -> str | None:
    tenant = find_current_tenant()
    return tenant.country if tenant else None


@register.simple_tag
def own_text(field: str) -> str:
    """``{% own_text "policy" as text %}``: what the business wrote, in the active language, else in its own."""
    tenant = find_current_tenant()
    return "" if tenant is None else tenant.profile.say(field, current_language(), main=tenant.locale)


@register.filter
def country_name(country: str) -> str:
    """``{{ tenant.country|country_name }}``: in the active language."""
    return str(get_formats(current_language(), None).locale.territories.get(country, country))


@register.filter
def local_time(at: datetime, timezone: str) -> str:
    """``{{ at|local_time:timezone }}``: "3:30 p.m."."""
    return get_current_formats().format_time(at, timezone)


@register.filter
def named_time(at: datetime, timezone: str) -> str:
    """``{{ at|named_time:timezone }}``: for sentences, with the article that Spanish wants: "las 3:30 p.m."."""
    return formats.name_time(get_current_formats(), at, timezone)


@register.filter
def local_date_long(at: datetime, timezone: str) -> str:
    """``{{ at|local_date_long:timezone }}``: "martes 24 de noviembre"."""
    return get_current_formats().format_day(formats.to_local(at, timezone).date())


@register.filter
def local_date_year(at: datetime, timezone: str) -> str:
    """``{{ at|local_date_year:timezone }}``: "24 nov 2026", of what may be years ago."""
    return get_current_formats().format_date(formats.to_local(at, timezone).date())


@register.filter
def local_month(at: datetime, timezone: str) -> str:
    """``{{ at|local_month:timezone }}``: "noviembre de 2026"."""
    return get_current_formats().format_month(formats.to_local(at, timezone).date())


@register.filter
def rounded(number: float) -> str:
    """``{{ average|rounded }}``: with one decimal, "4,7" or "4.7" as the country writes it."""
    return get_current_formats().format_number(number, decimals=1)


@register.filter
def local_date_short(at: datetime, timezone: str) -> str:
    """``{{ at|local_date_short:timezone }}``: "mar 24 de nov"."""
    return get_current_formats().format_day_short(formats.to_local(at, timezone).date())


@register.filter
def local_date_time(at: datetime, timezone: str) -> str:
    """``{{ at|local_date_time:timezone }}``: "martes 24 de noviembre, 9:00 a.m.", with the year when it is another."""
    return get_current_formats().format_date_time(at, timezone, now=utc_now())


@register.filter
def customer_number(number: int) -> str:
    """``{{ number|customer_number }}``: "C-1042"."""
    return write_customer_number(number)


@register.filter
def day_long(on: date) -> str:
    """``{{ on|day_long }}``: "martes 24 de noviembre"."""
    return get_current_formats().format_day(on)


@register.filter
def day_short(on: date) -> str:
    """``{{ on|day_short }}``: "mar 24 de nov"."""
    return get_current_formats().format_day_short(on)


@register.filter
def day_year(on: date) -> str:
    """``{{ on|day_year }}``: "24 nov 2026"."""
    return get_current_formats().format_date(on)


@register.simple_tag
def days(first: date, last: date) -> str:
    """``{% days first last %}``: "14–18 dic 2026"."""
    return get_current_formats().format_days(first, last)


@register.filter
def weekday_day(on: date) -> str:
    """``{{ on|weekday_day }}``: "martes 24"."""
    return get_current_formats().format_weekday_day(on)


@register.filter
def month_name(on: date) -> str:
    """``{{ on|month_name }}``: "Noviembre de 2026"."""
    return formats.capitalize(get_current_formats().format_month(on))


@register.filter
def month_short(on: date) -> str:
    """``{{ on|month_short }}``: "dic"."""
    return get_current_formats().format_month_short(on)


@register.filter
def weekday_short(on: date) -> str:
    """``{{ on|weekday_short }}``: "mar"."""
    return get_current_formats().format_weekday(on)


@register.filter
def timezone_line(at: datetime, timezone: str) -> str:
    """``{{ at|timezone_line:timezone }}``: "Hora de Ciudad de México (UTC−6)"."""
    return get_current_formats().format_timezone(timezone, at)


@register.filter
def money(amount_minor: int, currency: str) -> str:
    """``{{ amount_minor|money:currency }}``: "$850"."""
    return get_current_formats().format_money(amount_minor, currency)


@register.filter
def in_words(price: Price) -> str:
    """``{{ booking.price|in_words }}``: "$850", "desde $850", "por cotizar"."""
    return get_current_formats().format_price(price)


@register.filter
def refunds_in_words(agreed: AgreedPolicy) -> str:
    """``{{ booking.agreed|refunds_in_words }}``: what goes back of a deposit and when, in sentences."""
    return " ".join(describe_refunds(agreed, get_current_formats()))


@register.filter
def price_in(terms: ServiceTerms, currency: str) -> Price:
    """``{{ setup|price_in:currency|in_words }}``: the price of a service as it is set up."""
    return Price(terms.price_minor, currency, is_from=terms.is_price_from)


@register.filter
def number(value: float) -> str:
    """``{{ value|number }}``: "1,234.5"."""
    return get_current_formats().format_number(value)


@register.filter
def file_size(size: int) -> str:
    """``{{ copy.bytes|file_size }}``: "95.4 MB"."""
    return formats.format_size(get_current_formats(), size)


@register.filter
def capitalized(text: str) -> str:
    """``{{ text|capitalized }}``: first letter in upper case, the rest untouched."""
    return formats.capitalize(text)


@register.simple_tag
def duration(minutes: int) -> str:
    """``{% duration minutes %}``: "1 h 30 min"."""
    return formats.format_duration(minutes)


@register.simple_tag
def span(minutes: int) -> str:
    """``{% span minutes %}``: a notice, in days when whole: "2 days"."""
    return formats.format_span(minutes)


@register.filter
def phone_number(phone: str) -> str:
    """``{{ phone|phone_number }}``: as people of the tenant's country write it; abroad with its ``+``."""
    return formats.format_phone(phone, _find_country())


@register.filter
def profile_name(link: str, network: str) -> str:
    """``{{ about.instagram|profile_name:"instagram" }}``: "@taller"; nothing where the address names no profile."""
    name = show_profile(network, link)
    return "" if name == link else name


@register.filter
def sentence(text: str) -> str:
    """``{{ text|sentence }}``: with its full stop, never two."""
    return formats.end_sentence(text)


@register.filter
def unless_same(text: str, other: str) -> str:
    """``{{ asset|unless_same:customer }}``: nothing where both say the same, as of patients who come themselves."""
    return "" if formats.is_same(text, other) else text


@register.filter
def initials(name: str) -> str:
    """``{{ name|initials }}``: "TM" for "Taller Morales"."""
    words = [word for word in name.split() if word[0].isalnum()]
    return "".join(word[0] for word in words[:2]).upper() or "·"
