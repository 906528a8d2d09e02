"""Links of the mails about another e-mail: a GET asks, a POST does."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext
from django.views.decorators.cache import never_cache

from accounts.services.own_account import read_email_link, take_email_link
from edge.access import open_to_anyone
from edge.limits import check_limits
from edge.requests import find_block
from edge.statuses import get_status
from kernel.clock import utc_now
from kernel.errors import Invalid, NotFound
from kernel.limits import Ask
from web.errors import translate_error


@open_to_anyone
@never_cache
def follow_email_link(request: HttpRequest, token: str) -> HttpResponse:
    """Ask whether the e-mail is to be confirmed, or taken back, and do it.

    Raises:
        LimitReached: Too many were tried from this address block.
    """
    check_limits(Ask("resets_address", find_block(request)))
    now = utc_now()
    try:
        view = take_email_link(token, now=now) if request.method == "POST" else read_email_link(token, now=now)
    except NotFound as error:
        return _render(request, problem=translate_error(error), status=get_status(error))
    except Invalid as error:
        texts = [gettext(text) for found in error.errors.values() for text in found]
        return _render(request, problem=" ".join(texts), status=get_status(error))
    return render(request, "account/email_link.html", {"view": view, "is_done": request.method == "POST"})


def _render(request: HttpRequest, *, problem: str, status: int) -> HttpResponse:
    return render(request, "account/email_link.html", {"problem": problem}, status=status)
