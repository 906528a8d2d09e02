"""The page of the price list."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext, ngettext

from accounts.policies import Permission
from edge.access import requires
from edge.statuses import get_status
from kernel.clock import utc_now
from kernel.errors import Invalid
from scheduling.services.catalog.batches.prices import change_prices
from tenants.enums import Ability
from tenants.policies import may_business
from web.parts.toasts import Toast, go_on
from web.templatetags.formats import get_current_formats
from web.workspace.actors import make_actor
from web.workspace.catalog.pages import SERVICES
from web.workspace.catalog.prices.sheet import PriceSheet, RaiseForm, load_sheet, raise_prices


@requires(Permission.CATALOG_MANAGE)
def edit_prices(request: HttpRequest) -> HttpResponse:
    """Show all prices, and save those that were changed, all or none."""
    if request.method != "POST":
        return _render(request, load_sheet(utc_now()), RaiseForm())
    sheet = load_sheet(utc_now(), request.POST)
    if request.POST.get("do") == "raise":
        raising = RaiseForm(request.POST)
        if not raising.is_valid():
            return _render(request, sheet, raising, status=422)
        return _render(request, raise_prices(sheet, raising.cleaned_data["percent"]), RaiseForm())
    if not sheet.is_valid():
        return _render(request, sheet, RaiseForm(), status=422)
    lines = [form.make_line() for form in sheet.touched]
    try:
        change_prices(lines=lines, by=make_actor(request), now=utc_now())
    except Invalid as error:
        sheet.refuse(error)
        return _render(request, sheet, RaiseForm(), status=get_status(error))
    text = ngettext("%(count)s service", "%(count)s services", len(lines)) % {"count": len(lines)}
    title = gettext("Prices saved") if lines else gettext("Nothing was changed")
    return go_on(request, Toast(title=title, text=text if lines else ""), to=reverse("workspace:services_prices"))


def _render(request: HttpRequest, sheet: PriceSheet, raising: RaiseForm, *, status: int = 200) -> HttpResponse:
    context = {
        "page": SERVICES,
        "form": sheet,
        "raising": raising,
        "touched": len(sheet.touched),
        "decimal": get_current_formats().format_number(0.5, decimals=1)[1],
        "may_write": may_business(Ability.WRITE),
    }
    return render(request, "workspace/catalog/prices.html", context, status=status)
