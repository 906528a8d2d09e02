"""One's own account: the second step of signing in, switched on and off, and its recovery codes."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from allauth.mfa.adapter import get_adapter
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext
from django.views.decorators.http import require_safe

from accounts.enums import Role
from accounts.policies import SECOND_STEP
from accounts.services import second_step
from edge.access import for_signed_in_people
from edge.statuses import get_status
from kernel.errors import Conflict, Invalid, LimitReached
from kernel.text import mark
from web.account.forms import SetUpForm
from web.errors import translate_error
from web.parts.proofs import ProofForm, make_proof

GROUP = 4
"""Letters of a secret are shown in groups, for whoever types them."""
ON = mark("The second step is on.")
OFF = mark("The second step is off.")
TOO_OLD = mark("This page was open for too long. Add the account to your app again.")


@for_signed_in_people
@require_safe
def show_security(request: HttpRequest) -> HttpResponse:
    """Show whether the second step is on, and how many recovery codes are left."""
    user = request.user
    left = second_step.count_recovery_codes(user) if user.second_step else 0  # type: ignore[union-attr, arg-type]
    return render(request, "account/security.html", {"codes_left": left, "must_have": user.role == Role.OPERATOR})  # type: ignore[union-attr]


@for_signed_in_people
def switch_on(request: HttpRequest) -> HttpResponse:
    """Show a secret as a picture and as text; a POST with the code that the app shows switches the step on."""
    user: Any = request.user
    if user.second_step:
        return redirect("account_security")
    if request.method != "POST":
        return _render_setup(request, SetUpForm())
    form = SetUpForm(request.POST)
    secret = second_step.read_setup(user, request.POST.get("setup", ""))
    if secret is None:
        fresh = SetUpForm()
        return _render_setup(request, fresh, status=409, problem=gettext(TOO_OLD))
    if not form.is_valid():
        return _render_setup(request, form, status=422, secret=secret)
    typed = form.cleaned_data
    proof = make_proof(request, password=typed["password"], code=typed["code"])
    try:
        done = second_step.switch_on(user, secret=secret, proof=proof)
    except (Conflict, Invalid, LimitReached) as error:
        _mark_problem(form, error)
        return _render_setup(request, form, status=get_status(error), secret=secret)
    request.session.cycle_key()
    request.session[SECOND_STEP] = done.session_mark
    return _render_codes(request, done.recovery_codes, said=gettext(ON))


@for_signed_in_people
def switch_off(request: HttpRequest) -> HttpResponse:
    """Ask for password and code, and switch the step off."""
    user: Any = request.user
    if user.role == Role.OPERATOR or not user.second_step:
        return redirect("account_security")

    def work(form: ProofForm) -> HttpResponse:
        second_step.switch_off(user, proof=_read_proof(request, form))
        request.session.pop(SECOND_STEP, None)
        messages.success(request, gettext(OFF))
        return redirect("account_security")

    return _ask_for_proof(request, "account/second_step_off.html", work)


@for_signed_in_people
def renew_codes(request: HttpRequest) -> HttpResponse:
    """Ask for password and code, and show new recovery codes once."""
    user: Any = request.user
    if not user.second_step:
        return redirect("account_security")

    def work(form: ProofForm) -> HttpResponse:
        codes = second_step.renew_recovery_codes(user, proof=_read_proof(request, form))
        return _render_codes(request, codes, said=gettext("Your earlier recovery codes no longer work."))

    return _ask_for_proof(request, "account/recovery_codes_renew.html", work)


def draw_code(text: str) -> SafeString:
    """Return ``text`` as a QR code: an inline SVG that the page's style sizes."""
    svg: str = get_adapter().build_totp_svg(text)
    path, box = svg[svg.index("<path") : svg.index("</svg>")], svg.partition('viewBox="')[2].partition('"')[0]
    return mark_safe(  # noqa: S308 - a drawing of squares; the text itself is not in it
        f'<svg class="setup-code" viewBox="{box}" role="img" aria-labelledby="setup-code">{path}</svg>'
    )


def _ask_for_proof(request: HttpRequest, template: str, work: Callable[[ProofForm], HttpResponse]) -> HttpResponse:
    if request.method != "POST":
        return render(request, template, {"form": ProofForm()})
    form = ProofForm(request.POST)
    if not form.is_valid():
        return render(request, template, {"form": form}, status=422)
    try:
        return work(form)
    except (Conflict, Invalid, LimitReached) as error:
        _mark_problem(form, error)
        return render(request, template, {"form": form}, status=get_status(error))


def _read_proof(request: HttpRequest, form: ProofForm) -> Any:
    return make_proof(request, password=form.cleaned_data["password"], code=form.cleaned_data["code"])


def _mark_problem(form: ProofForm, error: Conflict | Invalid | LimitReached) -> None:
    if isinstance(error, Invalid):
        form.refuse(error)
    else:
        form.add_error(None, translate_error(error))


def _render_setup(
    request: HttpRequest, form: SetUpForm, *, status: int = 200, secret: str = "", problem: str = ""
) -> HttpResponse:
    user: Any = request.user
    sealed = request.POST.get("setup", "")
    if not secret:
        secret, sealed = second_step.new_setup(user)
    address = get_adapter().build_totp_url(user, secret)
    context = {
        "form": form,
        "sealed": sealed,
        "drawing": draw_code(address),
        "secret": " ".join(secret[at : at + GROUP] for at in range(0, len(secret), GROUP)),
        "must_have": user.role == Role.OPERATOR,
        "problem": problem,
    }
    return render(request, "account/second_step_on.html", context, status=status)


def _render_codes(request: HttpRequest, codes: tuple[str, ...], *, said: str) -> HttpResponse:
    """Show recovery codes, once: nothing that is stored gives them back to a page."""
    host = request.get_host()
    context = {"codes": codes, "said": said, "file": f"{host}\n\n" + "\n".join(codes) + "\n"}
    return render(request, "account/recovery_codes.html", context)
