"""The owner's first entry into a new workspace, and what allauth's pages for passwords lack."""

from __future__ import annotations

from allauth.account import views as allauth_views
from allauth.account.utils import perform_login
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.views.decorators.cache import never_cache

from accounts.selectors.staff import get_user_by_email
from accounts.services.devices import remember_device
from edge.access import open_to_anyone
from edge.limits import check_limits
from edge.requests import find_block
from kernel.clock import utc_now
from kernel.limits import Ask
from tenants.context import current_tenant
from tenants.services.sign_up import take_entry


@open_to_anyone
@never_cache
def enter(request: HttpRequest) -> HttpResponse:
    """Let the owner in once, with the token of the sign-up: a GET asks, a POST does."""
    if request.method != "POST":
        return render(request, "account/entry.html", {"token": request.GET.get("token", "")})
    schema_name = current_tenant().schema_name
    email = take_entry(token=request.POST.get("token", ""), schema_name=schema_name, now=utc_now())
    # By allauth, as with a password: a second step that was set up meanwhile is asked for.
    answer: HttpResponse = perform_login(request, get_user_by_email(email))
    return answer


@open_to_anyone
def ask_for_link(request: HttpRequest) -> HttpResponseBase:
    """Ask for the link that sets a new password; how many mails go to a recipient is limited where they are written.

    Raises:
        LimitReached: Too many were asked for from this address block.
    """
    if request.method == "POST":
        check_limits(Ask("resets_address", find_block(request)))
    return allauth_views.password_reset(request)  # type: ignore[no-any-return]


@open_to_anyone
def set_password_by_link(request: HttpRequest, uidb36: str, key: str) -> HttpResponseBase:
    """Set a new password; whoever has the link is known from now on: strangers who guess do not shut them out."""
    request.is_by_link = True  # type: ignore[attr-defined]  # `accounts.adapters` takes the passkeys along
    response: HttpResponseBase = allauth_views.password_reset_from_key(request, uidb36=uidb36, key=key)
    proven = getattr(request, "proven_email", "")
    if proven:
        remember_device(request, response, email=proven)
    return response
