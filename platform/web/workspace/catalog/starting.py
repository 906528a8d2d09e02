"""Where there are no services yet: the list of the trade as a beginning."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext, ngettext
from django.views.decorators.http import require_POST

from accounts.policies import Permission
from edge.access import requires
from kernel.clock import utc_now
from scheduling.services.catalog.starter_kit import add_starter_services
from tenants.context import current_tenant
from web.parts.toasts import Toast, go_on
from web.workspace.actors import make_actor
from web.workspace.catalog.pages import SERVICES


@requires(Permission.CATALOG_MANAGE)
@require_POST
def use_starter_list(request: HttpRequest) -> HttpResponse:
    """Add what the trade usually offers; prices are the owner's to set."""
    count = add_starter_services(current_tenant(), by=make_actor(request), now=utc_now())
    text = ngettext("%(count)s service", "%(count)s services", count) % {"count": count}
    return go_on(request, Toast(title=gettext("Added"), text=text), to=SERVICES.list_url)
