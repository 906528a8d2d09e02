"""What is done in a row of the list of services, and saved at once: its price, and whether customers book it."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext
from django.views.decorators.http import require_POST, require_safe

from accounts.policies import Permission, has_permission
from edge.access import requires
from edge.statuses import get_status
from kernel.clock import utc_now
from kernel.errors import Conflict, Forbidden, Invalid
from kernel.money import Price
from scheduling.errors import ServiceNotFound
from scheduling.services.catalog.batches.prices import change_prices, set_online
from scheduling.types import Entry, ServiceSetup
from tenants.context import current_tenant
from tenants.enums import Ability
from tenants.policies import may_business
from web.errors import translate_error
from web.parts.fields import format_amount
from web.parts.toasts import Toast, Undo, add_triggers, go_on, is_fragment_asked
from web.templatetags.formats import get_current_formats
from web.workspace.actors import make_actor
from web.workspace.catalog.pages import SERVICES
from web.workspace.catalog.prices.forms import PriceForm
from web.workspace.catalog.rows import list_rows

EDITED = "workspace/catalog/price_row.html"


@requires(Permission.CATALOG_MANAGE)
@require_safe
def show_row(request: HttpRequest, row_id: int) -> HttpResponse:
    """Answer a row as the list draws it: an edit of its price is left, or something else changed it."""
    if not is_fragment_asked(request):
        return go_to_list()
    return draw_row(request, row_id, focus="price")


@requires(Permission.CATALOG_MANAGE)
def edit_price(request: HttpRequest, row_id: int) -> HttpResponse:
    """Ask for a price in its row, or on a page of its own where no script runs, and save it."""
    entry = SERVICES.load(row_id, utc_now())
    if request.method != "POST":
        return _ask_price(request, PriceForm(entry=entry))
    form = PriceForm(request.POST, entry=entry)
    if not form.is_valid():
        return _ask_price(request, form, status=422)
    try:
        versions = change_prices(lines=[form.make_line()], by=make_actor(request), now=utc_now())
    except Invalid as error:
        form.refuse_line(error, SERVICES.load(row_id, utc_now()))
        return _ask_price(request, form, status=get_status(error))
    is_changed = versions[row_id] != entry.version
    undo = Undo(request.path, _spell(form, entry, versions[row_id])) if "undo" not in request.POST else None
    toast = Toast(gettext("Price saved"), _tell_price(row_id), undo=undo) if is_changed else None
    if not is_fragment_asked(request):
        return go_on(request, toast, to=SERVICES.list_url) if toast else go_to_list()
    answer = draw_row(request, row_id, focus="price")
    return add_triggers(answer, toast) if toast else answer


@requires(Permission.CATALOG_MANAGE)
@require_POST
def put_online(request: HttpRequest, row_id: int) -> HttpResponse:
    """Offer a service to customers at once."""
    return _switch(request, row_id, is_online=True)


@requires(Permission.CATALOG_MANAGE)
@require_POST
def take_offline(request: HttpRequest, row_id: int) -> HttpResponse:
    """Leave a service to staff at once."""
    return _switch(request, row_id, is_online=False)


def draw_row(request: HttpRequest, row_id: int, *, focus: str) -> HttpResponse:
    """Answer a row of the list, in the place of the one that is there."""
    row = next((each for each in list_rows(utc_now(), "") if each.entry.id == row_id), None)
    if row is None:
        raise ServiceNotFound
    may_edit = has_permission(request.user, Permission.CATALOG_MANAGE)
    context = {
        "page": SERVICES,
        "row": row,
        "entry": row.entry,
        "setup": row.entry.setup,
        "focus": focus,
        "may_edit": may_edit,
        "may_write": may_edit and may_business(Ability.WRITE),
    }
    return _aim(render(request, "workspace/catalog/service_line.html", context), row_id)


def go_to_list() -> HttpResponse:
    """Send a browser that asked for a part to the whole list."""
    answer = HttpResponse(status=302)
    answer.headers["Location"] = SERVICES.list_url
    return answer


def _switch(request: HttpRequest, row_id: int, *, is_online: bool) -> HttpResponse:
    entry = SERVICES.load(row_id, utc_now())
    try:
        set_online(service_id=row_id, is_online=is_online, by=make_actor(request), now=utc_now())
    except (Conflict, Forbidden) as error:
        toast = Toast(entry.setup.name, translate_error(error), tone="bad")
    else:
        back = reverse(f"workspace:services_{'offline' if is_online else 'online'}", args=[row_id])
        title = gettext("Customers can book it online") if is_online else gettext("Only staff can book it now")
        toast = Toast(title, entry.setup.name, undo=None if "undo" in request.POST else Undo(back, {"undo": "yes"}))
    if not is_fragment_asked(request):
        return go_on(request, toast, to=SERVICES.list_url)
    return add_triggers(draw_row(request, row_id, focus="online"), toast)


def _ask_price(request: HttpRequest, form: PriceForm, *, status: int = 200) -> HttpResponse:
    is_part = is_fragment_asked(request)
    context = {"form": form, "entry": form.entry, "setup": form.entry.setup, "page": SERVICES}
    answer = render(request, EDITED if is_part else "workspace/catalog/price.html", context, status=status)
    return _aim(answer, form.entry.id) if is_part else answer


def _aim(answer: HttpResponse, row_id: int) -> HttpResponse:
    """Let htmx put an answer in the place of the row, whatever asked for it: the row itself, or a notice's undo."""
    answer.headers["HX-Retarget"] = f"tr:has(#service-{row_id})"
    answer.headers["HX-Reswap"] = "outerHTML settle:0s"  # who types fast is never ahead of the script
    return answer


def _spell(form: PriceForm, before: Entry[ServiceSetup], version: int) -> dict[str, str]:
    """Return what sends the price that was there before, to take back the change."""
    price = before.setup.price_minor
    return {
        form["price_kind"].html_name: before.setup.price_kind.value,
        form["price"].html_name: "" if price is None else format_amount(price),
        form["version"].html_name: str(version),
        "undo": "yes",
    }


def _tell_price(row_id: int) -> str:
    setup = SERVICES.load(row_id, utc_now()).setup
    price = Price(setup.price_minor, current_tenant().currency, is_from=setup.is_price_from)
    return f"{setup.name}: {get_current_formats().format_price(price)}"
