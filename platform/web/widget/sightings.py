"""When the business's sites last showed the widget: their browsers say so when they ask for a frame."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from django.core.cache import cache
from django.http import HttpRequest

from kernel.iso import parse_instant
from tenants.types import TenantInfo

KEPT = timedelta(days=400)
PREFIX = "widget_seen:"


def note_sighting(request: HttpRequest, tenant: TenantInfo, *, now: datetime) -> None:
    """Note that a site of the business shows its frame.

    The page around a frame is its referrer, as an origin alone, once: the frame's own pages lead on from each other.
    """
    site = "/".join(request.headers.get("Referer", "").split("/")[:3])
    if (
        request.method == "GET"
        and site in tenant.profile.widget_sites
        and request.headers.get("Sec-Fetch-Dest", "iframe") == "iframe"
    ):
        cache.set(PREFIX + site, now.isoformat(), KEPT.total_seconds())


def list_sightings(sites: Sequence[str]) -> dict[str, datetime | None]:
    """Return when each site was last seen, in their order; None: not within `KEPT`."""
    found = cache.get_many([PREFIX + each for each in sites])
    return {each: parse_instant(found[PREFIX + each]) if PREFIX + each in found else None for each in sites}
