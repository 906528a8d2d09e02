"""What a view asks of the person: every view declares it, a test checks that none forgets."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from contextlib import suppress
from functools import wraps
from http import HTTPStatus
from inspect import iscoroutinefunction
from typing import Any, TypeVar, cast

from asgiref.sync import sync_to_async
from django.contrib.auth import logout
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods
from django_htmx.http import reswap, trigger_client_event
from django_htmx.middleware import HtmxDetails
from rest_framework.permissions import SAFE_METHODS, BasePermission
from rest_framework.request import Request
from rest_framework.views import APIView

from accounts.enums import Role
from accounts.errors import PermissionMissing
from accounts.policies import Permission, has_permission, has_taken_second_step
from accounts.services.sessions import note_visit
from accounts.types import KeyView
from edge.closed import TOAST
from edge.places import lead_to_page
from kernel.clock import utc_now
from tenants.context import find_current_tenant
from tenants.enums import Ability
from tenants.policies import check_business_may

View = TypeVar("View", bound=Callable[..., HttpResponseBase | Awaitable[HttpResponseBase]])

OPEN = "open"
"""Declared by views that anyone may call."""
PAGE_METHODS = ("GET", "HEAD", "POST")
"""What browsers send to pages: every other method is answered 405, whatever the view would make of it."""


def open_to_anyone(view: View) -> View:
    """Declare that anyone may call ``view``, signed in or not."""
    # A view of REST framework refuses methods itself, in its own words.
    wrapped: Any = view if hasattr(view, "cls") else require_http_methods(PAGE_METHODS)(_lead(view))
    wrapped.declared_permission = OPEN
    return cast("View", wrapped)


def requires(permission: Permission) -> Callable[[View], View]:
    """Declare that the page ``view`` needs ``permission``.

    Anonymous people are sent to the sign-in page (for a GET they come back afterwards), and so are
    sessions without the second step that their person has set up; a page that is open says so and stays.
    Signed-in people without the permission get `PermissionMissing`, and those whom the state of the business shuts out
    `StatusForbids`; operators without a second step set one up first.
    """

    def decorate(view: View) -> View:
        guarded = _guard_async(view, permission) if iscoroutinefunction(view) else _guard(view, permission)
        wrapped: Any = require_http_methods(PAGE_METHODS)(guarded)
        wrapped.declared_permission = permission
        return cast("View", wrapped)

    return decorate


def for_signed_in_people(view: View) -> View:
    """Declare that the page ``view`` is for whoever is signed in: it is about their own account.

    Like the other pages of accounts it is declared open, and asks by itself.
    """

    @wraps(view)
    def asking(request: HttpRequest, *args: object, **kwargs: object) -> HttpResponseBase:
        answer: Any = _ask_to_sign_in(request) or view(request, *args, **kwargs)
        return _keep_private(answer)

    return open_to_anyone(cast("View", asking))


def is_staff(request: HttpRequest) -> bool:
    """Tell whether somebody of the business asks, signed in with all steps: who sees its page while it is a draft."""
    return has_permission(request.user, Permission.BOARD_VIEW) and has_taken_second_step(request)


def _lead(view: Callable[..., Any]) -> Callable[..., Any]:
    """Have ``view`` send whoever opens an address that only takes forms to the page of the form."""
    if iscoroutinefunction(view):
        return view

    @wraps(view)
    def leading(request: HttpRequest, *args: object, **kwargs: object) -> HttpResponseBase:
        return lead_to_page(request, view(request, *args, **kwargs))

    return leading


def _guard(view: Callable[..., Any], permission: Permission) -> Callable[..., HttpResponseBase]:
    @wraps(view)
    def guarded(request: HttpRequest, *args: object, **kwargs: object) -> HttpResponseBase:
        answer: HttpResponseBase = _refuse(request, permission) or view(request, *args, **kwargs)
        return _keep_private(lead_to_page(request, answer))

    return guarded


def _guard_async(
    view: Callable[..., Awaitable[HttpResponseBase]], permission: Permission
) -> Callable[..., Awaitable[HttpResponseBase]]:
    @wraps(view)
    async def guarded(request: HttpRequest, *args: object, **kwargs: object) -> HttpResponseBase:
        refusal = await sync_to_async(_refuse, thread_sensitive=True)(request, permission)
        return _keep_private(refusal or await view(request, *args, **kwargs))

    return guarded


def _refuse(request: HttpRequest, permission: Permission) -> HttpResponseBase | None:
    refusal = _ask_to_sign_in(request)
    if refusal is not None:
        return refusal
    if not has_permission(request.user, permission):
        raise PermissionMissing
    if permission is Permission.OPERATOR and not getattr(request.user, "second_step", ""):
        return redirect("account_second_step_on")
    _check_state(request.user)
    return None


def _ask_to_sign_in(request: HttpRequest) -> HttpResponseBase | None:
    """Send to the sign-in page whoever has not taken all its steps in this session."""
    is_known = request.user.is_authenticated
    if is_known and has_taken_second_step(request):
        note_visit(request.session, user_id=request.user.pk, now=utc_now())  # type: ignore[arg-type]
        return None
    target = request.get_full_path() if request.method == "GET" else "/"
    if is_known:
        logout(request)  # the sign-in page would send it back
    htmx = HtmxDetails(request)
    if htmx and not htmx.history_restore_request:
        return _tell_open_page(htmx)
    return redirect_to_login(target)


def _tell_open_page(htmx: HtmxDetails) -> HttpResponse:
    """Say on a page that is open that its person is signed out, and lead on: a part of it is no place to sign in.

    Nothing of the page is taken away, so what was typed there is still to be read.
    """
    path = None
    with suppress(ValueError):  # the browser says on which page that is, and others may say anything
        path = htmx.current_url_abs_path
    toast = {
        "title": gettext("You are signed out"),
        "text": gettext("Nothing was saved. What you typed is still on this page: copy what you need."),
        "tone": "bad",
        "links": [{"label": gettext("Sign in"), "url": redirect_to_login(path or "/workspace/").url}],
        "stays": True,
    }
    response = HttpResponse(status=HTTPStatus.UNAUTHORIZED)
    reswap(response, "none")
    return trigger_client_event(response, TOAST, toast)


def _check_state(user: object) -> None:
    """Refuse people of the staff where the state of the business lets only its owner in."""
    if find_current_tenant() is not None:
        is_owner = getattr(user, "role", "") == Role.OWNER
        check_business_may(Ability.OWNER_READ if is_owner else Ability.STAFF_READ, is_staff=True)


def _keep_private(answer: HttpResponseBase) -> HttpResponseBase:
    """Keep what only staff may see out of caches, and out of the back button after signing out."""
    answer.headers.setdefault("Cache-Control", "private, no-store")
    return answer


class OpenToAnyone(BasePermission):
    """For API views: anyone may call."""

    def has_permission(self, request: Request, view: APIView) -> bool:  # noqa: ARG002
        """Allow everyone."""
        return True


class AsksRights(BasePermission):
    """For API views: each method asks what ``view.declared_permission`` says, and of a key what its area allows.

    Whoever says who they are where anyone may call is asked what ``view.staff_permission`` says: nobody is let in as
    less than they claim to be.
    """

    def has_permission(self, request: Request, view: APIView) -> bool:
        """Ask the role of the person, their second step or the scope of their key, and the state of the business."""
        method = str(request.method)
        asked = find_permission(getattr(view, "declared_permission", None), method)
        if asked == OPEN and request.user.is_authenticated:
            asked = find_permission(getattr(view, "staff_permission", OPEN), method)
            if asked is None:
                return False
        if asked == OPEN:
            return True
        if asked is None:
            # What a view has not, it answers itself; what it has and nobody declared is closed.
            return not _has_method(view, method)
        if not has_permission(request.user, Permission(asked)) or not _is_let_in(request, view):
            return False
        _check_state(request.user)
        return True


def find_permission(declared: object, method: str) -> str | None:
    """Return what a view asks for a method: a permission or `OPEN`; None: it has no such method."""
    if isinstance(declared, Mapping):
        return declared.get("GET" if method == "HEAD" else method)
    return cast("str | None", declared)


def _has_method(view: APIView, method: str) -> bool:
    name = method.lower()
    return name in getattr(view, "http_method_names", ()) and hasattr(view, name)


def _is_let_in(request: Request, view: APIView) -> bool:
    """Tell whether the session took all its steps, or the key goes as far as the call."""
    if isinstance(request.auth, KeyView):
        area = getattr(view, "key_area", None)
        return area is not None and request.auth.may(area, is_change=request.method not in SAFE_METHODS)
    return has_taken_second_step(request)
