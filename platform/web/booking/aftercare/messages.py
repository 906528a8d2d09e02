"""The conversation with the business about one booking, from the link in the customer's messages."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext_lazy

from accounts.selectors.staff import name_people
from edge.access import open_to_anyone
from edge.limits import count_write
from edge.statuses import get_status
from kernel.errors import Forbidden, Invalid, LimitReached
from scheduling.selectors.aftercare.conversations import list_conversation
from scheduling.services.aftercare.conversations import write_as_customer
from scheduling.types.aftercare.views import LONGEST_LINE
from web.booking.manage import ManagePage, load_page, render_page, while_the_link_leads
from web.errors import add_wait, translate_error
from web.parts.fields import TextField
from web.parts.forms import PageForm


class MessageForm(PageForm):
    """What a customer writes to the business."""

    text = TextField(label=gettext_lazy("Your message"), max_length=LONGEST_LINE, rows=3)


@open_to_anyone
@while_the_link_leads
def write(request: HttpRequest, token: str) -> HttpResponse:
    """Show what was written about the booking; write to the business on POST."""
    page = load_page(token)
    if request.method != "POST":
        return _render(request, page, MessageForm())
    form = MessageForm(request.POST)
    if not form.is_valid():
        return _render(request, page, form, status=422)
    count_write(request)
    try:
        write_as_customer(token=token, text=form.cleaned_data["text"], now=page.now)
    except Invalid as error:
        form.refuse(error)
        return _render(request, page, form, status=get_status(error))
    except LimitReached as error:
        form.add_error(None, translate_error(error))
        return add_wait(_render(request, page, form, status=get_status(error)), error)
    except Forbidden as error:
        form.add_error(None, translate_error(error))
        return _render(request, page, form, status=get_status(error))
    return HttpResponseRedirect(reverse("booking:messages", args=[token]) + "?done=sent")


def _render(request: HttpRequest, page: ManagePage, form: MessageForm, *, status: int = 200) -> HttpResponse:
    lines = list_conversation(booking_id=page.booking.id)
    names = name_people({line.user_id for line in lines if line.user_id is not None})
    return render_page(
        request,
        page,
        "messages",
        status=status,
        form=form,
        lines=[(line, names.get(line.user_id or 0, "")) for line in lines],
        is_sent=request.GET.get("done") == "sent",
    )
