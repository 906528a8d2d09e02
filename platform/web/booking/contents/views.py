"""A customer gives their own booking other services, extras or another party, and sees first what that means."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext

from billing.services.changing import describe_change
from edge.access import open_to_anyone
from edge.language import current_language
from edge.limits import count_write
from edge.statuses import get_status
from kernel.errors import Conflict, DomainError, Forbidden, Invalid, NotFound
from scheduling.enums import ActorKind
from scheduling.errors import BookingChanged
from scheduling.selectors.catalog.offer import load_offer
from scheduling.services.bookings.contents.changes import change_visit, preview_change
from scheduling.types import CUSTOMER, AvailableSlot, ServiceView
from tenants.context import current_tenant
from tenants.enums import Ability
from tenants.policies import CUSTOMER_TEXTS
from web.booking.manage import ManagePage, go_back, load_page, render_page, render_refused, while_the_link_leads
from web.errors import translate_error
from web.parts.changing.forms import NAMES, ChangeForm, describe_shown, read_wish
from web.parts.changing.previews import ChangePreview, list_times


@open_to_anyone
@while_the_link_leads
def change_own(request: HttpRequest, token: str) -> HttpResponse:
    """Show what the booking is about, say what a change would make of it, or make it; what was chosen stays."""
    page = load_page(token)
    is_post = request.method == "POST"
    if not is_post and not page.can_move:
        paused = gettext(CUSTOMER_TEXTS[current_tenant().status][Ability.MOVE]) if page.is_paused else ""
        return render_page(request, page, "manage", refusal=paused)
    form = _make_form(request, page)
    if not is_post or request.POST.get("do") in {"edit", "refresh"}:
        return _render_form(request, page, form)
    if not form.is_valid():
        return _render_form(request, page, form, status=422)
    count_write(request)
    return _answer(request, page, form)


def _answer(request: HttpRequest, page: ManagePage, form: ChangeForm) -> HttpResponse:
    change = form.read()
    shown = describe_shown(change)
    is_confirmed = request.POST.get("do") == "change" and request.POST.get("shown") == shown
    try:
        if is_confirmed:
            change_visit(token=page.token, change=change, now=page.now, by=CUSTOMER)
            return go_back(page.token, "changed")
        after = preview_change(token=page.token, change=change, now=page.now, by=CUSTOMER)
    except Forbidden as error:
        return render_refused(request, page, error)
    except Invalid as error:
        form.refuse(error, names=NAMES)
        return _render_form(request, page, form, status=422)
    except (Conflict, NotFound) as error:
        return _refuse(request, page, form, error)
    money = describe_change(page.booking, after, by=ActorKind.CUSTOMER, now=page.now)
    preview = ChangePreview(page.booking, after.say_in(current_language()), money, shown)
    return render_page(request, page, "change_confirm", form=form, preview=preview, sent=_list_sent(request))


def _make_form(request: HttpRequest, page: ManagePage) -> ChangeForm:
    data = request.POST if request.method == "POST" else None
    return ChangeForm(data, booking=page.booking, services=_list_services(page), is_party_free=False)


def _list_services(page: ManagePage) -> list[ServiceView]:
    """List what customers find on the page at the place of the booking, and what it is about already; one query."""
    offer = load_offer().say_in(current_language())
    location_id, own = page.booking.location_id, page.booking.wish.service_ids
    listed = {each.id for each in offer.list_bookable_services(location_id=location_id)}
    return [each for each in offer.services if each.id in listed or each.id in own]


def _list_sent(request: HttpRequest) -> list[tuple[str, str]]:
    """List what was chosen, for the page that asks once more."""
    left_out = {"csrfmiddlewaretoken", "do", "mark", "shown"}
    return [
        (name, value) for name, values in request.POST.lists() if name not in left_out for value in map(str, values)
    ]


def _refuse(request: HttpRequest, page: ManagePage, form: ChangeForm, error: DomainError) -> HttpResponse:
    """Say what stands in the way, with other times where that helps; what somebody changed since is shown as it is."""
    times: tuple[AvailableSlot, ...] = ()
    if hasattr(error, "alternatives"):
        times = list_times(page.booking, read_wish(page.booking, form.read()), now=page.now, is_staff=False)
    elif isinstance(error, BookingChanged):
        page = load_page(page.token)
        form = _make_form(request, page)
    return _render_form(request, page, form, status=get_status(error), refusal=translate_error(error), times=times)


def _render_form(
    request: HttpRequest,
    page: ManagePage,
    form: ChangeForm,
    *,
    status: int = 200,
    refusal: str = "",
    times: tuple[AvailableSlot, ...] = (),
) -> HttpResponse:
    return render_page(request, page, "change", status=status, form=form, refusal=refusal, times=times)
