"""What the owner agreed to with the platform: asked when it changes, and every text that was accepted, to keep."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext
from django.views.decorators.http import require_safe

from accounts.policies import Permission
from edge.access import requires
from edge.language import current_language
from edge.requests import find_block
from kernel.clock import utc_now
from tenants.context import current_tenant
from tenants.selectors.sign_ups import get_acceptance_of, list_acceptances_of
from tenants.services.agreements.accepting import accept_texts
from tenants.types import Acceptance
from web.parts.legal.texts import get_text, write_plainly
from web.parts.legal.words import make_address, name_document
from web.parts.toasts import Toast, find_return_address, go_on
from web.workspace.terms.asking import TermsAsk, find_ask
from web.workspace.terms.forms import AcceptForm


@requires(Permission.BUSINESS_CLOSE)
def show_terms(request: HttpRequest) -> HttpResponse:
    """Show what is asked and what was accepted; accept it, and go on to where the owner wanted to."""
    user: Any = request.user
    now = utc_now()
    ask = find_ask(current_tenant(), now=now)
    is_sent = request.method == "POST"
    form = AcceptForm(request.POST if is_sent else None, ask=ask, language=current_language()) if ask else None
    if not is_sent or (form is not None and not form.is_valid()):
        return _render(request, form, ask, status=422 if is_sent else 200)
    if form is not None:
        accept_texts(form.list_accepted(), email=user.email, address_block=find_block(request), now=now)
    toast = Toast(title=gettext("Accepted"), text=gettext("The text is kept here, and you can download it."))
    return go_on(request, toast, to=find_return_address(request, default=reverse("workspace:terms")))


@requires(Permission.BUSINESS_CLOSE)
@require_safe
def download(_request: HttpRequest, number: int) -> HttpResponse:
    """Answer a text that was accepted, with who accepted it and when, as plain text."""
    found = get_acceptance_of(current_tenant().schema_name, number)
    accepted = found.text
    text = get_text(accepted.document, accepted.language, accepted.version)
    answer = HttpResponse(f"{_prove(found)}\n{write_plainly(text)}", content_type="text/plain; charset=utf-8")
    name = f"{accepted.document}-{accepted.version}-{accepted.language}.txt"
    answer.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return answer


def _prove(found: Acceptance) -> str:
    at = found.accepted_at.isoformat(timespec="seconds")
    facts = (
        (gettext("Version"), f"{found.text.version} ({found.text.language})"),
        (gettext("Accepted by"), found.email),
        (gettext("Accepted at"), at),
        (gettext("From the network"), found.address_block),
        (gettext("Words beside the box"), found.text.sentence),
        ("SHA-256", found.text.digest),
    )
    return "".join(f"{name}: {value}\n" for name, value in facts)


def _render(request: HttpRequest, form: AcceptForm | None, ask: TermsAsk | None, *, status: int) -> HttpResponse:
    language = current_language()
    asked = request.POST if request.method == "POST" else request.GET
    texts = ask.list_texts(language) if ask else ()
    changes = ask.list_changes(language) if ask else ()
    context = {
        "form": form,
        "ask": ask,
        "texts": [(name_document(each.document), make_address(each.document, each.version), each) for each in texts],
        "changes": [(name_document(each.document), each, said) for each, said in changes],
        "accepted": [_describe(each) for each in list_acceptances_of(current_tenant().schema_name)],
        "next": asked.get("next", ""),
        "is_terms_page": True,
    }
    return render(request, "workspace/terms/page.html", context, status=status)


def _describe(found: Acceptance) -> tuple[Acceptance, str, str]:
    return found, name_document(found.text.document), make_address(found.text.document, found.text.version)
