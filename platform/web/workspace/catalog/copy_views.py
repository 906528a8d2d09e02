"""Copying a service with one press."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext
from django.views.decorators.http import require_POST

from accounts.policies import Permission
from edge.access import requires
from kernel.clock import utc_now
from kernel.errors import Invalid
from scheduling.services.catalog.batches.service_copies import copy_service
from web.parts.forms import translate_findings
from web.parts.toasts import Toast, go_on
from web.workspace.actors import make_actor
from web.workspace.catalog.pages import SERVICES


@requires(Permission.CATALOG_MANAGE)
@require_POST
def copy_row(request: HttpRequest, row_id: int) -> HttpResponse:
    """Copy a service and open the copy."""
    title, by = gettext("Copy of %(name)s"), make_actor(request)
    try:
        copy_id = copy_service(service_id=row_id, title=title, by=by, now=utc_now())
    except Invalid as error:
        texts = [text for found in translate_findings(error.errors).values() for text in found]
        toast = Toast(title=gettext("Not copied"), text=" ".join(texts), tone="bad")
        return go_on(request, toast, to=SERVICES.url("change", row_id))
    text = gettext("Customers see it once you put it online.")
    return go_on(request, Toast(title=gettext("Copied"), text=text), to=SERVICES.url("change", copy_id))
