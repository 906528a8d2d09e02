"""What visits are about goes to another owner; it is archived, and brought back."""

from __future__ import annotations

from datetime import date
from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext, gettext_lazy, pgettext
from django.views.decorators.http import require_POST

from accounts.policies import Permission
from edge.access import requires
from edge.statuses import get_status
from kernel.clock import utc_now
from kernel.errors import Conflict, DomainError, Forbidden, Invalid
from kernel.ids import read_row_id
from scheduling.enums import ContactKind, CustomerKind
from scheduling.errors import CustomerNotFound
from scheduling.errors.customers import CustomerKnown
from scheduling.selectors.customers.assets import get_asset
from scheduling.selectors.customers.listing import list_for_desk
from scheduling.selectors.customers.owners import list_owners
from scheduling.selectors.customers.records import get_customer
from scheduling.services.customers.owners import archive_asset, move_asset, move_asset_to_new, restore_asset
from scheduling.services.writing.inputs import NAME_LENGTH, NAME_MISSING, NAME_TOO_LONG
from scheduling.types import AssetView, ContactSetup, CustomersAsked, CustomerSetup, CustomerView
from tenants.context import current_tenant
from tenants.enums import Ability
from tenants.policies import may_business
from web.errors import translate_error
from web.formats import to_local
from web.parts.contacts import EmailField, PhoneField
from web.parts.fields import DateField, TextField
from web.parts.forms import PageForm
from web.parts.toasts import Toast, Undo, go_on
from web.workspace.actors import make_actor
from web.workspace.customers.forms import PHONE_ATTRS

MOST_FOUND = 10


class MoveForm(PageForm):
    """From which day on it is somebody else's."""

    on = DateField(label=gettext_lazy("Theirs since"), widget=forms.DateInput({"type": "date"}))


class NewOwnerForm(MoveForm):
    """Somebody who has no record yet."""

    name = TextField(
        label=gettext_lazy("Name"),
        max_length=NAME_LENGTH,
        error_messages={"required": gettext_lazy(NAME_MISSING), "max_length": gettext_lazy(NAME_TOO_LONG)},
    )
    phone = PhoneField(label=gettext_lazy("Phone"), required=False, widget=forms.TextInput(PHONE_ATTRS))
    email = EmailField(label=gettext_lazy("E-mail"), required=False, attrs={"autocomplete": "off"})
    field_order = ("name", "phone", "email", "on")

    def read_setup(self) -> CustomerSetup:
        """Return the record that is made."""
        pairs = ((ContactKind.PHONE, "phone"), (ContactKind.EMAIL, "email"))
        contacts = tuple(ContactSetup(kind, self.cleaned_data[key]) for kind, key in pairs if self.cleaned_data[key])
        return CustomerSetup(
            name=self.cleaned_data["name"],
            kind=CustomerKind.PERSON,
            contacts=contacts,
            locale=current_tenant().locale,
        )


@requires(Permission.CUSTOMER_MANAGE)
def change_owner(request: HttpRequest, asset_id: int) -> HttpResponse:
    """Let somebody say whose it is from which day on: a customer who is looked for, or somebody new."""
    asset = get_asset(asset_id=asset_id)
    said = request.POST if request.method == "POST" else request.GET
    to = _find(read_row_id(said.get("to")))
    if request.method != "POST":
        return _render(request, asset, to, _make_form(to))
    form = _make_form(to, request.POST)
    if not form.is_valid():
        return _render(request, asset, to, form, status=422)
    try:
        owner_id = _move(request, asset, to, form)
    except Invalid as error:
        form.refuse(error)
        return _render(request, asset, to, form, status=422)
    except (Conflict, Forbidden) as error:
        form.add_error(None, translate_error(error))
        return _render(request, asset, to, form, is_known=isinstance(error, CustomerKnown), status=get_status(error))
    toast = Toast(title=gettext("It changed hands"), text=get_customer(customer_id=owner_id).setup.name)
    return go_on(request, toast, to=reverse("workspace:customer_asset", args=[asset_id]))


@requires(Permission.CUSTOMER_MANAGE)
@require_POST
def archive(request: HttpRequest, asset_id: int) -> HttpResponse:
    """Offer it no more."""
    return _switch(request, asset_id, is_archived=True)


@requires(Permission.CUSTOMER_MANAGE)
@require_POST
def restore(request: HttpRequest, asset_id: int) -> HttpResponse:
    """Offer it again."""
    return _switch(request, asset_id, is_archived=False)


def _switch(request: HttpRequest, asset_id: int, *, is_archived: bool) -> HttpResponse:
    asset, to = get_asset(asset_id=asset_id), reverse("workspace:customer_asset", args=[asset_id])
    try:
        (archive_asset if is_archived else restore_asset)(asset_id=asset_id, now=utc_now())
    except DomainError as error:
        return go_on(request, Toast(title=asset.label, text=translate_error(error), tone="bad"), to=to)
    title = pgettext("of one", "Archived") if is_archived else pgettext("of one", "Restored")
    back = reverse("workspace:customer_asset_restore", args=[asset_id])
    undo = Undo(url=back, fields={}) if is_archived else None
    return go_on(request, Toast(title=title, text=asset.label, undo=undo), to=to)


def _move(request: HttpRequest, asset: AssetView, to: CustomerView | None, form: MoveForm) -> int:
    on: date = form.cleaned_data["on"]
    seen, by, now = read_row_id(request.POST.get("from")), make_actor(request), utc_now()
    if isinstance(form, NewOwnerForm):
        return move_asset_to_new(asset_id=asset.id, setup=form.read_setup(), on=on, from_id=seen, by=by, now=now)
    owner_id = to.id if to else 0
    move_asset(asset_id=asset.id, to_id=owner_id, on=on, from_id=seen, by=by, now=now)
    return owner_id


def _find(customer_id: int | None) -> CustomerView | None:
    try:
        return None if customer_id is None else get_customer(customer_id=customer_id)
    except CustomerNotFound:
        return None


def _make_form(to: CustomerView | None, data: Any = None) -> MoveForm:
    today = to_local(utc_now(), current_tenant().timezone).date()
    initial = {"on": today.isoformat()}
    return NewOwnerForm(data, initial=initial) if to is None else MoveForm(data, initial=initial)


def _render(
    request: HttpRequest,
    asset: AssetView,
    to: CustomerView | None,
    form: MoveForm,
    *,
    is_known: bool = False,
    status: int = 200,
) -> HttpResponse:
    typed = " ".join(request.GET.get("q", "").split())
    if is_known:  # somebody of this name is here already: they are offered
        typed = str(form["name"].value() or "")
    found = list_for_desk(CustomersAsked(search=typed, limit=MOST_FOUND), now=utc_now()).rows if typed else ()
    context = {
        "asset": asset,
        "owner": get_customer(customer_id=asset.customer_id),
        "owners": list_owners(asset_id=asset.id),
        "to": to,
        "form": form,
        "typed": typed,
        "found": [row for row in found if row.id != asset.customer_id],
        "may_write": may_business(Ability.WRITE),
    }
    return render(request, "workspace/customers/asset_owner.html", context, status=status)
