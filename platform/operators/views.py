"""The operator's console: every tenant and its state."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext
from django.views.decorators.http import require_POST, require_safe

from accounts.policies import Permission
from edge.access import requires
from kernel.errors import Invalid
from kernel.text import mark
from tenants.enums import TenantStatus
from tenants.hosts import make_base_url
from tenants.selectors import resolution
from tenants.services import life_cycle

ACTIONS = {
    TenantStatus.ACTIVE: mark("Activate"),
    TenantStatus.SUSPENDED: mark("Suspend"),
    TenantStatus.CLOSED: mark("Close for good"),
}
"""What an operator may do: the state it leads to → the button's text."""


@requires(Permission.OPERATOR)
@require_safe
def list_tenants(request: HttpRequest) -> HttpResponse:
    """List the tenants with their addresses and states."""
    rows = [
        {
            "tenant": tenant,
            "url": f"{make_base_url(tenant.primary_host)}/",
            "status": TenantStatus(tenant.status),
            "actions": [(status, gettext(text)) for status, text in ACTIONS.items() if status != tenant.status],
        }
        for tenant in resolution.list_tenants()
    ]
    return render(request, "operators/tenants.html", {"rows": rows})


@requires(Permission.OPERATOR)
@require_POST
def change_status(request: HttpRequest, schema_name: str) -> HttpResponse:
    """Suspend, close or reactivate a tenant; its data stays."""
    asked = request.POST.get("status", "")
    if asked not in ACTIONS:
        raise Invalid
    life_cycle.change_status(schema_name=schema_name, status=TenantStatus(asked))
    messages.success(request, gettext("The state was changed."))
    return redirect("operators:tenants")
