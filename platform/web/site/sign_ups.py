"""Sign-up: the form, the mail that verifies an address, and how far the new business is."""

from __future__ import annotations

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from edge.access import open_to_anyone
from edge.limits import check_limits
from edge.requests import find_block
from edge.statuses import get_status
from kernel.clock import utc_now
from kernel.errors import DomainError, LimitReached
from kernel.limits import Ask
from kernel.text import mark
from tenants.countries import get_market
from tenants.enums import SignUpStatus
from tenants.errors import LinkUnknown, SlugInvalid, SlugReserved, SlugTaken, TooManySignUps
from tenants.hosts import make_base_url
from tenants.policies import check_slug_is_free
from tenants.services import sign_up as sign_ups
from verticals.registry import list_verticals
from web.errors import add_wait, translate_error
from web.site.forms import MailForm, SignUpForm, SlugForm, normalize_slug
from web.site.visitors import guess_country

TOO_MANY_HERE = mark("There were too many sign-ups from your network. Please try again in an hour.")
MAX_TYPED_LENGTH = 200
"""Longer than any field allows: more than that is not looked up."""


@open_to_anyone
@never_cache
def sign_up(request: HttpRequest) -> HttpResponse:
    """Ask for the business and its owner; a valid form sends the verification e-mail."""
    if request.method != "POST":
        zone = get_market(guess_country(request)).timezone
        initial = {"timezone": zone, "vertical": _read_vertical(request)}
        return _render_sign_up(request, SignUpForm(initial=initial))
    form = SignUpForm(request.POST)
    if not form.is_valid():
        return _render_sign_up(request, form, status=form.status)
    # Only what would send an e-mail is counted: typing mistakes are free.
    full = _count_mail(request)
    if full is not None:
        form.add_error(None, gettext(TOO_MANY_HERE))
        return add_wait(_render_sign_up(request, form, status=429), full)
    try:
        token = sign_ups.start_sign_up(
            details=form.get_details(),
            accepted=form.list_accepted(),
            address_block=find_block(request),
            now=utc_now(),
        )
    except (SlugTaken, SlugReserved, SlugInvalid) as error:
        form.refuse_slug(error)
        return _render_sign_up(request, form, status=form.status)
    except TooManySignUps as error:
        form.add_error("email", translate_error(error))
        return add_wait(_render_sign_up(request, form, status=get_status(error)), error)
    return HttpResponseRedirect(reverse("site:progress", args=[token]))


@open_to_anyone
@require_safe
def check_slug(request: HttpRequest) -> JsonResponse:
    """Tell, while it is typed, whether an address can be had."""
    try:
        check_limits(Ask("slug_checks_address", find_block(request)))
    except LimitReached as error:
        return add_wait(JsonResponse({"status": "unknown", "message": ""}, status=429), error)
    slug = normalize_slug(request.GET.get("slug", "")[:MAX_TYPED_LENGTH])
    try:
        check_slug_is_free(slug)
    except DomainError as error:
        return JsonResponse({"slug": slug, "status": error.code, "message": translate_error(error)})
    return JsonResponse({"slug": slug, "status": "free", "message": gettext("This address is free.")})


@open_to_anyone
@never_cache
def verify(request: HttpRequest, token: str) -> HttpResponse:
    """Show what a verification link stands for (GET changes nothing); a POST confirms it.

    When the address went to someone else meanwhile, the page asks for another one; everything
    else that was typed stays.
    """
    now = utc_now()
    started = sign_ups.check_verify_token(token=token, now=now)
    if request.method != "POST":
        if started.status in {SignUpStatus.VERIFIED, SignUpStatus.DONE}:
            return HttpResponseRedirect(reverse("site:progress", args=[started.progress_token]))
        is_taken = started.status == SignUpStatus.FAILED
        return _render_verify(request, started, SlugForm({"slug": started.slug}) if is_taken else None)
    form = SlugForm({"slug": request.POST.get("slug", started.slug)[:MAX_TYPED_LENGTH]})
    try:
        slug = normalize_slug(form.data["slug"])
        progress_token = sign_ups.verify_email(token=token, slug=slug, now=now)
    except (SlugTaken, SlugReserved, SlugInvalid) as error:
        form.refuse_slug(error)
        return _render_verify(request, started, form, status=get_status(error))
    return HttpResponseRedirect(reverse("site:progress", args=[progress_token]))


