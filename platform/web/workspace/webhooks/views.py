"""The pages about webhooks: the list, one with its log, adding and changing, and what one press does."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext, gettext_lazy
from django.views.decorators.http import require_POST, require_safe

from accounts.policies import Permission
from accounts.services.second_step import check_steps
from audit.selectors.log import list_changes, list_latest
from edge.access import requires
from edge.statuses import get_status
from kernel.clock import utc_now
from kernel.errors import Conflict, DomainError, Forbidden, Invalid, LimitReached
from kernel.text import mark
from notifications.engine.webhooks import name_receiver
from notifications.enums import WebhookEnd, WebhookOff
from notifications.selectors.webhooks import WAITING, get_endpoint, list_deliveries, list_endpoints
from notifications.services.webhooks import by_hand, endpoints
from notifications.types.webhooks import WEBHOOK, Author, DeliveryView, EndpointView
from tenants.enums import Ability
from tenants.policies import may_business
from web.errors import add_wait, translate_error
from web.parts.lists import PAGE_SIZE
from web.parts.proofs import StepForm
from web.parts.toasts import Toast, go_on
from web.workspace.webhooks.forms import WebhookForm, say_event
from web.workspace.webhooks.history import describe_changes

Act = Callable[[int, int], object]
ACTS: Mapping[str, tuple[Act, str]] = {
    "test": (
        lambda pk, _: by_hand.send_test(endpoint_id=pk, now=utc_now()),
        mark("A test is on its way: the log says what became of it"),
    ),
    "on": (
        lambda pk, by_id: endpoints.switch_endpoint(endpoint_id=pk, is_on=True, by_id=by_id, now=utc_now()),
        mark("The webhook is on"),
    ),
    "off": (
        lambda pk, by_id: endpoints.switch_endpoint(endpoint_id=pk, is_on=False, by_id=by_id, now=utc_now()),
        mark("The webhook is off"),
    ),
    "remove": (
        lambda pk, by_id: endpoints.remove_endpoint(endpoint_id=pk, by_id=by_id, now=utc_now()),
        mark("Webhook removed"),
    ),
}
"""What one press does, and what is said then."""
STATES: Mapping[str, str | Promise] = {"": gettext_lazy("All"), WAITING: gettext_lazy("Waiting")} | {
    end.value: end.label for end in WebhookEnd
}
TONES: Mapping[str, str] = {WebhookEnd.DELIVERED: "good", WebhookEnd.FAILED: "bad", WebhookEnd.DROPPED: ""}
REFUSALS = (Conflict, Forbidden, LimitReached)
LATEST = 10
"""So many changes are shown."""


@dataclass(frozen=True, slots=True)
class StateChip:
    """What the log can be narrowed to."""

    label: str | Promise
    url: str
    is_current: bool


@dataclass(frozen=True, slots=True)
class WebhookLine:
    """A webhook as the pages name it: by the host alone where the whole address is of no use."""

    webhook: EndpointView
    host: str
    events: tuple[str, ...]
    why_off: str | Promise


@dataclass(frozen=True, slots=True)
class DeliveryLine:
    """A delivery as the log shows it."""

    delivery: DeliveryView
    event: str
    state: str | Promise
    tone: str


@requires(Permission.SETTINGS_MANAGE)
@require_safe
def list_all(request: HttpRequest) -> HttpResponse:
    """Show which programs hear of what, and who changed that."""
    lines = [_describe(each) for each in list_endpoints()]
    names = {line.webhook.id: line.host for line in lines}
    context = {
        "lines": lines,
        "may_add": may_business(Ability.WRITE) and len(lines) < endpoints.MOST_ENDPOINTS,
        "changes": describe_changes(list_latest(noun=WEBHOOK, limit=LATEST), names),
    }
    return render(request, "workspace/webhooks/list.html", context)


@requires(Permission.SETTINGS_MANAGE)
def add(request: HttpRequest) -> HttpResponse:
    """Take the address of a program, and show where its secret is."""
    user: Any = request.user
    if request.method != "POST":
        return _render_form(request, WebhookForm(user=user))

    def save(url: str, events: list[str], author: Author) -> tuple[int, str]:
        return endpoints.add_endpoint(url=url, events=events, by=author, now=utc_now()), gettext("Webhook added")

    return _save(request, save)


@requires(Permission.SETTINGS_MANAGE)
def change(request: HttpRequest, webhook_id: int) -> HttpResponse:
    """Change where a webhook goes, and what it tells."""
    user: Any = request.user
    webhook = get_endpoint(webhook_id)
    if request.method != "POST":
        typed = {"url": webhook.url, "events": webhook.events}
        return _render_form(request, WebhookForm(initial=typed, user=user), webhook)

    def save(url: str, events: list[str], author: Author) -> tuple[int, str]:
        is_renewed = endpoints.change_endpoint(endpoint_id=webhook_id, url=url, events=events, by=author, now=utc_now())
        return webhook_id, gettext("Saved. Give the program the new secret") if is_renewed else gettext("Saved")

    return _save(request, save, webhook)


@requires(Permission.SETTINGS_MANAGE)
@require_safe
def show(request: HttpRequest, webhook_id: int) -> HttpResponse:
    """Show a webhook with its log."""
    return _render_one(request, webhook_id)


@requires(Permission.SETTINGS_MANAGE)
def secret(request: HttpRequest, webhook_id: int) -> HttpResponse:
    """Ask for the password, and show the secret by this answer; it stands in no address."""

    def work(author: Author) -> HttpResponse:
        return _render_one(request, webhook_id, secret=endpoints.show_secret(endpoint_id=webhook_id, by=author))

    return _ask_for_proof(request, webhook_id, "workspace/webhooks/secret.html", work)


@requires(Permission.SETTINGS_MANAGE)
def rotate(request: HttpRequest, webhook_id: int) -> HttpResponse:
    """Ask for the password, and make a new secret."""

    def work(author: Author) -> HttpResponse:
        endpoints.rotate_secret(endpoint_id=webhook_id, by=author, now=utc_now())
        toast = Toast(title=gettext("There is a new secret; for 24 hours the one before works as well"))
        return go_on(request, toast, to=reverse("workspace:webhooks_one", args=[webhook_id]))

    return _ask_for_proof(request, webhook_id, "workspace/webhooks/rotate.html", work)


@requires(Permission.SETTINGS_MANAGE)
@require_POST
def act(request: HttpRequest, webhook_id: int, act: str) -> HttpResponse:
    """Do what one press does."""
    if act not in ACTS:
        raise Http404
    user: Any = request.user
    do, said = ACTS[act]
    try:
        do(webhook_id, user.pk)
    except REFUSALS as error:
        return _refuse(request, webhook_id, error)
    to = reverse("workspace:webhooks") if act == "remove" else reverse("workspace:webhooks_one", args=[webhook_id])
    return go_on(request, Toast(title=gettext(said)), to=to)


@requires(Permission.SETTINGS_MANAGE)
@require_POST
def again(request: HttpRequest, webhook_id: int, delivery_id: int) -> HttpResponse:
    """Send once more what was sent, given up or not sent."""
    try:
        by_hand.send_again(endpoint_id=webhook_id, delivery_id=delivery_id, now=utc_now())
    except REFUSALS as error:
        return _refuse(request, webhook_id, error)
    toast = Toast(title=gettext("It is being sent again"))
    return go_on(request, toast, to=reverse("workspace:webhooks_one", args=[webhook_id]))


def _refuse(request: HttpRequest, webhook_id: int, error: DomainError) -> HttpResponse:
    return add_wait(_render_one(request, webhook_id, refusal=translate_error(error), status=get_status(error)), error)


def _save(
    request: HttpRequest,
    save: Callable[[str, list[str], Author], tuple[int, str]],
    webhook: EndpointView | None = None,
) -> HttpResponse:
    user: Any = request.user
    form = WebhookForm(request.POST, user=user)
    form.is_valid()  # of address and events the room judges, and says what is wrong with both at once
    if form.errors.keys() & {"password", "code"}:
        return _render_form(request, form, webhook, status=422)
    try:
        url, events = request.POST.get("url", ""), request.POST.getlist("events")
        saved, said = save(url, events, _make_author(request, form))
    except Invalid as error:
        form.refuse(error)
        return _render_form(request, form, webhook, status=get_status(error))
    except REFUSALS as error:
        form.add_error(None, translate_error(error))
        return add_wait(_render_form(request, form, webhook, status=get_status(error)), error)
    return go_on(request, Toast(title=said), to=reverse("workspace:webhooks_one", args=[saved]))


def _ask_for_proof(
    request: HttpRequest, webhook_id: int, template: str, work: Callable[[Author], HttpResponse]
) -> HttpResponse:
    user: Any = request.user
    form = StepForm(request.POST if request.method == "POST" else None, user=user)
    context = {"form": form, "line": _describe(get_endpoint(webhook_id))}
    if not form.is_valid():
        return render(request, template, context, status=422 if form.is_bound else 200)
    try:
        return work(_make_author(request, form))
    except Invalid as error:
        form.refuse(error)
        return render(request, template, context, status=get_status(error))
    except REFUSALS as error:
        form.add_error(None, translate_error(error))
        return add_wait(render(request, template, context, status=get_status(error)), error)


def _make_author(request: HttpRequest, form: StepForm) -> Author:
    """Return who sits there, who is asked for password and code once nothing else is wrong."""
    user: Any = request.user
    return Author(user.pk, lambda: check_steps(user, proof=form.prove(request)))


def _describe(webhook: EndpointView) -> WebhookLine:
    return WebhookLine(
        webhook,
        host=name_receiver(webhook.url),
        events=tuple(say_event(each) for each in webhook.events),
        why_off=WebhookOff(webhook.off_reason).label if webhook.off_reason else "",
    )


def _describe_delivery(delivery: DeliveryView) -> DeliveryLine:
    state, tone = (delivery.end, TONES[delivery.end]) if delivery.end else (WAITING, "warn")
    return DeliveryLine(delivery, say_event(delivery.type), STATES[state], tone)


def _render_form(
    request: HttpRequest, form: WebhookForm, webhook: EndpointView | None = None, *, status: int = 200
) -> HttpResponse:
    context = {
        "form": form,
        "webhook": webhook,
        "may_write": may_business(Ability.WRITE),
        "back_url": reverse("workspace:webhooks_one", args=[webhook.id]) if webhook else reverse("workspace:webhooks"),
    }
    return render(request, "workspace/webhooks/form.html", context, status=status)


def _render_one(
    request: HttpRequest, webhook_id: int, *, secret: str = "", refusal: str = "", status: int = 200
) -> HttpResponse:
    asked = request.GET.get("state", "")
    state = asked if asked in STATES else ""
    webhook = get_endpoint(webhook_id)
    page = list_deliveries(webhook_id, state=state, cursor=request.GET.get("cursor", ""), limit=PAGE_SIZE)
    log = list_changes(noun=WEBHOOK, row_id=webhook_id)
    address = reverse("workspace:webhooks_one", args=[webhook_id])
    more = urlencode({"state": state, "cursor": page.next_cursor}) if page.next_cursor else ""
    context = {
        "line": _describe(webhook),
        "webhook": webhook,
        "deliveries": [_describe_delivery(each) for each in page.rows],
        "chips": [
            StateChip(label, f"{address}?{urlencode({'state': key})}" if key else address, key == state)
            for key, label in STATES.items()
        ],
        "more_url": f"{address}?{more}" if more else "",
        "secret": secret,
        "refusal": refusal,
        "may_write": may_business(Ability.WRITE),
        "changes": describe_changes(((webhook_id, each) for each in log[:LATEST]), {}),
        "now": utc_now(),
    }
    return render(request, "workspace/webhooks/page.html", context, status=status)
