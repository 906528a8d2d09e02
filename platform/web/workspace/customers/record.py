"""Making the record of a customer, and changing it; whoever saves over somebody else is told first."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext

from accounts.policies import Permission
from edge.access import requires
from edge.statuses import get_status
from kernel.clock import utc_now
from kernel.errors import Conflict, Forbidden, Invalid
from scheduling.errors.customers import CustomerChanged
from scheduling.selectors.customers.profile import list_steps
from scheduling.selectors.customers.records import get_customer
from scheduling.services.customers.records import change_customer, create_customer
from scheduling.types import CustomerSetup, CustomerView
from tenants.enums import Ability
from tenants.policies import may_business
from web.errors import translate_error
from web.parts.toasts import Toast, go_on
from web.workspace.actors import make_actor
from web.workspace.customers.forms import CustomerForm, show_setup
from web.workspace.customers.profile import describe_steps


@requires(Permission.CUSTOMER_MANAGE)
def make_customer(request: HttpRequest) -> HttpResponse:
    """Show an empty record, or keep what was typed into it."""
    if request.method != "POST":
        return _render(request, CustomerForm(initial=show_setup(CustomerSetup(name=""))))
    form = CustomerForm(request.POST)
    if not form.is_valid():
        return _render(request, form, status=422)
    try:
        made = create_customer(setup=CustomerSetup(**form.read_changes()), by=make_actor(request), now=utc_now())
    except Invalid as error:
        form.refuse(error)
        return _render(request, form, status=422)
    except (Conflict, Forbidden) as error:
        form.add_error(None, translate_error(error))
        return _render(request, form, status=get_status(error))
    toast = Toast(title=gettext("Customer added"), text=form.cleaned_data["name"])
    return go_on(request, toast, to=reverse("workspace:customer", args=[made]))


@requires(Permission.CUSTOMER_MANAGE)
def change_record(request: HttpRequest, customer_id: int) -> HttpResponse:
    """Show the record to be changed, or keep what was typed."""
    customer = get_customer(customer_id=customer_id)
    if request.method != "POST":
        return _render(request, CustomerForm(initial=show_setup(customer.setup)), customer)
    form = CustomerForm(request.POST)
    if not form.is_valid():
        return _render(request, form, customer, seen=request.POST.get("seen", ""), status=422)
    try:
        is_changed = change_customer(
            customer_id=customer_id,
            changes=form.read_changes(customer.setup.contacts),
            seen=request.POST.get("seen", "") or "-",
            by=make_actor(request),
            now=utc_now(),
        )
    except CustomerChanged as error:
        # The mark is that of now: who has read what the other one did may save over it.
        return _render(request, form, customer, is_clash=True, status=get_status(error))
    except Invalid as error:
        form.refuse(error)
        return _render(request, form, customer, seen=request.POST.get("seen", ""), status=422)
    except Forbidden as error:
        form.add_error(None, translate_error(error))
        return _render(request, form, customer, status=get_status(error))
    title = gettext("Saved") if is_changed else gettext("Nothing changed.")
    toast = Toast(title=title, text=form.cleaned_data["name"])
    return go_on(request, toast, to=reverse("workspace:customer", args=[customer_id]))


def _render(
    request: HttpRequest,
    form: CustomerForm,
    customer: CustomerView | None = None,
    *,
    seen: str = "",
    is_clash: bool = False,
    status: int = 200,
) -> HttpResponse:
    context: dict[str, Any] = {
        "form": form,
        "customer": customer,
        "seen": seen or (customer.mark if customer else ""),
        "clash": describe_steps(list_steps(customer.id)[:1]) if is_clash and customer else (),
        "is_clash": is_clash,
        "may_write": may_business(Ability.WRITE),
    }
    return render(request, "workspace/customers/form.html", context, status=status)