@open_to_anyone
@never_cache
@require_safe
def progress(request: HttpRequest, token: str) -> HttpResponse:
    """Show how far the new business is; once it is ready, lead to its door."""
    started = sign_ups.get_progress(token=token, now=utc_now())
    if started.entry_token:
        query = urlencode({"token": started.entry_token})
        return HttpResponseRedirect(f"{make_base_url(started.host)}/accounts/entry/?{query}")
    return _render_progress(request, started, token)


@open_to_anyone
@never_cache
@require_POST
def send_again(request: HttpRequest, token: str) -> HttpResponse:
    """Send the verification mail once more."""
    started = sign_ups.get_progress(token=token, now=utc_now())
    full = _count_mail(request)
    if full is not None:
        response = _render_progress(request, started, token, problem=gettext(TOO_MANY_HERE), status=429)
        return add_wait(response, full)
    try:
        sign_ups.send_again(token=token, now=utc_now())
    except TooManySignUps as error:
        response = _render_progress(request, started, token, problem=translate_error(error), status=get_status(error))
        return add_wait(response, error)
    return _lead_to_progress(token)


@open_to_anyone
@never_cache
def correct_mail(request: HttpRequest, token: str) -> HttpResponse:
    """Ask for another address when the first one was mistyped; the mail goes there."""
    started = sign_ups.get_progress(token=token, now=utc_now())
    if started.status != SignUpStatus.STARTED:
        return HttpResponseRedirect(reverse("site:progress", args=[token]))
    if request.method != "POST":
        return _render_mail(request, MailForm(initial={"email": started.email}), token)
    form = MailForm(request.POST)
    if not form.is_valid():
        return _render_mail(request, form, token, status=422)
    full = _count_mail(request)
    if full is not None:
        form.add_error(None, gettext(TOO_MANY_HERE))
        return add_wait(_render_mail(request, form, token, status=429), full)
    try:
        sign_ups.send_again(token=token, email=form.cleaned_data["email"], now=utc_now())
    except TooManySignUps as error:
        form.add_error("email", translate_error(error))
        return add_wait(_render_mail(request, form, token, status=get_status(error)), error)
    return _lead_to_progress(token)


@open_to_anyone
@never_cache
@require_safe
def progress_status(request: HttpRequest, token: str) -> JsonResponse:  # noqa: ARG001
    """Answer the progress page's poll."""
    try:
        status = sign_ups.get_progress(token=token, now=utc_now()).status
    except LinkUnknown as error:
        return JsonResponse({"status": "unknown", "message": translate_error(error)}, status=404)
    return JsonResponse({"status": status})


def _count_mail(request: HttpRequest) -> LimitReached | None:
    """Count what sends a mail; return the refusal when the caller's network did it too often."""
    try:
        check_limits(Ask("sign_ups_address", find_block(request)))
    except LimitReached as error:
        return error
    return None


def _lead_to_progress(token: str) -> HttpResponse:
    return HttpResponseRedirect(f"{reverse('site:progress', args=[token])}?new=1")


def _render_progress(
    request: HttpRequest, started: sign_ups.SignUpProgress, token: str, problem: str = "", status: int = 200
) -> HttpResponse:
    context = {
        "sign_up": started,
        "token": token,
        "page_url": make_base_url(started.host),
        "is_sent_again": "new" in request.GET,
        "problem": problem,
    }
    return render(request, "site/progress.html", context, status=status)


def _render_mail(request: HttpRequest, form: MailForm, token: str, status: int = 200) -> HttpResponse:
    return render(request, "site/correct_mail.html", {"form": form, "token": token}, status=status)


def _render_sign_up(request: HttpRequest, form: SignUpForm, status: int = 200) -> HttpResponse:
    form.warn_of_password()
    return render(request, "site/sign_up.html", {"form": form}, status=status)


def _render_verify(
    request: HttpRequest, started: sign_ups.SignUpProgress, form: SlugForm | None, status: int = 200
) -> HttpResponse:
    context = {"sign_up": started, "form": form, "platform_name": settings.PLATFORM_HOST}
    return render(request, "site/verify.html", context, status=status)


def _read_vertical(request: HttpRequest) -> str:
    """Return the industry that a link names; else the first one."""
    known = [vertical.key for vertical in list_verticals()]
    asked = request.GET.get("vertical", "")
    return asked if asked in known else known[0]
