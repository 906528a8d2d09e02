"""Keys of programs: which there are, a new one that is shown once, and the end of one."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext
from django.views.decorators.http import require_safe

from accounts.enums import KeyAccess, KeyArea
from accounts.policies import Permission
from accounts.selectors.keys import get_key
from accounts.selectors.keys import list_keys as list_every_key
from accounts.services.keys import create_key, revoke_key
from accounts.types import KeyView, NewKey
from edge.access import requires
from edge.statuses import get_status
from kernel.clock import utc_now
from kernel.errors import Conflict, Forbidden, Invalid, LimitReached
from web.errors import add_wait, translate_error
from web.parts.toasts import Toast, go_on
from web.workspace.keys.forms import KeyForm


@dataclass(frozen=True, slots=True)
class KeyRow:
    """A key as it is shown; ``scopes`` says in words how far it goes."""

    key: KeyView
    scopes: tuple[str, ...]


@requires(Permission.KEY_MANAGE)
@require_safe
def list_all(request: HttpRequest) -> HttpResponse:
    """List the keys that work, and those that were revoked lately."""
    rows = [_make_row(key) for key in list_every_key()]
    context = {
        "rows": [row for row in rows if row.key.revoked_at is None],
        "gone": [row for row in rows if row.key.revoked_at is not None],
    }
    return render(request, "workspace/keys/list.html", context)


@requires(Permission.KEY_MANAGE)
def make(request: HttpRequest) -> HttpResponse:
    """Ask what a key is for, make it, and show it this once."""
    user: Any = request.user
    if request.method != "POST":
        return _render_form(request, KeyForm(user=user))
    form = KeyForm(request.POST, user=user)
    if not form.is_valid():
        return _render_form(request, form, status=422)
    try:
        made = create_key(NewKey(form.cleaned_data["name"], form.access), by=user, proof=form.prove(request))
    except Invalid as error:
        form.refuse(error)
        return _render_form(request, form, status=get_status(error))
    except (Conflict, Forbidden, LimitReached) as error:
        form.add_error(None, translate_error(error))
        return add_wait(_render_form(request, form, status=get_status(error)), error)
    context = {"token": made.token, "row": _make_row(made.key)}
    return render(request, "workspace/keys/made.html", context, status=201)


@requires(Permission.KEY_MANAGE)
def revoke(request: HttpRequest, key_id: int) -> HttpResponse:
    """Ask whether a key is to end, and end it.

    Raises:
        KeyUnknown: There is none.
    """
    if request.method != "POST":
        return render(request, "workspace/keys/revoke.html", {"row": _make_row(get_key(key_id))})
    user: Any = request.user
    name = revoke_key(key_id, by=user, now=utc_now())
    return go_on(request, Toast(title=gettext("The key was revoked"), text=name), to=reverse("workspace:keys"))


def _make_row(key: KeyView) -> KeyRow:
    scopes = tuple(f"{area.label}: {KeyAccess(key.access[area]).label}" for area in KeyArea if area.value in key.access)
    return KeyRow(key, scopes)


def _render_form(request: HttpRequest, form: KeyForm, *, status: int = 200) -> HttpResponse:
    return render(request, "workspace/keys/new.html", {"form": form}, status=status)
