"""Cancelling a visit, by itself or with those of its series that come after it."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext_lazy, ngettext

from billing.services.credits.offering import cancel_for_credit
from edge.access import open_to_anyone
from edge.limits import count_write
from kernel.errors import Conflict, Forbidden
from scheduling.services.bookings.cancellations import cancel_booking
from scheduling.services.bookings.series.following import cancel_following
from scheduling.types import CUSTOMER, BookingView
from web.booking.manage import ManagePage, go_back, load_page, render_page, render_refused, while_the_link_leads
from web.booking.visits.money import say_cancellation, say_cancellations, say_credit
from web.parts.fields import ChoiceField, ReasonField
from web.parts.forms import PageForm
from web.parts.widgets import ChoiceChips

ONE, FOLLOWING = "one", "following"
MONEY, CREDIT = "money", "credit"


@dataclass(frozen=True, slots=True)
class LostDate:
    """A later date of the series that can be canceled along, and what goes back of it."""

    booking: BookingView
    money: str


class CancelForm(PageForm):
    """Why a customer cancels, and of a series, how much of it."""

    reason = ReasonField(label=gettext_lazy("Why? It helps us plan"), rows=3, required=False)

    def __init__(self, page: ManagePage, data: Any = None) -> None:
        super().__init__(data, initial={"scope": ONE, "back": MONEY})
        credit = say_credit(page.booking, page.money.payments, at=page.now)
        if credit:
            self.fields["back"] = ChoiceField(
                label=gettext_lazy("How do you want it back?"),
                choices=((MONEY, gettext_lazy("Money back")), (CREDIT, credit)),
                widget=ChoiceChips(),
                required=False,
            )
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
        return _ask(request, page, CancelForm(page)) if page.can_cancel else render_page(request, page, "manage")
    form = CancelForm(page, request.POST)
    if not form.is_valid():
        return _ask(request, page, form, status=422)
    count_write(request)
    is_following = form.cleaned_data.get("scope") == FOLLOWING
    cancel = cancel_following if is_following else cancel_booking
    if form.cleaned_data.get("back") == CREDIT:
        cancel = partial(cancel_for_credit, is_following=is_following)
    try:
        cancel(token=token, reason=form.cleaned_data["reason"], now=page.now, by=CUSTOMER)
    except (Conflict, Forbidden) as error:
        return render_refused(request, page, error)
    return go_back(token, "cancelled")


def _ask(request: HttpRequest, page: ManagePage, form: CancelForm, *, status: int = 200) -> HttpResponse:
    """Ask once more, and say what goes back in money."""
    said = say_cancellations(page.following, at=page.now)
    lost = tuple(LostDate(each, said[each.id]) for each in page.following)
    money = say_cancellation(page.booking, page.money.payments, at=page.now)
    return render_page(request, page, "cancel", status=status, form=form, lost=lost, money=money)
