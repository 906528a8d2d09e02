"""The list of payments: narrowed by days, way, state, service and person, with what it adds up to; and as a file."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext, gettext_lazy
from django.views.decorators.http import require_POST, require_safe

from accounts.policies import Permission, has_permission
from billing.enums import LIVE_STATES, DisputeState, IncomeFigure, PaymentGroup, PaymentMethod, PaymentState
from billing.errors import SpanInvalid
from billing.selectors.disputes import list_open_rows
from billing.selectors.invoices import count_invoices_to_make, find_own_tax_law
from billing.selectors.listing import find_payments, iterate_payments, list_differences
from billing.services.differences import settle_difference
from billing.types import PaymentFilters, PaymentRow, PaymentView
from edge.access import requires
from edge.downloads import stream_csv, stream_xlsx
from edge.reading import read_date
from kernel.clock import utc_now
from kernel.ids import read_row_id
from scheduling.selectors.catalog.services import list_services
from scheduling.selectors.catalog.staff import list_bookable_people
from tenants.context import current_tenant
from tenants.enums import Ability
from tenants.policies import may_business
from web.errors import translate_error
from web.formats import to_local
from web.parts.cells import write_amount
from web.parts.filters import Filter
from web.parts.lists import PAGE_SIZE, ListQuery, read_query
from web.parts.toasts import Toast, go_on
from web.workspace.actors import make_actor
from web.workspace.bookings.payments import show_receipt

METHOD = Filter(
    key="method",
    label=gettext_lazy("Paid with"),
    choices=(("", gettext_lazy("Any way")), *PaymentMethod.choices),
)
GROUP = Filter(
    key="state",
    label=gettext_lazy("State"),
    choices=(("", gettext_lazy("Any state")), *PaymentGroup.choices),
)
MOVED = Filter(
    key="moved",
    label=gettext_lazy("Figure of the income"),
    choices=(("", gettext_lazy("All payments")), *IncomeFigure.choices),
)
FILTERS = (METHOD, GROUP, MOVED)
ICONS = {
    PaymentMethod.ONLINE: "credit-card",
    PaymentMethod.TRANSFER: "landmark",
    PaymentMethod.CASH: "banknote",
    PaymentMethod.CARD: "credit-card",
    PaymentMethod.OTHER: "wallet",
    PaymentMethod.CREDIT: "wallet",
}


@dataclass(frozen=True, slots=True)
class PaymentLook:
    """How the state of a payment is drawn."""

    label: str | Promise
    tone: str
    icon: str


DISPUTE_LOOKS: Mapping[str, PaymentLook] = {
    DisputeState.OPEN: PaymentLook(gettext_lazy("Disputed: answer it"), "bad", "triangle-alert"),
    DisputeState.ANSWERED: PaymentLook(gettext_lazy("Disputed: the bank decides"), "warn", "hourglass"),
    DisputeState.LOST: PaymentLook(gettext_lazy("Lost to a dispute"), "bad", "x"),
}
"""Of a dispute that was won the payment stands as before."""


@dataclass(frozen=True, slots=True)
class PaymentListLine:
    """A row of the list."""

    row: PaymentRow
    look: PaymentLook
    icon: str
    receipt_url: str


@dataclass(frozen=True, slots=True)
class Days:
    """The days asked for, both inclusive."""

    first: date
    last: date

    @property
    def since(self) -> datetime:
        """When the first begins, on the clock of the business."""
        return datetime.combine(self.first, time(), tzinfo=_zone())

    @property
    def until(self) -> datetime:
        """When the last is over."""
        return datetime.combine(self.last + timedelta(days=1), time(), tzinfo=_zone())


@requires(Permission.REPORT_VIEW)
@require_safe
def list_payments(request: HttpRequest) -> HttpResponse:
    """List what came, what is waited for and what went back."""
    days, query = read_days(request), read_query(request, filters=FILTERS)
    problem = ""
    try:
        found = find_payments(_make_filters(request, days, query))
    except SpanInvalid as error:
        problem, days = translate_error(error), this_month()
        found = find_payments(_make_filters(request, days, query))
    asked = {"from": days.first.isoformat(), "to": days.last.isoformat()}
    asked |= {key: request.GET[key] for key in ("service", "person") if request.GET.get(key)}
    query = ListQuery(query.typed, {**query.filters, **asked}, "", query.cursor)
    has_invoices = find_own_tax_law() is not None
    context = {
        "query": query,
        "days": days,
        "problem": problem,
        "moved": IncomeFigure(moved).label if (moved := query.filters["moved"]) else "",
        "methods": METHOD.choices,
        "groups": GROUP.choices,
        "services": list_services(),
        "people": list_bookable_people(),
        "service_id": read_row_id(request.GET.get("service")),
        "person_id": read_row_id(request.GET.get("person")),
        "totals": found.totals,
        "lines": [_make_line(row) for row in found.page.rows],
        "differences": list_differences(),
        "disputes": list_open_rows(),
        "more_url": query.make_url(cursor=found.page.next_cursor) if found.page.next_cursor else "",
        "csv_url": reverse("workspace:money_file") + query.make_url(),
        "xlsx_url": reverse("workspace:money_file_xlsx") + query.make_url(),
        "has_invoices": has_invoices,
        "invoices_to_make": count_invoices_to_make() if has_invoices else 0,
        "may_settle": has_permission(request.user, Permission.BOOKING_OVERRIDE) and may_business(Ability.STEP),
    }
    return render(request, "workspace/payments/list.html", context)


@requires(Permission.REPORT_VIEW)
@require_safe
def download(request: HttpRequest) -> HttpResponseBase:
    """Answer the same payments as CSV, all of them."""
    name, rows = _list_all(request)
    told = ([_write_time(row.payment.moment), *_write(row)] for row in rows)
    return stream_csv(name=name, header=_head(), rows=told)


@requires(Permission.REPORT_VIEW)
@require_safe
def download_xlsx(request: HttpRequest) -> HttpResponseBase:
    """Answer the same payments as a workbook, all of them."""
    name, rows = _list_all(request)
    told = ([row.payment.moment, *_write(row)] for row in rows)
    return stream_xlsx(name=name, title="payments", header=_head(), rows=told, timezone=current_tenant().timezone)


def _list_all(request: HttpRequest) -> tuple[str, Iterator[PaymentRow]]:
    """Return what their file is called, and the payments that the address asks for."""
    days, query = read_days(request), read_query(request, filters=FILTERS)
    name = f"payments-{days.first.isoformat()}-{days.last.isoformat()}"
    return name, iterate_payments(_make_filters(request, days, query))


def _head() -> list[str]:
    return [
        gettext("Date"), gettext("Reference"), gettext("Customer"), gettext("Service"), gettext("What for"),
        gettext("Paid with"), gettext("State"), gettext("Amount"), gettext("Sent back"), gettext("Kept"),
        gettext("Taken back by the bank"), gettext("Currency"),
    ]  # fmt: skip


@requires(Permission.BOOKING_OVERRIDE)
@require_POST
def settle(request: HttpRequest, difference_id: int) -> HttpResponse:
    """Note that somebody looked into a difference."""
    settle_difference(difference_id=difference_id, by=make_actor(request), now=utc_now())
    return go_on(request, Toast(title=gettext("Noted as looked into")), to=reverse("workspace:money"))


def read_days(request: HttpRequest) -> Days:
    """Return the days that the address asks for: this month when it names none, or none that follow each other."""
    first, last = read_date(request.GET.get("from")), read_date(request.GET.get("to"))
    if first is None and last is None:
        return this_month()
    first = first or last or date.min
    last = last or first
    return Days(first, last) if first <= last else Days(last, first)


def _get_look(payment: PaymentView) -> PaymentLook:
    """Return how a payment without a dispute is drawn: what went back says more than that it came."""
    if payment.to_send_minor:
        return PaymentLook(gettext_lazy("To be sent back"), "warn", "undo-2")
    if payment.state == PaymentState.RECEIVED and payment.sent_back_minor:
        is_whole = payment.sent_back_minor == payment.amount_minor
        text = gettext_lazy("Sent back") if is_whole else gettext_lazy("Sent back in part")
        return PaymentLook(text, "", "undo-2")
    if payment.state == PaymentState.RECEIVED and payment.kept_minor:
        return PaymentLook(gettext_lazy("Kept"), "", "lock")
    if payment.state == PaymentState.RECEIVED:
        return PaymentLook(payment.state.label, "good", "check")
    if payment.state in LIVE_STATES:
        return PaymentLook(payment.state.label, "warn", "hourglass")
    return PaymentLook(payment.state.label, "bad" if payment.state == PaymentState.FAILED else "", "x")


def get_look(payment: PaymentView, *, is_to_check: bool = False) -> PaymentLook:
    """Return how the state of a payment is drawn; a dispute says more than all else.

    ``is_to_check``: its customer sent a receipt, and somebody has to look for the transfer in the bank.
    """
    if is_to_check:
        return PaymentLook(gettext_lazy("To be checked"), "warn", "landmark")
    return DISPUTE_LOOKS.get(payment.dispute_state) or _get_look(payment)


def _make_line(row: PaymentRow) -> PaymentListLine:
    receipt = show_receipt(row.receipt)
    look = get_look(row.payment, is_to_check=row.is_to_check)
    return PaymentListLine(row, look, ICONS[row.payment.method], receipt.url if receipt else "")


def this_month() -> Days:
    """Return the days of this month on the clock of the business."""
    today = to_local(utc_now(), current_tenant().timezone).date()
    first = today.replace(day=1)
    return Days(first, (first + timedelta(days=32)).replace(day=1) - timedelta(days=1))


def _make_filters(request: HttpRequest, days: Days, query: ListQuery) -> PaymentFilters:
    return PaymentFilters(
        since=days.since,
        until=days.until,
        method=query.filters["method"],
        group=query.filters["state"],
        service_id=read_row_id(request.GET.get("service")),
        resource_id=read_row_id(request.GET.get("person")),
        search=query.search,
        moved=query.filters["moved"],
        cursor=query.cursor,
        limit=PAGE_SIZE,
    )


def _write(row: PaymentRow) -> list[object]:
    """Return the cells of a payment after its moment."""
    payment, facts = row.payment, row.facts
    currency = payment.currency
    return [
        facts.reference if facts else "",
        facts.customer_name if facts else "",
        facts.service_name if facts else "",
        str(payment.purpose.label),
        str(payment.method.label),
        str(get_look(payment, is_to_check=row.is_to_check).label),
        write_amount(payment.amount_minor, currency),
        write_amount(payment.sent_back_minor, currency),
        write_amount(payment.kept_minor, currency),
        write_amount(payment.disputed_minor, currency),
        currency,
    ]


def _write_time(at: datetime) -> str:
    """Return an instant on the clock of the business, as spreadsheets read it."""
    return to_local(at, current_tenant().timezone).replace(tzinfo=None).isoformat(sep=" ", timespec="minutes")


def _zone() -> ZoneInfo:
    return ZoneInfo(current_tenant().timezone)
