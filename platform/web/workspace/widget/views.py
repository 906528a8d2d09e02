"""The widget: how it looks, the code, the sites that may show it, and why it does not show."""

from __future__ import annotations

from csp.constants import SELF
from csp.decorators import csp_update
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext
from django.views.decorators.http import require_POST, require_safe

from accounts.policies import Permission
from edge.access import requires
from edge.language import current_language
from edge.limits import check_limits
from edge.statuses import get_status
from kernel.clock import utc_now
from kernel.errors import Conflict, DomainError, Forbidden, Invalid, LimitReached
from kernel.limits import Ask
from scheduling.enums import ActorKind
from scheduling.services.catalog.business import sites
from scheduling.types import Actor
from tenants.context import current_tenant
from tenants.enums import Ability
from tenants.hosts import make_base_url
from tenants.policies import may_business
from web.errors import add_wait, translate_error
from web.parts.toasts import Toast, go_on
from web.widget.sightings import list_sightings
from web.workspace.widget.checking import Line, check_page
from web.workspace.widget.coloring import color_code
from web.workspace.widget.forms import CheckForm, LookForm, SiteForm
from web.workspace.widget.snippets import make_snippet

REFUSALS = (Conflict, Forbidden, Invalid, LimitReached)
OPEN_FRAMES = csp_update({"frame-src": [SELF]})
"""For the preview, which is the widget itself."""


@requires(Permission.SETTINGS_MANAGE)
@require_safe
@OPEN_FRAMES
def show(request: HttpRequest) -> HttpResponse:
    """Show the widget as the address says, its code, and the sites."""
    return _render(request)


@requires(Permission.SETTINGS_MANAGE)
@require_POST
@OPEN_FRAMES
def add_site(request: HttpRequest) -> HttpResponse:
    """Take a site that somebody typed; what is wrong with it is said at the field, and it stays there."""
    form = SiteForm(request.POST)
    form.is_valid()  # the field takes anything
    try:
        site = sites.add_site(typed=request.POST.get("site", ""), by=_get_actor(request), now=utc_now())
    except REFUSALS as error:
        return _refuse(request, form, "site", error)
    return go_on(request, Toast(title=gettext("Site added"), text=site), to=reverse("workspace:widget"))


@requires(Permission.SETTINGS_MANAGE)
@require_POST
@OPEN_FRAMES
def remove_site(request: HttpRequest) -> HttpResponse:
    """Let a site show the widget no longer."""
    site = request.POST.get("site", "")
    try:
        sites.remove_site(site=site, by=_get_actor(request), now=utc_now())
    except REFUSALS as error:
        return _refuse(request, SiteForm({}), "site", error)
    return go_on(request, Toast(title=gettext("Site removed"), text=site), to=reverse("workspace:widget"))


@requires(Permission.SETTINGS_MANAGE)
@require_POST
@OPEN_FRAMES
def check(request: HttpRequest) -> HttpResponse:
    """Load the page that somebody typed, and say what blocks the widget there."""
    form = CheckForm(request.POST)
    form.is_valid()
    typed = request.POST.get("url", "").strip()
    try:
        check_limits(Ask("widget_checks", current_tenant().schema_name))
        lines = check_page(typed if "://" in typed else f"https://{typed}", current_tenant())
    except REFUSALS as error:
        return _refuse(request, form, "url", error)
    return _render(request, check_form=form, lines=lines)


def _get_actor(request: HttpRequest) -> Actor:
    return Actor(kind=ActorKind.STAFF, user_id=int(request.user.pk or 0))


def _refuse(request: HttpRequest, form: SiteForm | CheckForm, name: str, error: DomainError) -> HttpResponse:
    if isinstance(error, Invalid) and error.errors:
        form.refuse(error)
    else:
        form.add_error(name, translate_error(error))
    forms = {"site_form": form} if isinstance(form, SiteForm) else {"check_form": form}
    return add_wait(_render(request, status=get_status(error), **forms), error)


def _render(
    request: HttpRequest,
    *,
    status: int = 200,
    site_form: SiteForm | None = None,
    check_form: CheckForm | None = None,
    lines: tuple[Line, ...] = (),
) -> HttpResponse:
    tenant = current_tenant()
    form = LookForm(request.GET, language=current_language(), label=gettext("Book an appointment"))
    look, place = form.read_look(accent=tenant.accent)
    snippet = make_snippet(look, place, make_base_url(tenant.primary_host))
    context = {
        "form": form,
        "look": look,
        "place": place,
        "attributes": look.list_attributes(),
        "snippet": snippet,
        "pieces": color_code(snippet.code, is_script=place == "react"),
        "sites": list_sightings(tenant.profile.widget_sites),
        "site_form": site_form or SiteForm(),
        "check_form": check_form or CheckForm(),
        "lines": lines,
        "may_write": may_business(Ability.WRITE),
    }
    return render(request, "workspace/widget/page.html", context, status=status)
