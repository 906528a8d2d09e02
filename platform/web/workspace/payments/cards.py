"""How the business takes money: the account at the card provider in words, and the bank account."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from typing import Any

from babel.numbers import get_currency_precision
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext
from django.views.decorators.http import require_POST, require_safe

from accounts.errors import ProofWrong
from accounts.policies import Permission
from accounts.services.second_step import check_steps
from billing.enums import CardState
from billing.errors import CardNotConnected
from billing.selectors.accounts import find_card_capabilities, get_bank_data, get_card_account, is_number_doubtful
from billing.selectors.asking import list_unpaid
from billing.selectors.credits import add_up_owed_credit, offers_credit
from billing.services.cards.accounts import (
    choose_when_silent,
    connect_card_account,
    refresh_card_account,
    switch_cards,
)
from billing.types import CardAccount
from edge.access import requires
from edge.statuses import get_status
from kernel.clock import utc_now
from kernel.errors import Conflict, DomainError, Invalid, LimitReached, Unavailable
from kernel.text import mark
from tenants.context import current_tenant
from tenants.hosts import make_base_url
from web.errors import add_wait, translate_error
from web.parts.proofs import StepForm
from web.parts.toasts import Toast, go_on
from web.workspace.actors import make_actor


@dataclass(frozen=True, slots=True)
class Words:
    """A state of the account as the owner reads it.

    Attributes:
        tone: Class of the badge.
        go: What the button says; empty: there is nothing to do.
    """

    icon: str
    tone: str
    badge: str
    text: str
    go: str = ""


NOT_YET = Words(
    "plug", "", mark("Not connected"),
    mark("Take deposits by card. It takes ten minutes; have your tax number, an ID and your bank account at hand."),
    mark("Connect Stripe"),
)  # fmt: skip
OFF = Words(
    "ban", "", mark("Closed for now"),
    mark("Customers do not pay by card for now. What was paid stays, and refunds go on."), mark("Take cards again"),
)  # fmt: skip
STATES: Mapping[CardState, Words] = {
    CardState.INCOMPLETE: Words(
        "hourglass", "warn", mark("Begun, not finished"),
        mark("Stripe does not know yet who you are. What you typed there is still there."),
        mark("Go on where you stopped"),
    ),
    CardState.IN_REVIEW: Words(
        "hourglass", "warn", mark("Stripe is looking at it"),
        mark("That takes a day or two as a rule. Until then nobody pays by card."),
    ),
    CardState.ACTIVE: Words(
        "circle-check", "good", mark("Ready for cards"),
        mark("Customers pay deposits by card. The money goes to your own account at Stripe; we take nothing of it."),
    ),
    CardState.RESTRICTED: Words(
        "circle-alert", "bad", mark("Paused by Stripe"),
        mark(
            "Nobody can pay by card until you send Stripe what is missing. Whoever waits to pay keeps their place for "
            "longer and gets the link again afterwards."
        ),
        mark("Send what is missing"),
    ),
    CardState.GONE: Words(
        "unplug", "bad", mark("Disconnected at Stripe"),
        mark("Our access to your account was taken away. Nobody can pay by card until you connect one again."),
        mark("Connect again"),
    ),
}  # fmt: skip


@requires(Permission.SETTINGS_MANAGE)
@require_safe
def show(request: HttpRequest) -> HttpResponse:
    """Show how money can be taken; whoever comes back from the provider sees what it says now."""
    if "back" in request.GET:
        with suppress(CardNotConnected, Unavailable):
            refresh_card_account(now=utc_now())
    return _render(request)


@requires(Permission.MONEY_MANAGE)
def connect(request: HttpRequest) -> HttpResponse:
    """Ask an owner for the password, and lead to the provider, by a page of our own that goes on by itself."""

    def work(prove: Callable[[], object]) -> HttpResponse:
        url = make_base_url(request.get_host()) + reverse("workspace:payments")
        leads_to = connect_card_account(
            email=request.user.email,  # type: ignore[union-attr]
            return_url=f"{url}?back",
            again_url=f"{url}?again",
            by=make_actor(request),
            now=utc_now(),
            prove=prove,
        )
        if get_card_account().is_open:  # it was only switched off
            toast = Toast(title=gettext("Customers can pay by card again"))
            return go_on(request, toast, to=reverse("workspace:payments"))
        return render(request, "workspace/payments/leaving.html", {"leads_to": leads_to})

    return _ask_for_proof(request, work, is_end=False)


@requires(Permission.SETTINGS_MANAGE)
@require_POST
def look(request: HttpRequest) -> HttpResponse:
    """Ask the provider how far the account is."""
    try:
        refresh_card_account(now=utc_now())
    except (Conflict, Unavailable) as error:
        return _render(request, error)
    return go_on(request, Toast(title=gettext("Up to date")), to=reverse("workspace:payments"))


@requires(Permission.MONEY_MANAGE)
def disconnect(request: HttpRequest) -> HttpResponse:
    """Ask an owner for the password, and take no more cards."""

    def work(prove: Callable[[], object]) -> HttpResponse:
        switch_cards(is_on=False, by=make_actor(request), now=utc_now(), prove=prove)
        return go_on(request, Toast(title=gettext("Customers no longer pay by card")), to=reverse("workspace:payments"))

    return _ask_for_proof(request, work, is_end=True)


@requires(Permission.SETTINGS_MANAGE)
@require_POST
def choose_silence(request: HttpRequest) -> HttpResponse:
    """Say what becomes of visits that wait for a deposit while the provider does not answer."""
    try:
        choose_when_silent(is_booking=request.POST.get("when_silent") == "book", by=make_actor(request), now=utc_now())
    except CardNotConnected as error:
        return _render(request, error)
    return go_on(request, Toast(title=gettext("Saved")), to=reverse("workspace:payments"))


def _ask_for_proof(
    request: HttpRequest, work: Callable[[Callable[[], object]], HttpResponse], *, is_end: bool
) -> HttpResponse:
    """Ask for password and code, then do ``work``, which asks for the proof before it changes anything."""
    user: Any = request.user
    context = {"is_end": is_end, "words": _find_words(get_card_account())}
    if request.method != "POST":
        return render(request, "workspace/payments/prove.html", context | {"form": StepForm(user=user)})
    form = StepForm(request.POST, user=user)
    if not form.is_valid():
        return render(request, "workspace/payments/prove.html", context | {"form": form}, status=422)
    try:
        return work(partial(check_steps, user, proof=form.prove(request)))
    except (ProofWrong, LimitReached) as error:
        if isinstance(error, ProofWrong):
            form.refuse(error)
        else:
            form.add_error(None, translate_error(error))
        answer = render(request, "workspace/payments/prove.html", context | {"form": form}, status=get_status(error))
        return add_wait(answer, error)
    except (Conflict, Invalid, Unavailable) as error:
        return _render(request, error)


def _render(request: HttpRequest, error: DomainError | None = None) -> HttpResponse:
    account = get_card_account()
    can = find_card_capabilities("any")
    context = {
        "account": account,
        "words": _find_words(account),
        "waiting": len(list_unpaid(now=utc_now())) if account.is_paused else 0,
        "is_offered": can is not None and can.can_take,
        "bank": get_bank_data(),
        "is_number_doubtful": is_number_doubtful(),
        "gives_credit": offers_credit(),
        "owed_credit": tuple(add_up_owed_credit().items()),
        "example_minor": 500 * 10 ** get_currency_precision(current_tenant().currency),
        "is_again": "again" in request.GET,
        "refusal": "" if error is None else translate_error(error),
        "timezone": current_tenant().timezone,
    }
    status = 200 if error is None else get_status(error)
    return render(request, "workspace/payments/ways.html", context, status=status)


def _find_words(account: CardAccount) -> Words:
    if account.state is None:
        return NOT_YET
    is_off = not account.is_on and account.state != CardState.GONE
    return OFF if is_off else STATES[account.state]
