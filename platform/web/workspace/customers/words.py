"""The trade's own words on the pages of customers."""

from __future__ import annotations

from edge.language import current_language
from tenants.context import current_tenant
from verticals.contract import Terms
from verticals.registry import get_vertical
from web.formats import capitalize


def list_terms() -> Terms:
    """Return the words of the business's trade, in the language of the page; without ``asset``: it has none."""
    tenant = current_tenant()
    return get_vertical(tenant.vertical).list_words(language=current_language(), country=tenant.country)


def name_assets() -> str:
    """Return what visits are about, in the plural and as a heading; empty: the trade has nothing of the kind."""
    return capitalize(list_terms().get("assets", ""))
