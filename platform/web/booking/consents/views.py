"""The switches of a contact: the token in the address is the permission, and a GET changes nothing.

A mail program ends messages of a kind with one request (RFC 8058): it has no cookie, so nothing but the token counts.
"""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.csrf import csrf_exempt

from edge.access import open_to_anyone
from edge.language import current_language
from edge.limits import count_write
from edge.statuses import get_status
from kernel.clock import utc_now
from kernel.errors import NotFound
from notifications.services.stops import list_stopped
from scheduling.enums import ConsentPurpose
from scheduling.errors.customers import ConsentContactUnknown
from scheduling.selectors.customers.consents import list_choices
from scheduling.services.consent_links import CHOSEN, read_consent_token
from scheduling.services.customers.consents import change_consents
from scheduling.types import ConsentProof
from web.booking.consents.words import SENTENCES, say_answer, say_consent
from web.booking.pages import keep_private
from web.errors import translate_error

PAGE, ONE_CLICK = "consent_page", "one_click"


@open_to_anyone
def show(request: HttpRequest, token: str) -> HttpResponse:
    """Show what a contact gets and agreed to; write down what was changed on POST."""
    contact = read_consent_token(token)
    if request.method != "POST":
        return _render(request, token, contact)
    count_write(request, [contact])
    offered = [each.purpose for each in list_choices(contact) if each.purpose in SENTENCES]
    wanted = {each: request.POST.get(each.value) == "on" for each in offered}
    try:
        _change(contact, wanted, source=PAGE)
    except ConsentContactUnknown as error:
        return _render(request, token, contact, refusal=translate_error(error), status=get_status(error))
    return HttpResponseRedirect(reverse("booking:consents", args=[token]) + "?done=saved")


@csrf_exempt
@open_to_anyone
def end(request: HttpRequest, token: str, purpose: str) -> HttpResponse:
    """End messages of a kind at once on POST; who follows the address sees the page."""
    contact = read_consent_token(token)
    if purpose not in {each.value for each in CHOSEN.values()}:
        raise NotFound
    if request.method != "POST":
        return HttpResponseRedirect(reverse("booking:consents", args=[token]))
    # Not counted: the token lets one contact say no, again changes nothing, and mail providers share addresses.
    with suppress(ConsentContactUnknown):  # whoever was erased gets none
        _change(contact, {ConsentPurpose(purpose): False}, source=ONE_CLICK)
    return HttpResponse(status=204)


def _change(contact: str, wanted: Mapping[ConsentPurpose, bool], *, source: str) -> None:
    """Write down what is new, each purpose with its own sentence."""
    for purpose, is_on in wanted.items():
        words = say_answer(purpose, is_on=is_on)
        proof = ConsentProof(source=source, words=words, language=current_language())
        change_consents(contact=contact, wanted={purpose: is_on}, proof=proof, now=utc_now())


def _render(request: HttpRequest, token: str, contact: str, *, refusal: str = "", status: int = 200) -> HttpResponse:
    shown = [each for each in list_choices(contact) if each.purpose in SENTENCES]
    context = {
        "token": token,
        "contact": contact,
        "choices": [(say_consent(each.purpose), each) for each in shown],
        "is_stopped": bool(list_stopped([contact])),
        "is_saved": request.GET.get("done") == "saved",
        "refusal": refusal,
        "language_url": "?lang=",
    }
    return keep_private(render(request, "booking/consents.html", context, status=status))
