"""The owner's first entry into a new workspace."""

from __future__ import annotations

from django.contrib.auth import login
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from accounts.selectors.staff import get_user_by_email
from edge.access import open_to_anyone
from kernel.clock import utc_now
from tenants.context import current_tenant
from tenants.services.sign_up import take_entry

BACKEND = "django.contrib.auth.backends.ModelBackend"


@open_to_anyone
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def enter(request: HttpRequest) -> HttpResponse:
    """Let the owner in once, with the token of the sign-up: a GET asks, a POST does."""
    if request.method != "POST":
        return render(request, "account/entry.html", {"token": request.GET.get("token", "")})
    schema_name = current_tenant().schema_name
    email = take_entry(token=request.POST.get("token", ""), schema_name=schema_name, now=utc_now())
    login(request, get_user_by_email(email), backend=BACKEND)
    return redirect("/workspace/")
