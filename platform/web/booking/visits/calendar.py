"""A visit in the calendar of whoever comes."""

from __future__ import annotations

from urllib.parse import urlencode

from django.utils.translation import gettext

from scheduling.types import BookingView
from tenants.context import current_tenant


def make_google_url(booking: BookingView) -> str:
    """Return the address of Google Calendar's form, filled in with a visit."""
    dates = "/".join(f"{at:%Y%m%dT%H%M%SZ}" for at in (booking.starts_at, booking.ends_at))
    query = {
        "action": "TEMPLATE",
        "text": f"{booking.service_name} · {current_tenant().name}",
        "dates": dates,
        "location": booking.location_address,
        "details": gettext("Reference: %(reference)s") % {"reference": booking.reference},
    }
    return f"https://calendar.google.com/calendar/render?{urlencode(query)}"
