"""The web sites on which the business shows its booking page, in the widget."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from django.db import transaction

from scheduling.services.catalog.business.settings import save_change
from scheduling.types import Actor
from tenants.errors import TooManySites
from tenants.services.addresses.sites import clean_site
from tenants.services.business import lock_business

MOST_SITES = 20
"""They all stand in a header of every page in the widget."""


@transaction.atomic
def add_site(*, typed: str, by: Actor, now: datetime) -> str:
    """Let the pages of a site show the widget, and return its origin; one that may already changes nothing.

    Raises:
        StatusForbids: The state of the business lets nobody change anything.
        SiteInvalid: It is no site; says why in words.
        TooManySites: There are `MOST_SITES`.
    """
    site = clean_site(typed)
    before, current = lock_business()
    if site not in before.widget_sites:
        if len(before.widget_sites) >= MOST_SITES:
            raise TooManySites(most=MOST_SITES)
        after = replace(before, widget_sites=tuple(sorted({*before.widget_sites, site})))
        save_change(before, after, current=current, by=by, now=now)
    return site


@transaction.atomic
def remove_site(*, site: str, by: Actor, now: datetime) -> None:
    """Let the pages of a site show the widget no longer; one that may not changes nothing.

    Raises:
        StatusForbids: The state of the business lets nobody change anything.
    """
    before, current = lock_business()
    after = replace(before, widget_sites=tuple(each for each in before.widget_sites if each != site))
    save_change(before, after, current=current, by=by, now=now)
