"""The pages about webhooks: the list, one with its log, adding and changing, and what one press does."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from urllib.parse import urlencode, urlsplit

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext, gettext_lazy
from django.views.decorators.http import require_POST, require_safe

from accounts.policies import Permission
from edge.access import requires
from edge.statuses import get_status
from kernel.clock import utc_now
from kernel.errors import Conflict, Forbidden, Invalid
from kernel.text import mark
from notifications.enums import WebhookEnd, WebhookOff
from notifications.selectors.webhook_secrets import find_secret
from notifications.selectors.webhooks import WAITING, get_endpoint, list_deliveries, list_endpoints
from notifications.services.webhooks import endpoints
from notifications.types.webhooks import DeliveryView, EndpointView
from tenants.enums import Ability
from tenants.policies import may_business
from web.errors import translate_error
from web.parts.lists import PAGE_SIZE
from web.parts.toasts import Toast, go_on
from web.workspace.webhooks.forms import WebhookForm, say_event

Act = Callable[[int], object]
ACTS: Mapping[str, tuple[Act, str]] = {
    "test": (
        lambda pk: endpoints.send_test(endpoint_id=pk, now=utc_now()),
        mark("A test is on its way: the log says what became of it"),
    ),
    "rotate": (
        lambda pk: endpoints.rotate_secret(endpoint_id=pk, now=utc_now()),
        mark("There is a new secret; for 24 hours the one before works as well"),
    ),
    "on": (lambda pk: endpoints.switch_endpoint(endpoint_id=pk, is_on=True, now=utc_now()), mark("The webhook is on")),
    "off": (
        lambda pk: endpoints.switch_endpoint(endpoint_id=pk, is_on=False, now=utc_now()),
        mark("The webhook is off"),
    ),
    "remove": (lambda pk: endpoints.remove_endpoint(endpoint_id=pk), mark("Webhook removed")),
}
"""What one press does, and what is said then."""
SECRET = "secret"  # noqa: S105 - the name of an act
STATES: Mapping[str, str | Promise] = {"": gettext_lazy("All"), WAITING: gettext_lazy("Waiting")} | {
    end.value: end.label for end in WebhookEnd
}
TONES: Mapping[str, str] = {WebhookEnd.DELIVERED: "good", WebhookEnd.FAILED: "bad", WebhookEnd.DROPPED: ""}
REFUSALS = (Conflict, Forbidden)


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
    """Show which programs hear of what."""
    lines = [_describe(each) for each in list_endpoints()]
    context = {"lines": lines, "may_add": may_business(Ability.WRITE) and len(lines) < endpoints.MOST_ENDPOINTS}
    return render(request, "workspace/webhooks/list.html", context)


@requires(Permission.SETTINGS_MANAGE)
def add(request: HttpRequest) -> HttpResponse:
    """Take the address of a program, and show where its secret is."""
    if request.method != "POST":
        return _render_form(request, WebhookForm())

    def save(url: str, events: list[str]) -> int:
        return endpoints.add_endpoint(url=url, events=events, now=utc_now())

    return _save(request, save, said=gettext("Webhook added"))


@requires(Permission.SETTINGS_MANAGE)
def change(request: HttpRequest, webhook_id: int) -> HttpResponse:
    """Change where a webhook goes, and what it tells."""
    webhook = get_endpoint(webhook_id)
    if request.method != "POST":
        return _render_form(request, WebhookForm(initial={"url": webhook.url, "events": webhook.events}), webhook)

    def save(url: str, events: list[str]) -> int:
        endpoints.change_endpoint(endpoint_id=webhook_id, url=url, events=events)
        return webhook_id

    return _save(request, save, said=gettext("Saved"), webhook=webhook)


@requires(Permission.SETTINGS_MANAGE)
@require_safe
def show(request: HttpRequest, webhook_id: int) -> HttpResponse:
    """Show a webhook with its log."""
    return _render_one(request, webhook_id)


@requires(Permission.SETTINGS_MANAGE)
@require_POST
def act(request: HttpRequest, webhook_id: int, act: str) -> HttpResponse:
    """Do what one press does; the secret is shown by this answer and stands in no address."""
    if act == SECRET:
        return _render_one(request, webhook_id, secret=find_secret(webhook_id))
    if act not in ACTS:
        raise Http404
    do, said = ACTS[act]
    try:
        do(webhook_id)
    except REFUSALS as error:
        return _render_one(request, webhook_id, refusal=translate_error(error), status=get_status(error))
    to = reverse("workspace:webhooks") if act == "remove" else reverse("workspace:webhooks_one", args=[webhook_id])
    return go_on(request, Toast(title=gettext(said)), to=to)


@requires(Permission.SETTINGS_MANAGE)
@require_POST
def again(request: HttpRequest, webhook_id: int, delivery_id: int) -> HttpResponse:
    """Send once more what was sent, given up or not sent."""
    try:
        endpoints.send_again(endpoint_id=webhook_id, delivery_id=delivery_id, now=utc_now())
    except REFUSALS as error:
        return _render_one(request, webhook_id, refusal=translate_error(error), status=get_status(error))
    toast = Toast(title=gettext("It is being sent again"))
    return go_on(request, toast, to=reverse("workspace:webhooks_one", args=[webhook_id]))


def _save(
    request: HttpRequest, save: Callable[[str, list[str]], int], *, said: str, webhook: EndpointView | None = None
) -> HttpResponse:
    form = WebhookForm(request.POST)
    form.is_valid()  # the room below judges, and says what is wrong with both fields at once
    try:
        saved = save(request.POST.get("url", ""), request.POST.getlist("events"))
    except Invalid as error:
        form.refuse(error)
        return _render_form(request, form, webhook, status=get_status(error))
    except REFUSALS as error:
        form.add_error(None, translate_error(error))
        return _render_form(request, form, webhook, status=get_status(error))
    return go_on(request, Toast(title=said), to=reverse("workspace:webhooks_one", args=[saved]))


def _describe(webhook: EndpointView) -> WebhookLine:
    return WebhookLine(
        webhook,
        host=urlsplit(webhook.url).netloc,
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
        "now": utc_now(),
    }
    return render(request, "workspace/webhooks/page.html", context, status=status)
