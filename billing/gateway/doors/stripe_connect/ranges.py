"""What Stripe takes, by its published tables.

Sources, read 2026-11: stripe.com/global (countries of merchants), docs.stripe.com/currencies (least and largest
amounts), docs.stripe.com/payments/place-a-hold-on-a-payment-method (days), docs.stripe.com/api/checkout/sessions
(``expires_at``: 30 minutes to 24 hours).
"""

from __future__ import annotations

from datetime import timedelta

from billing.gateway.currencies import from_provider_amount
from billing.gateway.types import EvidenceLimits
from kernel.money import Money

COUNTRIES = frozenset({
    "AE", "AT", "AU", "BE", "BG", "BR", "CA", "CH", "CY", "CZ", "DE", "DK", "EE", "ES", "FI", "FR", "GB", "GI", "GR",
    "HK", "HR", "HU", "IE", "IT", "JP", "LI", "LT", "LU", "LV", "MT", "MX", "MY", "NL", "NO", "NZ", "PL", "PT", "RO",
    "SE", "SG", "SI", "SK", "TH", "US",
})  # fmt: skip
"""Where businesses can have an account; not in AR, CL, CO, PE and UY."""

LEAST = {
    "AED": 200, "AUD": 50, "BRL": 50, "CAD": 50, "CHF": 50, "CZK": 1500, "DKK": 250, "EUR": 50, "GBP": 30, "HKD": 400,
    "HUF": 17500, "INR": 50, "JPY": 50, "MXN": 1000, "MYR": 200, "NOK": 300, "NZD": 50, "PLN": 200, "RON": 200,
    "SEK": 300, "SGD": 50, "THB": 1000, "USD": 50,
}  # fmt: skip
"""In Stripe's smallest unit; other currencies must be worth as much as that of the account's own."""
MOST = 99_999_999
"""In Stripe's smallest unit: eight digits."""
LETTERS_OF_A_CURRENCY = 3

AUTHORIZATION_LASTS = timedelta(days=6)
"""Networks let go after seven days, some after less by hours; one day is kept for us."""
SHORTEST_START = timedelta(minutes=31)
"""Stripe asks for thirty minutes from when the call arrives, and a call may be repeated."""
LONGEST_START = timedelta(hours=24)

EVIDENCE = EvidenceLimits(most_bytes=4_500_000, most_pages=16, most_letters=5_000)
"""What a bank surely reads, and three pages left for the fields of text.

Mastercard, the strictest of the card networks, takes 19 pages
(www.checkout.com/merchant-communications/mastercard-dispute-documentation-requirements). Stripe counts the fields of
text along with the files and refuses more than the network takes
(docs.stripe.com/changelog/endive/2026-09-30/page-limit-validation-dispute-evidence): 5,000 letters are two pages, what
else we say is less than one. Of bytes, networks take 3 MB (Diners) to 25 MB
(www.checkout.com/docs/payments/process-disputes/dispute-evidence-file-requirements); Stripe's own page about 4.5 MB was
not at hand. A field of text has 20,000 letters at most.
"""

SLOW_METHODS = (
    "acss_debit", "au_becs_debit", "bacs_debit", "boleto", "customer_balance", "konbini", "multibanco",
    "nz_bank_account", "oxxo", "sepa_debit", "us_bank_account",
)  # fmt: skip
"""Whose money arrives, or fails, only days later."""


def find_least(currency: str) -> Money:
    """Return the least amount that is taken, or one coin when no rule is known."""
    return from_provider_amount(LEAST[currency], currency) if currency in LEAST else Money(1, currency)
