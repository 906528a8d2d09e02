"""The kinds of price: fixed, from, on request."""

from django.utils.translation import gettext_lazy

from scheduling.types import ServiceSetup

FIXED, FROM, REQUEST = "fixed", "from", "request"
PRICE_KINDS = (
    (FIXED, gettext_lazy("Fixed")),
    (FROM, gettext_lazy("From")),
    (REQUEST, gettext_lazy("On request")),
)


def find_price_kind(setup: ServiceSetup) -> str:
    """Return which of `PRICE_KINDS` a service has."""
    return REQUEST if setup.price_minor is None else FROM if setup.is_price_from else FIXED
