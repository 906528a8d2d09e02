"""A visit as a file for the customer's calendar."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from edge.access import open_to_anyone
from edge.language import current_language
from scheduling.services.messages.calendar_files import describe_event, make_calendar
from tenants.context import current_tenant
from web.booking.manage import load_page, while_the_link_leads
from web.booking.pages import keep_private


@open_to_anyone
@require_safe
@while_the_link_leads
def download_calendar(request: HttpRequest, token: str) -> HttpResponse:  # noqa: ARG001
    """Answer the booking as an iCalendar file."""
    page = load_page(token)
    tenant = current_tenant()
    description = describe_event(page.booking, language=current_language())
    content = make_calendar(page.booking, tenant_name=tenant.name, description=description, now=page.now)
    response = HttpResponse(content, content_type="text/calendar; charset=utf-8")
    response.headers["Content-Disposition"] = f'attachment; filename="{page.booking.reference}.ics"'
    return keep_private(response)
