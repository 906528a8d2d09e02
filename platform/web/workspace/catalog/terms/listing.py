"""The page of deposits and refunds: what each service asks in advance and keeps, and the way to its form."""

from __future__ import annotations

from dataclasses import dataclass

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext
from django.views.decorators.http import require_safe

from accounts.policies import Permission
from billing.services.deposits import compute_whole
from edge.access import requires
from kernel.clock import utc_now
from kernel.formats import Formats
from scheduling.enums import DepositKind
from scheduling.hooks import find_payment_terms
from scheduling.selectors.catalog.entries import list_service_entries
from scheduling.types import AgreedPolicy, ServiceSetup
from tenants.context import current_tenant
from web.templatetags.formats import get_current_formats
from web.workspace.catalog.pages import SERVICES


@dataclass(frozen=True, slots=True)
class TermsLine:
    """A service as the page shows it; words are empty where there is nothing to say.

    Attributes:
        deposit: How much is asked, or for how much a card is left.
        free: Until when whoever cancels gets all of it back.
        late: What is kept of what is canceled later; ``missed`` when nobody comes.
        conditions: When it is asked at all; none: always.
    """

    name: str
    url: str
    deposit: str
    is_on_card: bool
    is_fee: bool
    free: str
    late: str
    missed: str
    conditions: tuple[str, ...]

    @property
    def is_asked(self) -> bool:
        """Tell whether the service asks for anything."""
        return bool(self.deposit)


@requires(Permission.CATALOG_VIEW)
@require_safe
def show_terms(request: HttpRequest) -> HttpResponse:
    """Show what all services ask in advance."""
    formats = get_current_formats()
    lines = [_make_line(entry.id, entry.setup, formats) for entry in list_service_entries(now=utc_now())]
    context = {
        "page": SERVICES,
        "lines": lines,
        "asking": sum(line.is_asked for line in lines),
        "is_payable": find_payment_terms() is not None,
    }
    return render(request, "workspace/catalog/terms.html", context)


def _make_line(service_id: int, setup: ServiceSetup, formats: Formats) -> TermsLine:
    agreed = AgreedPolicy.agree([setup])
    deposit = _describe_deposit(setup, formats)
    late, missed = f"{setup.refund_kept_percent}\xa0%", f"{setup.refund_no_show_percent}\xa0%"
    free = gettext("%(span)s before") % {"span": formats.format_span(agreed.free_minutes)}
    if agreed.free_minutes == 0 or setup.refund_kept_percent == 0:
        free, late = gettext("Until it starts"), ""
    return TermsLine(
        name=setup.name,
        url=f"{reverse('workspace:services_change', args=[service_id])}#part-deposit",
        deposit=deposit,
        is_on_card=bool(deposit) and setup.is_deposit_on_card,
        is_fee=bool(deposit) and setup.is_deposit_fee and not setup.is_deposit_on_card,
        free=free if deposit else "",
        late=late if deposit else "",
        missed=missed if deposit else "",
        conditions=_list_conditions(setup, formats) if deposit else (),
    )


def _describe_deposit(setup: ServiceSetup, formats: Formats) -> str:
    """Say how much a service asks; what depends on a price that is open has no amount."""
    currency = current_tenant().currency
    whole = compute_whole(setup, currency=currency)
    amount = formats.format_money(whole, currency)
    match setup.deposit_kind:
        case DepositKind.NONE:
            return ""
        case DepositKind.FIXED:
            return amount
        case DepositKind.PERCENT:
            part = f"{setup.deposit_percent}\xa0%"
            return f"{part} = {amount}" if whole else part
        case _:
            full = str(DepositKind.FULL.label)
            return f"{full} = {amount}" if whole else full


def _list_conditions(setup: ServiceSetup, formats: Formats) -> tuple[str, ...]:
    """Say when a deposit is asked: one of them is enough."""
    currency = current_tenant().currency
    found = []
    if setup.deposit_above_minor is not None:
        above = formats.format_money(setup.deposit_above_minor, currency)
        found.append(gettext("Price above %(amount)s") % {"amount": above})
    if setup.deposit_within_minutes is not None:
        within = formats.format_span(setup.deposit_within_minutes)
        found.append(gettext("Booked less than %(span)s before") % {"span": within})
    if setup.deposit_ahead_minutes is not None:
        ahead = formats.format_span(setup.deposit_ahead_minutes)
        found.append(gettext("Booked at least %(span)s before") % {"span": ahead})
    if setup.deposit_first_visit:
        found.append(gettext("First visit"))
    if setup.deposit_outside_hours:
        found.append(gettext("Outside the usual hours"))
    if setup.deposit_must_prepay:
        found.append(gettext("Customers who must prepay"))
    return tuple(found)
