"""What an operator does to a business: a page that asks why, and does it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.utils.translation import gettext

from accounts.policies import Permission
from edge.access import requires
from edge.statuses import get_status
from kernel.clock import utc_now
from kernel.errors import Invalid
from kernel.text import mark
from operators.forms import ActForm, CloseForm
from tenants.enums import TenantAct, TenantStatus
from tenants.errors import ActRefused
from tenants.policies import list_acts
from tenants.selectors.businesses import get_business
from tenants.services import acts
from tenants.types import AskedAct, TenantInfo

LOGGED_ONLY = mark("For the log, which operators read.")


@dataclass(frozen=True, slots=True)
class ActWords:
    """What an act says of itself.

    Attributes:
        service: Does it.
        effect: What it means, in one or two sentences.
        hint: Who reads the reason.
        done: Announced afterwards.
        tone: Class of the button.
    """

    service: Callable[[AskedAct], None]
    icon: str
    effect: str
    done: str
    hint: str = LOGGED_ONLY
    tone: str = ""


WORDS: Mapping[TenantAct, ActWords] = {
    TenantAct.ACTIVATE: ActWords(
        acts.activate,
        icon="circle-check",
        effect=mark("The business pays: everything is open."),
        done=mark("The business is active."),
    ),
    TenantAct.MARK_PAST_DUE: ActWords(
        acts.mark_past_due,
        icon="wallet",
        effect=mark("Everything goes on; the people of the business read that a payment is missing."),
        done=mark("The payment is marked as overdue."),
    ),
    TenantAct.RESTRICT: ActWords(
        acts.restrict,
        icon="lock",
        effect=mark("No new bookings. Those that exist can be seen, canceled and dealt with; nothing else changes."),
        done=mark("The business is read-only."),
        tone="danger",
    ),
    TenantAct.SUSPEND: ActWords(
        acts.suspend,
        icon="ban",
        effect=mark("No new bookings and no changes. Customers see their appointments and cancel; staff reads."),
        hint=mark("The owner of the business reads this."),
        done=mark("The business is suspended."),
        tone="danger",
    ),
    TenantAct.RESUME: ActWords(
        acts.resume,
        icon="circle-check",
        effect=mark("The business is again what it was before the suspension; a trial goes on until its day."),
        done=mark("The suspension is lifted."),
    ),
    TenantAct.CLOSE: ActWords(
        acts.close,  # type: ignore[arg-type]  # it also takes the typed name
        icon="trash-2",
        effect=mark(
            "The page says that the business no longer takes bookings. Customers see their appointments and cancel, "
            "the owner reads. After 30 days it may be removed with all its data; until then it can be reopened."
        ),
        done=mark("The business is closed."),
        tone="danger",
    ),
    TenantAct.REOPEN: ActWords(
        acts.reopen,
        icon="rotate-ccw",
        effect=mark("The business is again what it was before it was closed."),
        done=mark("The business is open again."),
    ),
}


@dataclass(frozen=True, slots=True)
class OfferedAct:
    """An act as its button says it."""

    act: TenantAct
    words: ActWords

    @property
    def is_final(self) -> bool:
        """Tell whether it waits in a menu, away from what is done every day."""
        return self.act is TenantAct.CLOSE


def offer_acts(tenant: TenantInfo) -> tuple[OfferedAct, ...]:
    """Return what may be done to a business now."""
    return tuple(OfferedAct(act, WORDS[act]) for act in list_acts(tenant.status))


@requires(Permission.OPERATOR)
def perform_act(request: HttpRequest, schema_name: str, key: str) -> HttpResponse:
    """Ask why, and for closing the short name; a POST does it once."""
    if key not in TenantAct.values:
        raise Http404
    act, tenant = TenantAct(key), get_business(schema_name)
    if request.method != "POST":
        if act not in list_acts(tenant.status):
            return _render(request, tenant, act, None, refusal=ActRefused(status=tenant.status))
        return _render(request, tenant, act, _make_form(act, tenant))
    form = _make_form(act, tenant, request.POST)
    form.is_valid()
    try:
        _do(act, tenant, form, author_id=request.user.pk)
    except Invalid as error:
        form.refuse(error)
        return _render(request, tenant, act, form, status=get_status(error))
    except ActRefused as error:
        now = get_business(schema_name)
        is_possible = act in list_acts(now.status)
        form = _make_form(act, now, _see(request.POST, now.status))
        return _render(request, now, act, form if is_possible else None, status=get_status(error), refusal=error)
    messages.success(request, gettext(WORDS[act].done))
    return redirect("operators:tenant", schema_name)


def _do(act: TenantAct, tenant: TenantInfo, form: ActForm, *, author_id: int | None) -> None:
    typed = form.cleaned_data
    asked = AskedAct(
        schema_name=tenant.schema_name,
        reason=typed["reason"],
        author_id=author_id,
        now=utc_now(),
        seen=typed["seen"] or None,
    )
    if act is TenantAct.CLOSE:
        acts.close(asked, typed_name=typed["typed_name"])
    else:
        WORDS[act].service(asked)


def _make_form(act: TenantAct, tenant: TenantInfo, data: QueryDict | None = None) -> ActForm:
    hint = gettext(WORDS[act].hint)
    if act is TenantAct.CLOSE:
        return CloseForm(data, hint=hint, slug=tenant.slug, initial={"seen": tenant.status})
    return ActForm(data, hint=hint, initial={"seen": tenant.status})


def _see(data: QueryDict, status: str) -> QueryDict:
    """Return what was typed, by somebody who has now seen another state."""
    seen = data.copy()
    seen["seen"] = status
    return seen


def _render(
    request: HttpRequest,
    tenant: TenantInfo,
    act: TenantAct,
    form: ActForm | None,
    *,
    status: int = 200,
    refusal: ActRefused | None = None,
) -> HttpResponse:
    context = {
        "business": tenant,
        "business_status": TenantStatus(tenant.status),
        "act": act,
        "words": WORDS[act],
        "effect": gettext(WORDS[act].effect),
        "form": form,
        "refusal": gettext(refusal.text) % refusal.params if refusal else "",
    }
    return render(request, "operators/act.html", context, status=status)
