"""Cancelling a visit, by itself or with those of its series that come after it."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext_lazy, ngettext

from edge.access import open_to_anyone
from edge.limits import count_write
from kernel.errors import Conflict, Forbidden
from scheduling.services.bookings.cancellations import cancel_booking
from scheduling.services.bookings.series.following import cancel_following
from scheduling.types import CUSTOMER
from web.booking.manage import ManagePage, go_back, load_page, render_page, render_refused, while_the_link_leads
from web.parts.fields import ChoiceField, ReasonField
from web.parts.forms import PageForm
from web.parts.widgets import ChoiceChips

ONE, FOLLOWING = "one", "following"


class CancelForm(PageForm):
    """Why a customer cancels, and of a series, how much of it."""

    reason = ReasonField(label=gettext_lazy("Why? It helps us plan"), rows=3, required=False)

    def __init__(self, page: ManagePage, data: Any = None) -> None:
        super().__init__(data, initial={"scope": ONE})
        count = len(page.following)
        if not count:
            return
        more = ngettext("This one and the one after it", "This one and the %(count)d after it", count)
        self.fields["scope"] = ChoiceField(
            label=gettext_lazy("What do you want to cancel?"),
            choices=((ONE, gettext_lazy("Only this one")), (FOLLOWING, more % {"count": count} if count > 1 else more)),
            widget=ChoiceChips(),
            required=False,
        )


@open_to_anyone
@while_the_link_leads
def cancel_visit(request: HttpRequest, token: str) -> HttpResponse:
    """Ask whether to cancel, how much of a series, and for a reason; cancel on POST."""
    page = load_page(token)
    if request.method != "POST":
        return render_page(request, page, "cancel" if page.can_cancel else "manage", form=CancelForm(page))
    form = CancelForm(page, request.POST)
    if not form.is_valid():
        return render_page(request, page, "cancel", status=422, form=form)
    count_write(request)
    cancel = cancel_following if form.cleaned_data.get("scope") == FOLLOWING else cancel_booking
    try:
        cancel(token=token, reason=form.cleaned_data["reason"], now=page.now, by=CUSTOMER)
    except (Conflict, Forbidden) as error:
        return render_refused(request, page, error)
    return go_back(token, "cancelled")
