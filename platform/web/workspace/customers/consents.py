"""To what a customer agreed, with the proof of it; and what they told the staff, written down."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext, gettext_lazy

from accounts.policies import Permission
from accounts.selectors.staff import name_people
from edge.access import requires
from edge.language import current_language
from edge.statuses import get_status
from kernel.clock import utc_now
from kernel.errors import Conflict
from scheduling.enums import BookingSource, ConsentPurpose
from scheduling.selectors.customers.consents import list_consents
from scheduling.selectors.customers.records import get_customer
from scheduling.services.customers.consents import LONGEST_WORDS, change_consents_of
from scheduling.services.writing.customers import TOLD
from scheduling.types import ConsentProof
from web.errors import translate_error
from web.parts.fields import ChoiceField, TextField
from web.parts.forms import PageForm
from web.parts.toasts import Toast, go_on
from web.parts.widgets import ChoiceChips, Segments

MOST = 200
YES, NO = "yes", "no"
DOORS = {
    "consent_page": gettext_lazy("Their own page"),
    "one_click": gettext_lazy("Unsubscribed in their mail program"),
    "manage_page": gettext_lazy("Their own page"),
    "sms": "SMS",
}
"""How a consent came, beside the doors of bookings."""


class ConsentForm(PageForm):
    """What a customer said to the staff."""

    purpose = ChoiceField(
        label=gettext_lazy("What is it about?"),
        choices=tuple((str(each), each.label) for each in ConsentPurpose if each in TOLD),
        widget=ChoiceChips(),
    )
    answer = ChoiceField(
        label=gettext_lazy("What did they say?"),
        choices=((YES, gettext_lazy("Yes, they agree")), (NO, gettext_lazy("No, not any more"))),
        widget=Segments(),
    )
    words = TextField(
        label=gettext_lazy("How and where did they say so?"),
        max_length=LONGEST_WORDS,
        rows=2,
        help_text=gettext_lazy("It is the proof, and it stays: “signed the form at the desk”, “by phone”."),
    )


@requires(Permission.CUSTOMER_MANAGE)
def show_consents(request: HttpRequest, customer_id: int) -> HttpResponse:
    """Show every answer of a customer; write down another one on POST."""
    customer = get_customer(customer_id=customer_id)
    if request.method != "POST":
        return _render(request, customer_id, ConsentForm())
    form = ConsentForm(request.POST)
    if not form.is_valid():
        return _render(request, customer_id, form, status=422)
    proof = ConsentProof(
        source=BookingSource.WORKSPACE,
        words=form.cleaned_data["words"],
        language=current_language(),
        user_id=request.user.pk,
    )
    wanted = {ConsentPurpose(form.cleaned_data["purpose"]): form.cleaned_data["answer"] == YES}
    try:
        changed = change_consents_of(customer_id=customer_id, wanted=wanted, proof=proof, now=utc_now())
    except Conflict as error:
        form.add_error(None, translate_error(error))
        return _render(request, customer_id, form, status=get_status(error))
    title = gettext("Saved") if changed else gettext("Nothing changed.")
    toast = Toast(title=title, text=customer.setup.name)
    return go_on(request, toast, to=reverse("workspace:customer_consents", args=[customer_id]))


def name_door(source: str) -> str:
    """Return in words how an answer came; empty: nobody knows."""
    known = {each.value: str(each.label) for each in BookingSource}
    return known.get(source) or str(DOORS.get(source, ""))


def _render(request: HttpRequest, customer_id: int, form: ConsentForm, *, status: int = 200) -> HttpResponse:
    rows = list_consents(customer_id=customer_id, most=MOST)
    names = name_people({each.user_id for each in rows if each.user_id is not None})
    context = {
        "customer": get_customer(customer_id=customer_id),
        "form": form,
        "lines": [
            (str(each.purpose.label), name_door(each.source), names.get(each.user_id or 0, ""), each) for each in rows
        ],
    }
    return render(request, "workspace/customers/consents.html", context, status=status)
