"""Own data: what is kept about one visit as a file, and what one may ask the business about one's data."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from edge.access import open_to_anyone
from edge.limits import check_limits, count_write
from edge.requests import find_block
from edge.statuses import get_status
from kernel.errors import Conflict, Invalid
from kernel.limits import Ask
from privacy.enums import OFFERED, RequestRight
from privacy.selectors.requests import list_requests_of
from privacy.services.asking import ask_by_link
from scheduling.enums import ContactKind
from scheduling.selectors.aftercare.data_requests import list_requests_of as list_earlier_requests
from scheduling.selectors.aftercare.own_data import collect_own_data
from scheduling.services.consent_links import make_consent_token
from scheduling.types.aftercare.views import LONGEST_WISH
from tenants.context import current_tenant
from web.booking.manage import ManagePage, load_page, render_page, while_the_link_leads
from web.booking.pages import answer_own_data
from web.errors import translate_error
from web.parts.fields import ChoiceField, TextField
from web.parts.forms import PageForm
from web.parts.widgets import ChoiceChips


class DataForm(PageForm):
    """What somebody wants of their data."""

    kind = ChoiceField(
        label=gettext_lazy("What would you like?"),
        choices=[(each.value, each.label) for each in OFFERED],
        widget=ChoiceChips(),
    )
    text = TextField(
        label=gettext_lazy("What exactly?"),
        max_length=LONGEST_WISH,
        rows=3,
        required=False,
        help_text=gettext_lazy("For a correction, please write what it should say."),
    )


@open_to_anyone
@while_the_link_leads
def show(request: HttpRequest, token: str) -> HttpResponse:
    """Show what one can do with one's data; hand a wish to the business on POST."""
    page = load_page(token)
    if request.method != "POST":
        return _render(request, page, DataForm())
    form = DataForm(request.POST)
    if not form.is_valid():
        return _render(request, page, form, status=422)
    count_write(request)
    right = RequestRight(form.cleaned_data["kind"])
    try:
        ask_by_link(token=token, right=right, text=form.cleaned_data["text"], now=page.now)
    except Invalid as error:
        form.refuse(error)
        return _render(request, page, form, status=get_status(error))
    except Conflict as error:
        form.add_error(None, translate_error(error))
        return _render(request, page, form, status=get_status(error))
    return HttpResponseRedirect(reverse("booking:data", args=[token]) + "?done=asked")


@open_to_anyone
@require_safe
@while_the_link_leads
def download(request: HttpRequest, token: str) -> HttpResponse:
    """Answer what is kept about the visit as a file."""
    page = load_page(token)
    check_limits(Ask("own_data_address", find_block(request)))
    (found,) = collect_own_data([page.booking], business_name=current_tenant().name)
    return answer_own_data(found, name=page.booking.reference)


def _make_consent_token(page: ManagePage) -> str:
    """Return the token of the customer's switches; empty: nobody showed that the contact is theirs."""
    booking = page.booking
    contact = booking.customer_email or booking.customer_phone
    kind = ContactKind.EMAIL if booking.customer_email else ContactKind.PHONE
    return make_consent_token(contact) if contact and booking.proven_contact == kind else ""


def _render(request: HttpRequest, page: ManagePage, form: DataForm, *, status: int = 200) -> HttpResponse:
    return render_page(
        request,
        page,
        "data",
        status=status,
        form=form,
        consent_token=_make_consent_token(page),
        requests=list_requests_of(booking_id=page.booking.id),
        earlier=list_earlier_requests(booking_id=page.booking.id),
        is_asked=request.GET.get("done") == "asked",
    )
