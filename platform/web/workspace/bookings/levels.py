"""How the customer of a booking may book from now on, with the reason and what was decided before."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext, gettext_lazy

from accounts.policies import Permission
from accounts.selectors.staff import list_staff
from edge.access import requires
from edge.statuses import get_status
from kernel.clock import utc_now
from kernel.errors import Forbidden, Invalid
from scheduling.enums import BookingLevel
from scheduling.errors import CustomerNotFound
from scheduling.selectors.bookings.levels import CustomerLevel, get_customer_level
from scheduling.selectors.bookings.views import get_booking
from scheduling.services.bookings.levels import set_booking_level
from scheduling.types import BookingView
from tenants.enums import Ability
from tenants.policies import may_business
from web.errors import translate_error
from web.parts.fields import ChoiceField, ReasonField
from web.parts.forms import PageForm
from web.parts.toasts import Toast
from web.parts.widgets import ChoiceChips
from web.workspace.actors import make_actor
from web.workspace.bookings.views import answer_done

HINT = gettext_lazy("Only your team reads it. Needed unless they book as everybody.")


class LevelForm(PageForm):
    """How a customer may book, and why."""

    level = ChoiceField(
        label=gettext_lazy("Online this customer books"), choices=BookingLevel.choices, widget=ChoiceChips()
    )
    reason = ReasonField(label=gettext_lazy("Why"), rows=2, required=False, help_text=HINT)


@requires(Permission.CUSTOMER_MANAGE)
def change_level(request: HttpRequest, booking_id: int) -> HttpResponse:
    """Show how the customer of a booking may book, or change it; bookings that exist stay."""
    booking = get_booking(booking_id=booking_id)
    if booking.customer_id is None:
        raise CustomerNotFound
    customer = get_customer_level(customer_id=booking.customer_id)
    if request.method != "POST":
        known = {"level": customer.level.value, "reason": customer.reason}
        return _render(request, booking, customer, LevelForm(initial=known))
    form = LevelForm(request.POST)
    if not form.is_valid():
        return _render(request, booking, customer, form, status=422)
    level = BookingLevel(form.cleaned_data["level"])
    try:
        is_changed = set_booking_level(
            customer_id=customer.customer_id, level=level, reason=form.cleaned_data["reason"], now=utc_now(),
            by=make_actor(request),
        )  # fmt: skip
    except Invalid as error:
        form.refuse(error)
        return _render(request, booking, customer, form, status=422)
    except Forbidden as error:
        form.add_error(None, translate_error(error))
        return _render(request, booking, customer, form, status=get_status(error))
    title = str(level.label) if is_changed else gettext("Nothing changed.")
    return answer_done(request, booking, Toast(title=title, text=customer.name))


def _render(
    request: HttpRequest, booking: BookingView, customer: CustomerLevel, form: LevelForm, *, status: int = 200
) -> HttpResponse:
    names = {person.id: person.name for person in list_staff()}
    context: dict[str, Any] = {
        "booking": booking,
        "customer": customer,
        "form": form,
        "steps": [(step, names.get(step.user_id or 0, "")) for step in customer.steps],
        "may_write": may_business(Ability.WRITE),
    }
    return render(request, "workspace/level.html", context, status=status)
