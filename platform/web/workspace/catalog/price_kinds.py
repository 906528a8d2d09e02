"""The kinds of price: fixed, from, on request."""

from django.utils.translation import gettext_lazy

from kernel.money import PriceKind

PRICE_KINDS = (
    (PriceKind.FIXED.value, gettext_lazy("Fixed")),
    (PriceKind.FROM.value, gettext_lazy("From")),
    (PriceKind.ON_REQUEST.value, gettext_lazy("On request")),
)
