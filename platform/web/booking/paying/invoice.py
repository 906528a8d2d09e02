"""Asking for an invoice: to whom it is made out, and what became of it."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.views.decorators.http import require_POST

from billing.errors import InvoiceClosed, TaxDataInvalid
from billing.selectors.invoices import find_invoice, find_own_tax_law, may_want_invoice
from billing.services.invoices.wishes import want_invoice, withdraw_invoice
from edge.access import open_to_anyone
from edge.limits import count_write
from edge.statuses import get_status
from kernel.errors import Conflict, Forbidden
from kernel.law.taxes import TaxLaw
from scheduling.types import CUSTOMER
from web.booking.manage import ManagePage, load_page, render_page, while_the_link_leads
from web.errors import translate_error
from web.parts.tax_data.form import TaxForm, describe_tax_data

DONE = ("asked", "withdrawn")


@open_to_anyone
@while_the_link_leads
def ask(request: HttpRequest, token: str) -> HttpResponse:
    """Show what the business needs to know for an invoice, and what became of it; ask for it on POST."""
    page, law = load_page(token), find_own_tax_law()
    if law is None:
        raise Http404
    if request.method != "POST":
        return _render(request, page, law)
    form = TaxForm(request.POST, law=law)
    count_write(request)
    if not form.is_valid():
        return _render(request, page, law, form=form, status=422)
    try:
        want_invoice(
            booking_id=page.booking.id, typed=form.read(), doubted=form.cleaned_data["doubted"], now=page.now,
            by=CUSTOMER,
        )  # fmt: skip
    except TaxDataInvalid as error:
        form.refuse_data(error)
        return _render(request, page, law, form=form, status=get_status(error))
    except (Conflict, Forbidden) as error:
        return _render(request, page, law, form=form, status=get_status(error), refusal=translate_error(error))
    return _go_back(token, "asked")


@open_to_anyone
@require_POST
@while_the_link_leads
def withdraw(request: HttpRequest, token: str) -> HttpResponse:
    """Take the wish back."""
    page, law = load_page(token), find_own_tax_law()
    if law is None:
        raise Http404
    count_write(request)
    try:
        withdraw_invoice(booking_id=page.booking.id, now=page.now, by=CUSTOMER)
    except (InvoiceClosed, Forbidden) as error:
        return _render(request, page, law, status=get_status(error), refusal=translate_error(error))
    return _go_back(token, "withdrawn")


def _render(
    request: HttpRequest,
    page: ManagePage,
    law: TaxLaw,
    *,
    form: TaxForm | None = None,
    status: int = 200,
    refusal: str = "",
) -> HttpResponse:
    invoice = find_invoice(booking_id=page.booking.id)
    given = invoice.data if invoice and invoice.country == law.country else None
    done = request.GET.get("done", "")
    is_offered = may_want_invoice(page.booking, page.money.payments)
    return render_page(
        request,
        page,
        "invoice",
        status=status,
        invoice=invoice,
        lines=describe_tax_data(invoice.data, invoice.country) if invoice else [],
        form=form or TaxForm.fill(law, given),
        is_offered=is_offered,
        may_ask=page.can_write and is_offered and (invoice is None or not invoice.is_made),
        may_withdraw=page.can_write and invoice is not None and invoice.is_asked,
        issued_on=page.formats.format_date_long(invoice.issued_on) if invoice and invoice.issued_on else "",
        refusal=refusal,
        done=done if done in DONE else "",
    )


def _go_back(token: str, done: str) -> HttpResponse:
    return HttpResponseRedirect(reverse("booking:invoice", args=[token]) + f"?done={done}")
