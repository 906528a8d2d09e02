"""A resource once more, under another name."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext, gettext_lazy

from accounts.policies import Permission
from edge.access import requires
from edge.statuses import get_status
from kernel.clock import utc_now
from kernel.errors import Conflict, Forbidden, Invalid
from scheduling.selectors.catalog.entries import get_resource_entry
from scheduling.services.catalog.batches.resource_copies import copy_resource
from web.errors import translate_error
from web.parts.fields import TextField
from web.parts.forms import PageForm
from web.parts.toasts import Toast, go_on
from web.workspace.actors import make_actor
from web.workspace.team.pages import RESOURCES


class CopyForm(PageForm):
    """How the copy is called."""

    name = TextField(label=gettext_lazy("Name of the copy"), max_length=120, attrs={"autocomplete": "off"})
    focus_first = "name"


@requires(Permission.CATALOG_MANAGE)
def copy(request: HttpRequest, row_id: int) -> HttpResponse:
    """Ask for a name, make the copy and open it."""
    entry = get_resource_entry(resource_id=row_id, now=utc_now())
    form = CopyForm(request.POST if request.method == "POST" else None)
    status = 200
    if form.is_bound:
        status = 422
        if form.is_valid():
            try:
                name = form.cleaned_data["name"]
                copy_id = copy_resource(resource_id=row_id, name=name, by=make_actor(request), now=utc_now())
            except Invalid as error:
                form.refuse(error)
                status = get_status(error)
            except (Conflict, Forbidden) as error:
                form.add_error(None, translate_error(error))
                status = get_status(error)
            else:
                return go_on(request, Toast(title=gettext("Copied"), text=name), to=RESOURCES.url("change", copy_id))
    context = {"page": RESOURCES, "entry": entry, "form": form, "urls": RESOURCES.list_urls(row_id)}
    return render(request, "workspace/team/copy.html", context, status=status)
