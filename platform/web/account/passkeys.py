"""Signing in with a passkey: a GET asks the device, a POST brings what it answers."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.cache import never_cache

from accounts.errors import PasskeyWrong
from accounts.services import passkeys
from edge.access import open_to_anyone
from edge.limits import check_limits
from edge.requests import find_block
from edge.statuses import get_status
from kernel.limits import Ask
from keyvalue.throttle import take_back_calls
from web.errors import translate_error


@open_to_anyone
@never_cache
def sign_in(request: HttpRequest) -> HttpResponse:
    """Let in whoever has a key here; it counts as both steps, because the device has checked its owner.

    Raises:
        LimitReached: Too many were tried from this address block.
    """
    asked = Ask("passkeys_address", find_block(request))
    check_limits(asked)
    if request.method != "POST":
        return JsonResponse(passkeys.begin_sign_in())
    try:
        key = passkeys.find_signed(request.POST.get("credential", ""))
    except PasskeyWrong as error:
        context = {"problem": translate_error(error)}
        return render(request, "account/passkey_problem.html", context, status=get_status(error))
    take_back_calls([asked, asked])  # what opens counts for nothing: the question, and the answer to it
    wanted = request.POST.get("next", "")
    is_ours = url_has_allowed_host_and_scheme(wanted, allowed_hosts=None)
    return passkeys.let_in(request, key, wanted=wanted if is_ours else None)
