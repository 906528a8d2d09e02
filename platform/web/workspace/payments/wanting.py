"""Noting at the desk that a customer wants an invoice, and to whom it is made out."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext

from accounts.policies import Permission
from billing.errors import InvoiceNotOffered, TaxDataInvalid
from billing.selectors.invoices import find_invoice, find_own_tax_law, find_tax_data, may_want_invoice
from billing.selectors.payments import list_payments_of
from billing.services.invoices.wishes import want_invoice
from edge.access import requires
from edge.statuses import get_status
from kernel.clock import utc_now
from kernel.errors import Conflict, Forbidden
from kernel.law.taxes import TaxData, TaxLaw
from scheduling.selectors.bookings.views import get_booking
from scheduling.types import BookingView
from web.errors import translate_error
from web.parts.tax_data.form import TaxForm
from web.parts.toasts import Toast
from web.workspace.actors import make_actor
from web.workspace.bookings.views import answer_done


@requires(Permission.BOOKING_MANAGE)
def want(request: HttpRequest, booking_id: int) -> HttpResponse:
    """Ask to whom an invoice is made out, starting with what was given, or note it."""
    booking, law = get_booking(booking_id=booking_id), find_own_tax_law()
    if law is None:
        raise Http404
    if request.method != "POST":
        return _render(request, booking, TaxForm.fill(law, _find_given(booking, law)))
    form = TaxForm(request.POST, law=law)
    if not form.is_valid():
        return _render(request, booking, form, status=422)
    try:
        want_invoice(
            booking_id=booking_id, typed=form.read(), doubted=form.cleaned_data["doubted"], now=utc_now(),
            by=make_actor(request),
        )  # fmt: skip
    except TaxDataInvalid as error:
        form.refuse_data(error)
        return _render(request, booking, form, status=get_status(error))
    except InvoiceNotOffered as error:
        form.add_error(
            None, gettext("An invoice can be requested once something is paid.")
        )  # its own words tell the customer what to do
        return _render(request, booking, form, status=get_status(error))
    except (Conflict, Forbidden) as error:
        form.add_error(None, translate_error(error))
        return _render(request, booking, form, status=get_status(error))
    return answer_done(request, booking, Toast(title=gettext("Invoice request saved"), text=booking.customer_name))


def _find_given(booking: BookingView, law: TaxLaw) -> TaxData | None:
    """Return what was given for this booking; without any, what its customer gave last for another."""
    own = find_invoice(booking_id=booking.id)
    if own is not None and own.country == law.country and own.data.name:
        return own.data
    return find_tax_data(customer_id=booking.customer_id)


def _render(request: HttpRequest, booking: BookingView, form: TaxForm, *, status: int = 200) -> HttpResponse:
    invoice = find_invoice(booking_id=booking.id)
    may_ask = may_want_invoice(booking, list_payments_of(booking_id=booking.id))
    context = {
        "booking": booking,
        "form": form,
        "invoice": invoice,
        "may_ask": may_ask and (invoice is None or invoice.state != "issued"),
    }
    return render(request, "workspace/payments/want.html", context, status=status)
