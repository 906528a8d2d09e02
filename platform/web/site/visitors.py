"""What the platform's pages guess about who looks at them."""

from __future__ import annotations

from django.http import HttpRequest

from edge.language import current_language, list_wanted_tags
from tenants.countries import list_countries

DEFAULT_COUNTRY = "MX"


def guess_country(request: HttpRequest) -> str:
    """Return the country of the browser's best language tag that names one; else our first market."""
    for tag in list_wanted_tags(request):
        _language, _separator, region = tag.partition("-")
        if region.upper() in list_countries():
            return region.upper()
    return "US" if current_language() == "en" else DEFAULT_COUNTRY
