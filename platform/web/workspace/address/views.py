"""The addresses of the business: the one that it has with us, and the domain that it brings along."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from urllib.parse import quote

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext
from django.views.decorators.http import require_POST, require_safe

from accounts.policies import Permission, has_permission
from audit.selectors.log import list_changes
from audit.services.addresses import ADDRESS
from edge.access import requires
from edge.statuses import get_status
from kernel.clock import utc_now
from kernel.errors import Conflict, DomainError, Forbidden, Invalid, LimitReached, NotFound
from kernel.text import mark
from tenants.context import current_tenant
from tenants.domains import show_domain
from tenants.enums import Ability, AddressEvent
from tenants.hosts import is_below_platform, make_base_url
from tenants.policies import may_business
from tenants.selectors.addresses import find_own_domain, list_former_addresses
from tenants.services.addresses import claims, moving
from tenants.types import OwnDomainView
from web.errors import add_wait, translate_error
from web.parts.toasts import Toast, go_on
from web.workspace.address.forms import AddressForm, DomainForm

WORDS = {
    AddressEvent.MOVED: mark("Address changed from %(old)s to %(new)s"),
    AddressEvent.CLAIMED: mark("Domain typed: %(new)s"),
    AddressEvent.VERIFIED: mark("Domain verified: %(new)s"),
    AddressEvent.FALLEN: mark("The domain no longer led here: %(old)s"),
    AddressEvent.REMOVED: mark("Domain removed: %(old)s"),
}
REFUSALS = (Conflict, Forbidden, Invalid, LimitReached, NotFound)


@dataclass(frozen=True, slots=True)
class Line:
    """Something that was done, or found out; ``by`` is empty when nobody of the business did it."""

    text: str
    by: str
    at: datetime


@requires(Permission.SETTINGS_MANAGE)
@require_safe
def show(request: HttpRequest) -> HttpResponse:
    """Show both addresses, how far the domain is, and what was done."""
    return _render(request)


@requires(Permission.ADDRESS_MANAGE)
@require_POST
def claim(request: HttpRequest) -> HttpResponse:
    """Take a domain that somebody typed; what is wrong with it is said at the field, and it stays there."""
    form = DomainForm(request.POST)
    form.is_valid()  # the field takes anything
    try:
        claims.claim_domain(typed=request.POST.get("name", ""), author_id=_get_author(request), now=utc_now())
    except Invalid as error:
        form.refuse(error)
        return _render(request, form=form, status=get_status(error))
    except REFUSALS as error:
        form.add_error("name", translate_error(error))
        return add_wait(_render(request, form=form, status=get_status(error)), error)
    toast = Toast(title=gettext("Domain noted"), text=gettext("Now add the two records where you bought it"))
    return go_on(request, toast, to=reverse("workspace:address"))


@requires(Permission.ADDRESS_MANAGE)
@require_POST
def check(request: HttpRequest) -> HttpResponse:
    """Have the domain looked at now."""
    try:
        claims.ask_check(now=utc_now())
    except REFUSALS as error:
        return _refuse(request, error)
    return go_on(request, Toast(title=gettext("We are looking at it")), to=reverse("workspace:address"))


@requires(Permission.ADDRESS_MANAGE)
@require_POST
def remove(request: HttpRequest) -> HttpResponse:
    """Give the domain up that the page showed."""
    name = request.POST.get("name", "")
    try:
        claims.remove_domain(name=name, author_id=_get_author(request), now=utc_now())
    except REFUSALS as error:
        return _refuse(request, error)
    toast = Toast(title=gettext("Domain removed"), text=show_domain(name))
    return go_on(request, toast, to=reverse("workspace:address"))


@requires(Permission.ADDRESS_MANAGE)
def change(request: HttpRequest) -> HttpResponse:
    """Show what another address means, and take it.

    The answer is a page and no redirect: browsers let no form of ours lead to another host.
    """
    if request.method != "POST":
        return _render_change(request, AddressForm())
    form = AddressForm(request.POST)
    if not form.is_valid():
        return _render_change(request, form, status=422)
    slug = form.cleaned_data["slug"]
    try:
        tenant = moving.change_address(slug=slug, author_id=_get_author(request), now=utc_now())
    except Invalid as error:
        form.refuse(error)
        return _render_change(request, form, status=get_status(error))
    except REFUSALS as error:
        form.add_error("slug", translate_error(error))
        return add_wait(_render_change(request, form, status=get_status(error)), error)
    if tenant.slug == current_tenant().slug or not is_below_platform(request.get_host()):
        toast = Toast(title=gettext("This is your address"), text=tenant.home_host)
        return go_on(request, toast, to=reverse("workspace:address"))
    url = make_base_url(tenant.home_host) + reverse("account_login")
    return render(request, "workspace/address/moved.html", {"moved": tenant, "sign_in_url": url})


def _get_author(request: HttpRequest) -> int:
    return int(request.user.pk or 0)


def _refuse(request: HttpRequest, error: DomainError) -> HttpResponse:
    return add_wait(_render(request, status=get_status(error), refusal=translate_error(error)), error)


def _render_change(request: HttpRequest, form: AddressForm, *, status: int = 200) -> HttpResponse:
    context = {"form": form, "may_write": may_business(Ability.WRITE)}
    return render(request, "workspace/address/change.html", context, status=status)


def _render(
    request: HttpRequest, *, form: DomainForm | None = None, status: int = 200, refusal: str = ""
) -> HttpResponse:
    own = find_own_domain()
    context = {
        "own": own,
        "form": form or DomainForm(),
        "is_typing": form is not None,
        "mail_url": _make_mail(own) if own else "",
        "open_url": f"{make_base_url(current_tenant().primary_host)}/",
        "former": list_former_addresses(now=utc_now()),
        "lines": _list_lines(),
        "refusal": refusal,
        "may_write": may_business(Ability.WRITE) and has_permission(request.user, Permission.ADDRESS_MANAGE),
    }
    return render(request, "workspace/address/page.html", context, status=status)


def _list_lines() -> list[Line]:
    lines = []
    for each in list_changes(noun=ADDRESS, row_id=current_tenant().id):
        for field in each.fields:
            hosts = {"old": show_domain(str(field.old)), "new": show_domain(str(field.new))}
            lines.append(Line(gettext(WORDS[AddressEvent(field.name)]) % hosts, each.user_name, each.at))
    return lines


def _make_mail(own: OwnDomainView) -> str:
    """Return a link that opens a mail to whoever looks after the domain; nothing is sent by us."""
    records = "\n\n".join(
        gettext("Type: %(kind)s\nName: %(name)s (%(full)s)\nValue: %(value)s")
        % {"kind": each.kind, "name": each.name, "full": each.full_name, "value": each.value}
        for each in own.records
    )
    body = gettext("Hello:\n\nPlease add these two records to the DNS of %(domain)s:\n\n%(records)s\n\nThank you.") % {
        "domain": own.name,
        "records": records,
    }
    subject = gettext("Two DNS records for %(domain)s") % {"domain": own.name}
    return f"mailto:?subject={quote(subject)}&body={quote(body)}"
