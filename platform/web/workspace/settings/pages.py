"""The page of the business: one form with history, in which two editors never overwrite each other."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, cast

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from accounts.policies import Permission
from edge.access import requires
from files.services.brand import BUSINESS, BUSINESS_PHOTO, LOGO
from kernel.clock import utc_now
from kernel.colors import clean_accent
from notifications.services.budgets import list_budgets, list_own_sizes
from scheduling.selectors.catalog.business import get_business_entry
from scheduling.selectors.catalog.entries import list_location_entries
from scheduling.services.catalog.business import settings
from scheduling.services.catalog.door import Noun
from tenants.context import current_tenant
from tenants.selectors.backups import find_standing
from web.accent import make_look, measure
from web.workspace.crud.editing import edit
from web.workspace.crud.history import show_history
from web.workspace.crud.page import CrudPage
from web.workspace.settings.forms import BusinessForm
from web.workspace.settings.reminders import describe_reminders

FOR_EVER = "private, max-age=31536000, immutable"


@dataclass(frozen=True, slots=True)
class LogNoun:
    """What the business is called in the log; it is no row of the catalog."""

    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class OnePage(CrudPage[Any, BusinessForm]):
    """A page of a thing of which there is one: no list, nothing to archive."""

    @property
    def list_url(self) -> str:
        """Return the address of the page itself."""
        return reverse("workspace:settings_business")

    def list_urls(self, row_id: int) -> dict[str, str]:  # noqa: ARG002 - there is one
        """Return the addresses, by what they do."""
        return {"change": self.list_url, "history": reverse("workspace:settings_business_history")}

    def url(self, what: str, row_id: int) -> str:
        """Return an address: ``change`` or ``history``."""
        return self.list_urls(row_id)[what]


BUSINESS_PAGE = OnePage(
    key="settings_business",
    noun=cast("Noun[Any]", LogNoun(settings.NOUN)),
    title=gettext_lazy("Business"),
    new_label=gettext_lazy("Business"),
    search_label="",
    empty_title="",
    empty_text="",
    icon="store",
    form=BusinessForm,
    list_rows=lambda _now, _search: (),
    load=lambda _row_id, _now: get_business_entry(),
    create=lambda _form, **_how: 0,
    change=lambda _row_id, form, *, version, by, now, is_restored: settings.change_business(  # noqa: ARG005 - as others
        setup=form.make_setup(), version=version, by=by, now=now
    ),
    columns=(),
    sorts={},
    row_template="",
    picture_kinds=(LOGO, BUSINESS_PHOTO),
    picture_owner=lambda _row_id: BUSINESS,
    form_template="workspace/settings/business.html",
    list_style="settings",
    may_see=Permission.SETTINGS_MANAGE,
    may_edit=Permission.SETTINGS_MANAGE,
    more=lambda: {
        "places": list_location_entries(now=utc_now()),
        "measured": measure(current_tenant().accent),
        "backup": find_standing(current_tenant().schema_name, now=utc_now()),
        "reminders": describe_reminders(),
        "budgets": list_budgets(current_tenant().schema_name, list_own_sizes(current_tenant()), now=utc_now()),
    },
)


@requires(Permission.SETTINGS_MANAGE)
def change(request: HttpRequest) -> HttpResponse:
    """Answer the form of the business, or save it."""
    return edit(request, BUSINESS_PAGE, current_tenant().id)


@requires(Permission.SETTINGS_MANAGE)
@require_safe
def history(request: HttpRequest) -> HttpResponse:
    """Answer who changed what."""
    return show_history(request, BUSINESS_PAGE, current_tenant().id)


@requires(Permission.SETTINGS_MANAGE)
@require_safe
def show_measured(request: HttpRequest) -> HttpResponse:
    """Answer how well the typed color can be read, for the form while somebody types."""
    color = clean_accent(f"#{request.GET.get('accent', '').strip().lower().removeprefix('#')}")
    context = {"measured": measure(color), "look_color": color}
    return render(request, "workspace/settings/measured.html", context)


@requires(Permission.SETTINGS_MANAGE)
@require_safe
def look_stylesheet(request: HttpRequest) -> HttpResponse:
    """Answer the colors of the examples on the page; the color is in the address, so it never changes."""
    color = clean_accent(f"#{request.GET.get('color', '')}")
    response = HttpResponse(make_look(color), content_type="text/css; charset=utf-8")
    response.headers["Cache-Control"] = FOR_EVER
    return response
