"""Where customers transfer to, and refunds that a person sent."""

from __future__ import annotations

from functools import partial
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext
from django.views.decorators.http import require_POST

from accounts.errors import ProofWrong
from accounts.policies import Permission
from accounts.services.second_step import check_steps
from billing.errors import BankDetailsInvalid
from billing.selectors.accounts import get_bank_data, is_number_doubtful
from billing.services.accounts import change_bank_data
from billing.services.refunds import mark_refund_sent
from edge.access import requires
from edge.statuses import get_status
from kernel.clock import utc_now
from kernel.errors import LimitReached
from scheduling.selectors.bookings.views import get_booking
from web.errors import add_wait, translate_error
from web.parts.toasts import Toast, go_on
from web.workspace.actors import make_actor
from web.workspace.bookings.views import answer_done, describe
from web.workspace.payments.forms import BankForm


@requires(Permission.MONEY_MANAGE)
def change_bank(request: HttpRequest) -> HttpResponse:
    """Answer the form of the bank account, or save it for an owner who types password and, of a second step, code."""
    user: Any = request.user
    before = get_bank_data()
    if request.method != "POST":
        return _render(request, BankForm(before=before, user=user))
    form = BankForm(request.POST, before=before, user=user)
    if not form.is_valid():
        return _render(request, form, status=422)
    try:
        prove = partial(check_steps, user, proof=form.prove(request))
        change_bank_data(data=form.read(), by=make_actor(request), now=utc_now(), prove=prove)
    except (BankDetailsInvalid, ProofWrong) as error:
        form.refuse(error)
        return _render(request, form, status=422)
    except LimitReached as error:
        form.add_error(None, translate_error(error))
        return add_wait(_render(request, form, status=get_status(error)), error)
    return go_on(request, Toast(title=gettext("Saved")), to=reverse("workspace:payments_bank"))


@requires(Permission.BOOKING_MANAGE)
@require_POST
def mark_sent(request: HttpRequest, booking_id: int, refund_id: int) -> HttpResponse:
    """Note that somebody sent the money back; a second click that finds it done is no error."""
    booking = get_booking(booking_id=booking_id)
    mark_refund_sent(booking_id=booking_id, refund_id=refund_id, now=utc_now(), by=make_actor(request))
    return answer_done(request, booking, Toast(title=gettext("Refund noted"), text=describe(booking)))


def _render(request: HttpRequest, form: BankForm, *, status: int = 200) -> HttpResponse:
    shown = {"form": form, "is_number_doubtful": is_number_doubtful()}
    return render(request, "workspace/payments/bank.html", shown, status=status)
