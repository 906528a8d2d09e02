"""The invoices that customers want: the list, as a file too, and one of them with what the business says of it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext, gettext_lazy
from django.views.decorators.http import require_POST, require_safe

from accounts.policies import Permission, has_permission
from accounts.selectors.staff import name_people
from billing.enums import InvoiceState
from billing.errors import InvoiceChanged, InvoiceClosed, InvoiceInvalid
from billing.selectors.invoices import get_invoice_row, iterate_invoices, list_invoices
from billing.services.invoices.wishes import LONGEST_NUMBER, issue_invoice, refuse_invoice
from billing.types import InvoiceFilters, InvoiceRow
from edge.access import requires
from edge.downloads import stream_csv
from edge.reading import read_instant
from edge.statuses import get_status
from kernel.clock import utc_now
from kernel.errors import Forbidden
from tenants.context import current_tenant
from tenants.enums import Ability
from tenants.policies import may_business
from web.errors import translate_error
from web.formats import to_local
from web.parts.cells import write_amount
from web.parts.fields import DateField, ReasonField, TextField
from web.parts.filters import Filter
from web.parts.forms import PageForm, mark_needed
from web.parts.lists import PAGE_SIZE, ListQuery, read_query
from web.parts.tax_data.form import describe_tax_data
from web.parts.toasts import Toast, go_on
from web.workspace.actors import make_actor

STATE = Filter(
    key="state",
    label=gettext_lazy("State"),
    choices=(
        (InvoiceState.ASKED.value, InvoiceState.ASKED.label),
        ("", gettext_lazy("Any state")),
        *((each.value, each.label) for each in InvoiceState if each != InvoiceState.ASKED),
    ),
)
LOOKS = {
    InvoiceState.ASKED: ("warn", "hourglass"),
    InvoiceState.ISSUED: ("good", "check"),
    InvoiceState.REFUSED: ("bad", "x"),
    InvoiceState.WITHDRAWN: ("", "undo-2"),
}
"""State → tone and icon."""
NEVER = datetime.min.replace(tzinfo=UTC)
"""What somebody saw who does not say when it was asked for."""


class SeenForm(PageForm):
    """An answer to what the person saw: ``seen`` is its `InvoiceView.seen_at`."""

    seen = forms.CharField(widget=forms.HiddenInput(), required=False)


class IssuedForm(SeenForm):
    """The invoice that was made."""

    number = mark_needed(
        TextField(label=gettext_lazy("Number of the invoice"), max_length=LONGEST_NUMBER, required=False)
    )
    issued_on = mark_needed(
        DateField(label=gettext_lazy("Date of the invoice"), required=False, widget=forms.DateInput({"type": "date"}))
    )


class RefusedForm(SeenForm):
    """Why none is made."""

    reason = mark_needed(
        ReasonField(
            label=gettext_lazy("Reason"), required=False,
            help_text=gettext_lazy("The customer reads it, can correct the data and ask again."),
        )
    )  # fmt: skip


@requires(Permission.REPORT_VIEW)
@require_safe
def show_list(request: HttpRequest) -> HttpResponse:
    """List the invoices that customers want."""
    query = read_query(request, filters=(STATE,))
    page = list_invoices(_make_filters(query))
    context = {
        "query": query,
        "states": STATE.choices,
        "lines": [(row, *LOOKS[row.invoice.state]) for row in page.rows],
        "more_url": query.make_url(cursor=page.next_cursor) if page.next_cursor else "",
        "file_url": reverse("workspace:money_invoices_file") + query.make_url(),
    }
    return render(request, "workspace/payments/invoices.html", context)


@requires(Permission.REPORT_VIEW)
@require_safe
def download(request: HttpRequest) -> HttpResponseBase:
    """Answer the same invoices as a file, all of them, with what a program for invoices needs."""
    query = read_query(request, filters=(STATE,))
    header = [
        gettext("Asked for"), gettext("State"), gettext("Reference"), gettext("Customer"), gettext("Service"),
        gettext("Visit"), gettext("Made out to"), gettext("Tax document"), gettext("Tax number"), gettext("Address"),
        gettext("Postal code"), gettext("City"), gettext("Tax regime"), gettext("Use of the invoice"),
        gettext("Line of business"), gettext("E-mail"), gettext("Paid"), gettext("Currency"), gettext("Paid on"),
        gettext("Paid with"), gettext("Invoice"),
        gettext("Date of the invoice"), gettext("Reason"),
    ]  # fmt: skip
    return stream_csv(name="invoices", header=header, rows=map(_write, iterate_invoices(_make_filters(query))))


@requires(Permission.REPORT_VIEW)
@require_safe
def show(request: HttpRequest, invoice_id: int) -> HttpResponse:
    """Show an invoice that a customer wants."""
    return _render(request, invoice_id)


@requires(Permission.BOOKING_OVERRIDE)
@require_POST
def mark_issued(request: HttpRequest, invoice_id: int) -> HttpResponse:
    """Note which invoice was made, or correct what was noted."""
    form = IssuedForm(request.POST)

    def note(typed: Mapping[str, Any], seen: datetime) -> None:
        issue_invoice(
            invoice_id=invoice_id, number=typed["number"], issued_on=typed["issued_on"], seen=seen, now=utc_now(),
            by=make_actor(request),
        )  # fmt: skip

    return _answer(request, invoice_id, form, note, Toast(title=gettext("Invoice number saved")))


@requires(Permission.BOOKING_OVERRIDE)
@require_POST
def mark_refused(request: HttpRequest, invoice_id: int) -> HttpResponse:
    """Note why no invoice is made."""
    form = RefusedForm(request.POST)

    def note(typed: Mapping[str, Any], seen: datetime) -> None:
        refuse_invoice(
            invoice_id=invoice_id, reason=typed["reason"], seen=seen, now=utc_now(), by=make_actor(request)
        )  # fmt: skip

    return _answer(request, invoice_id, form, note, Toast(title=gettext("The customer is told why")))


def _answer(
    request: HttpRequest,
    invoice_id: int,
    form: SeenForm,
    note: Callable[[Mapping[str, Any], datetime], None],
    toast: Toast,
) -> HttpResponse:
    """Note what staff says of an invoice, or show it again with what is wrong."""
    if not form.is_valid():
        return _render(request, invoice_id, form=form, status=422)
    try:
        note(form.cleaned_data, read_instant(form.cleaned_data["seen"]) or NEVER)
    except InvoiceInvalid as error:
        form.refuse(error)
        return _render(request, invoice_id, form=form, status=get_status(error))
    except (InvoiceChanged, InvoiceClosed, Forbidden) as error:
        return _render(request, invoice_id, status=get_status(error), error=translate_error(error))
    return go_on(request, toast, to=reverse("workspace:money_invoice", args=[invoice_id]))


def _render(
    request: HttpRequest, invoice_id: int, *, form: SeenForm | None = None, status: int = 200, error: str = ""
) -> HttpResponse:
    row = get_invoice_row(invoice_id=invoice_id)
    invoice = row.invoice
    tone, icon = LOOKS[invoice.state]
    known = {"seen": invoice.seen_at.isoformat()}
    issued_on = invoice.issued_on or to_local(utc_now(), current_tenant().timezone).date()
    names = name_people({each for each in (invoice.asked_by_id, invoice.closed_by_id) if each is not None})
    may = has_permission(request.user, Permission.BOOKING_OVERRIDE) and may_business(Ability.STEP)
    context = {
        "row": row,
        "invoice": invoice,
        "lines": describe_tax_data(invoice.data, invoice.country),
        "tone": tone,
        "state_icon": icon,
        "issued": form
        if isinstance(form, IssuedForm)
        else IssuedForm(initial={**known, "number": invoice.number, "issued_on": issued_on.isoformat()}),
        "refused": form if isinstance(form, RefusedForm) else RefusedForm(initial=known),
        "form": form,
        "error": error,
        "asked_by": names.get(invoice.asked_by_id or 0, ""),
        "closed_by": names.get(invoice.closed_by_id or 0, ""),
        "may_answer": invoice.is_asked and may,
        "may_correct": invoice.is_made and may,
        "timezone": current_tenant().timezone,
    }
    return render(request, "workspace/payments/invoice.html", context, status=status)


def _make_filters(query: ListQuery) -> InvoiceFilters:
    return InvoiceFilters(
        state=query.filters["state"], search=query.search, cursor=query.cursor, limit=PAGE_SIZE
    )  # fmt: skip


def _write(row: InvoiceRow) -> list[object]:
    invoice, facts, data = row.invoice, row.facts, row.invoice.data
    return [
        _write_time(invoice.asked_at),
        str(invoice.state.label),
        facts.reference if facts else "",
        facts.customer_name if facts else "",
        facts.service_name if facts else "",
        _write_time(facts.starts_at) if facts else "",
        data.name,
        data.id_kind,
        data.tax_id,
        data.address,
        data.postal_code,
        data.city,
        data.regime,
        data.use,
        data.activity,
        data.email,
        write_amount(row.paid_minor, row.currency),
        row.currency,
        _write_time(row.paid_at) if row.paid_at else "",
        ", ".join(str(each.label) for each in row.methods),
        invoice.number,
        invoice.issued_on.isoformat() if invoice.issued_on else "",
        invoice.reason,
    ]


def _write_time(at: datetime) -> str:
    return to_local(at, current_tenant().timezone).replace(tzinfo=None).isoformat(sep=" ", timespec="minutes")
