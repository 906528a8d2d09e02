"""Adding a passkey: name and password, then the device; and removing one."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext, gettext_lazy
from django.views.decorators.http import require_POST

from accounts.policies import Permission
from accounts.services import passkeys
from edge.access import requires
from edge.statuses import get_status
from kernel.errors import Conflict, Invalid, LimitReached, NotFound
from web.errors import add_wait, translate_error
from web.parts.fields import TextField
from web.parts.proofs import StepForm
from web.parts.toasts import Toast, go_on


class PasskeyForm(StepForm):
    """What the device is called, the password, and a code where there is a second step."""

    name = TextField(
        label=gettext_lazy("Name of the device"),
        max_length=60,
        help_text=gettext_lazy("So that you know it in the list: phone, front desk."),
        attrs={"autocomplete": "off"},
    )
    field_order = ("name", "password", "code")
    focus_first = "name"


@requires(Permission.BOARD_VIEW)
def add(request: HttpRequest) -> HttpResponse:
    """Ask for name and password, then ask the device; a POST with what it answers keeps the key."""
    user: Any = request.user
    if "credential" in request.POST:
        return _keep(request, user)
    form = PasskeyForm(request.POST if request.method == "POST" else None, user=user)
    if request.method != "POST" or not form.is_valid():
        return _render(request, form, status=422 if form.is_bound else 200)
    name = form.cleaned_data["name"]
    try:
        options, sealed = passkeys.begin_adding(user, name=name, proof=form.prove(request))
    except Invalid as error:
        form.refuse(error)
        return _render(request, form, status=get_status(error))
    except (Conflict, LimitReached) as error:
        form.add_error(None, translate_error(error))
        return add_wait(_render(request, form, status=get_status(error)), error)
    context = {"name": name, "options": options, "sealed": sealed}
    return render(request, "workspace/own/passkey_device.html", context)


@requires(Permission.BOARD_VIEW)
@require_POST
def remove(request: HttpRequest, passkey_id: int) -> HttpResponse:
    """Let a key open nothing any more."""
    user: Any = request.user
    try:
        toast = Toast(title=gettext("The passkey was removed"), text=passkeys.remove(user, passkey_id))
    except NotFound as error:
        toast = Toast(title=translate_error(error), tone="bad")
    return go_on(request, toast, to=reverse("workspace:own"))


def _keep(request: HttpRequest, user: Any) -> HttpResponse:
    try:
        name = passkeys.add(user, sealed=request.POST.get("sealed", ""), credential=request.POST.get("credential", ""))
    except (Conflict, Invalid) as error:
        form = PasskeyForm(user=user)
        return _render(request, form, status=get_status(error), problem=translate_error(error))
    return go_on(request, Toast(title=gettext("The passkey was added"), text=name), to=reverse("workspace:own"))


def _render(request: HttpRequest, form: PasskeyForm, *, status: int, problem: str = "") -> HttpResponse:
    return render(request, "workspace/own/passkey.html", {"form": form, "problem": problem}, status=status)
