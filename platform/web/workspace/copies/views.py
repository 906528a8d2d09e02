"""All data of the business: a copy of it writes to customers once its owner says so."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext
from django.views.decorators.http import require_POST

from accounts.policies import Permission
from edge.access import requires
from kernel.clock import utc_now
from tenants.services.copies.quiet import end_quiet
from web.parts.toasts import Toast, go_on


@requires(Permission.DATA_TAKE)
@require_POST
def speak(request: HttpRequest) -> HttpResponse:
    """Let this copy of a business write to customers from now on."""
    end_quiet(now=utc_now())
    toast = Toast(
        title=gettext("Messages leave from now on"),
        text=gettext("What was kept back stays unsaid; reminders of coming appointments are sent."),
    )
    return go_on(request, toast, to=reverse("workspace:board"))
